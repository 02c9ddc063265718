import type { Sound } from '../types.js';

export interface TrimOptions {
  /** how far below the loudest frame silence is */
  readonly decibels: number;
  /** kept before and after what is not silent */
  readonly marginSeconds: number;
}

const frameSeconds = 0.025;
const hopSeconds = 0.01;

/** A sound without the silence at its ends; a silent one stays as it is. What is inside is not touched. */
export function trimSilence({ samples, sampleRate }: Sound, { decibels, marginSeconds }: TrimOptions): Sound {
  const frame = Math.max(1, Math.round(frameSeconds * sampleRate));
  const hop = Math.max(1, Math.round(hopSeconds * sampleRate));
  const energies = frameEnergies(samples, frame, hop);
  const limit = energies.reduce((most, energy) => Math.max(most, energy), 0) * 10 ** (-decibels / 10);
  const isLoud = (energy: number) => energy > 0 && energy >= limit;
  const first = energies.findIndex(isLoud);
  if (first < 0) return { samples, sampleRate };
  const margin = Math.round(marginSeconds * sampleRate);
  const start = Math.max(0, first * hop - margin);
  const end = Math.min(samples.length, energies.findLastIndex(isLoud) * hop + frame + margin);
  return { samples: samples.slice(start, end), sampleRate };
}

/** Mean square of each frame; the last one may be shorter. */
function frameEnergies(samples: Float32Array, frame: number, hop: number): Float64Array {
  const count = Math.max(1, Math.ceil((samples.length - frame) / hop) + 1);
  return Float64Array.from({ length: count }, (_, index) => {
    const end = Math.min(samples.length, index * hop + frame);
    let sum = 0;
    for (let i = index * hop; i < end; i++) sum += samples[i]! * samples[i]!;
    return sum / frame;
  });
}
