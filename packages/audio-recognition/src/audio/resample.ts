import { createResampleFilter, type ResampleFilter } from './resample-filter.js';

/** Pieces of sound at one rate to pieces at another; together they are what the whole gives. */
export interface Resampler {
  push(samples: Float32Array): Float32Array;
  /** what the last samples still give; nothing may be pushed after it */
  end(): Float32Array;
}

/**
 * From one sample rate to another through a windowed sinc: output n stands at n·from / to of the input, without delay. N samples give
 * ⌈N·to / from⌉. Up to 0.4 of the lower rate the level stays within 0.1 dB; what lies above half of it is damped by 70 dB and more.
 *
 * @param from - in hertz, a whole number; so is `to`
 * @see Smith 2011, "Digital audio resampling", on the exact ratio in phases
 */
export function createResampler(from: number, to: number): Resampler {
  if (from === to) return { push: (samples) => samples, end: () => new Float32Array(0) };
  const divisor = greatestCommonDivisor(from, to);
  const ratio = { up: to / divisor, down: from / divisor };
  const filter = filterOf(from, to, ratio.up);
  const { half } = filter;
  /** what outputs still need; its first sample is input `first` */
  let kept = new Float32Array(half - 1);
  let first = 1 - half;
  let outputs = 0;
  let inputs = 0;
  /** Outputs up to `count` in all. */
  const advance = (samples: Float32Array, count: number) => {
    const joined = new Float32Array(kept.length + samples.length);
    joined.set(kept);
    joined.set(samples, kept.length);
    const out = new Float32Array(Math.max(0, count - outputs));
    filterInto(out, joined, { filter, ratio, first, start: outputs });
    outputs += out.length;
    const needed = Math.floor((outputs * ratio.down) / ratio.up) - half + 1;
    const drop = Math.min(joined.length, Math.max(0, needed - first));
    kept = joined.slice(drop);
    first += drop;
    return out;
  };
  return {
    push(samples) {
      inputs += samples.length;
      // Output n needs inputs up to ⌊n·down / up⌋ + half.
      const ready = Math.floor(((inputs - half) * ratio.up - 1) / ratio.down) + 1;
      return advance(samples, Math.max(outputs, ready));
    },
    end: () => advance(new Float32Array(half), Math.ceil((inputs * ratio.up) / ratio.down)),
  };
}

/** A whole sound at another rate. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const resampler = createResampler(from, to);
  const parts = [resampler.push(samples), resampler.end()];
  return concatenate(parts);
}

export function concatenate(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The last one: a corpus has files of one rate, most often. */
let last: { readonly key: string; readonly filter: ResampleFilter } | undefined;

function filterOf(from: number, to: number, up: number): ResampleFilter {
  const key = `${from} ${to}`;
  if (last?.key !== key) last = { key, filter: createResampleFilter(from, to, up) };
  return last.filter;
}

interface Place {
  readonly filter: ResampleFilter;
  readonly ratio: { readonly up: number; readonly down: number };
  /** which input the first of the samples is */
  readonly first: number;
  /** which output the first of the outputs is */
  readonly start: number;
}

function filterInto(out: Float32Array, samples: Float32Array, { filter, ratio, first, start }: Place): void {
  const { half, phases, weights } = filter;
  const { up, down } = ratio;
  const width = 2 * half;
  for (let i = 0; i < out.length; i++) {
    const place = (start + i) * down;
    const base = Math.floor(place / up);
    const at = base - half + 1 - first;
    const phase = ((place - base * up) * phases) / up;
    const row = Math.floor(phase);
    const share = phase - row;
    const lower = dot(samples, at, weights.subarray(row * width, (row + 1) * width));
    out[i] =
      share === 0
        ? lower
        : lower + share * (dot(samples, at, weights.subarray((row + 1) * width, (row + 2) * width)) - lower);
  }
}

/** @param weights - a multiple of four of them */
function dot(samples: Float32Array, at: number, weights: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0, j = at; k < weights.length; k += 4, j += 4) {
    a += samples[j]! * weights[k]!;
    b += samples[j + 1]! * weights[k + 1]!;
    c += samples[j + 2]! * weights[k + 2]!;
    d += samples[j + 3]! * weights[k + 3]!;
  }
  return a + b + (c + d);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
