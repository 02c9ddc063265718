import { createResampleFilter, type ResampleFilter } from './resample-filter.js';

/** Pieces of sound at one rate to pieces at another; together they are, bit for bit, what the whole gives. */
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
 */
export function createResampler(from: number, to: number): Resampler {
  if (from === to) return { push: (samples) => samples, end: () => new Float32Array(0) };
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const filter = filterOf(from, to, up);
  const { half } = filter;
  /** what outputs still need; its first sample is input `first` */
  let kept = new Float32Array(half - 1);
  let first = 1 - half;
  let outputs = 0;
  let inputs = 0;
  /** Outputs up to `count` in all. */
  const advance = (samples: Float32Array, count: number) => {
    const joined = concatenate([kept, samples]);
    const out = new Float32Array(Math.max(0, count - outputs));
    filterInto(out, joined, { filter, up, down, first, start: outputs });
    outputs += out.length;
    const needed = Math.floor((outputs * down) / up) - half + 1;
    const drop = Math.min(joined.length, Math.max(0, needed - first));
    kept = joined.slice(drop);
    first += drop;
    return out;
  };
  return {
    push(samples) {
      inputs += samples.length;
      // Output n needs inputs up to ⌊n·down / up⌋ + half.
      const ready = Math.floor(((inputs - half) * up - 1) / down) + 1;
      return advance(samples, Math.max(outputs, ready));
    },
    end: () => advance(new Float32Array(half), Math.ceil((inputs * up) / down)),
  };
}

/** A whole sound at another rate. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = createResampler(from, to);
  return concatenate([resampler.push(samples), resampler.end()]);
}

export function concatenate(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
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
  readonly up: number;
  readonly down: number;
  /** which input the first of the samples is */
  readonly first: number;
  /** which output the first of the outputs is */
  readonly start: number;
}

/** Outputs of one phase that are computed at once: each weight is loaded once for all of them. */
const side = 8;

function filterInto(out: Float32Array, samples: Float32Array, place: Place): void {
  const { filter, up, down } = place;
  const rowAt = (row: number) => filter.weights.subarray(2 * filter.half * row, 2 * filter.half * (row + 1));
  // Interpolated outputs have no phase in common.
  const blocked = filter.phases === up ? out.length - (out.length % (side * up)) : 0;
  for (let block = 0; block < blocked; block += side * up) {
    for (let to = block; to < block + up; to++) {
      const { at, row } = inputsOf(to, place);
      dotSideBySide(samples, rowAt(row), { at, down, out, to, up });
    }
  }
  for (let to = blocked; to < out.length; to++) {
    const { at, row, share } = inputsOf(to, place);
    const lower = dot(samples, at, rowAt(row));
    out[to] = share === 0 ? lower : lower + share * (dot(samples, at, rowAt(row + 1)) - lower);
  }
}

/** Where the inputs of an output begin, the weights of its phase, and how far it is on the way to those of the next row. */
function inputsOf(output: number, { filter, up, down, first, start }: Place) {
  const position = (start + output) * down;
  const base = Math.floor(position / up);
  const phase = ((position - base * up) * filter.phases) / up;
  const row = Math.floor(phase);
  return { at: base - filter.half + 1 - first, row, share: phase - row };
}

function dot(samples: Float32Array, at: number, weights: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k]! * samples[at + k]!;
  return sum;
}

interface SideBySide {
  readonly at: number;
  /** from the inputs of one output to those of the next of its phase */
  readonly down: number;
  readonly out: Float32Array;
  readonly to: number;
  readonly up: number;
}

/** `side` outputs of one phase, each summed in the order of `dot`. */
function dotSideBySide(samples: Float32Array, weights: Float32Array, { at, down, out, to, up }: SideBySide): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  for (let k = 0, j = at; k < weights.length; k++, j++) {
    const weight = weights[k]!;
    a += weight * samples[j]!;
    b += weight * samples[j + down]!;
    c += weight * samples[j + 2 * down]!;
    d += weight * samples[j + 3 * down]!;
    e += weight * samples[j + 4 * down]!;
    f += weight * samples[j + 5 * down]!;
    g += weight * samples[j + 6 * down]!;
    h += weight * samples[j + 7 * down]!;
  }
  out[to] = a;
  out[to + up] = b;
  out[to + 2 * up] = c;
  out[to + 3 * up] = d;
  out[to + 4 * up] = e;
  out[to + 5 * up] = f;
  out[to + 6 * up] = g;
  out[to + 7 * up] = h;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
