import type { CtcShape } from './models.js';

/** Samples after which a made sound comes again. */
const soundPeriod = 960_000;

/**
 * A number in 0 … 1 that looks random and that every language computes alike, to about 1e-8: peers/python/made_data.py has the same.
 *
 *   fraction of 43758.5453 · sin(12.9898 · index)
 */
function scrambled(index: number): number {
  const value = 43_758.5453 * Math.sin(12.9898 * index);
  return value - Math.floor(value);
}

/** A tone that wanders through all pitches, and noise 30 dB below it. */
export function madeSound(samples: number): Float32Array {
  const sound = new Float32Array(samples);
  const period = Math.min(samples, soundPeriod);
  for (let i = 0; i < period; i++) {
    const tone = 0.3 * Math.sin(0.05 * i * (1 + Math.sin(i / 30_000)));
    sound[i] = tone + 0.01 * (scrambled(i) - 0.5);
  }
  for (let at = period; at < samples; at += period) sound.copyWithin(at, 0, Math.min(period, samples - at));
  return sound;
}

/** `[time, batch, symbols]`, between −3 and 3. */
export function madeLogits({ timeSteps, batchSize, symbols }: CtcShape): Float32Array {
  return Float32Array.from({ length: timeSteps * batchSize * symbols }, (_, i) => 6 * (scrambled(i) - 0.5));
}

/** Of each sequence; never the blank, 0. */
export function madeLabels({ batchSize, symbols, shortest, longest }: CtcShape): readonly Int32Array[] {
  return Array.from({ length: batchSize }, (_, row) => {
    const length = shortest + (row % (longest - shortest + 1));
    return Int32Array.from({ length }, (_unused, i) => 1 + Math.floor(scrambled(1000 * row + i) * (symbols - 1)));
  });
}
