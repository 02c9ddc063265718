/** Windowed sinc, cut into the phases that outputs can have between two inputs. */
export interface ResampleFilter {
  /** inputs before and after the place of an output */
  readonly half: number;
  /** rows of `weights` but one; outputs between two rows are interpolated */
  readonly phases: number;
  /** `[phase + 1][2 · half]`, each row of sum 1 */
  readonly weights: Float32Array;
}

/** To either side, in samples of the lower rate: enough for a transition from 0.4 to 0.5 of it. */
const halfWidth = 24;
/** In the middle of the transition, of the lower rate. */
const cutoff = 0.45;
/** β of 75 dB. @see Kaiser 1974, "Nonrecursive digital filter design using the I0-sinh window function" */
const beta = 7.3;
/** Where a ratio would need more weights, this many phases are interpolated (error below −100 dB). */
const mostWeights = 1 << 20;
const interpolatedPhases = 512;

/**
 *   h(d) = 2f·sinc(2f·d)·w(d / half)      w(x) = I₀(β√(1 − x²)) / I₀(β)      f = 0.45·min(1, to / from)
 *
 * with d the distance of an input from the output, in inputs.
 *
 * @param up - phases of the exact ratio
 */
export function createResampleFilter(from: number, to: number, up: number): ResampleFilter {
  const half = 2 * Math.ceil((halfWidth * Math.max(1, from / to)) / 2);
  const phases = up * 2 * half <= mostWeights ? up : interpolatedPhases;
  const width = 2 * half;
  const weights = new Float32Array((phases + 1) * width);
  const frequency = 2 * cutoff * Math.min(1, to / from);
  const row = new Float64Array(width);
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const distance = phase / phases - (k - half + 1);
      row[k] = sinc(frequency * distance) * kaiser(distance / half);
      sum += row[k]!;
    }
    for (let k = 0; k < width; k++) weights[phase * width + k] = row[k]! / sum;
  }
  return { half, phases, weights };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}

/** I₀, the modified Bessel function of the first kind, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
