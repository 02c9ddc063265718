import * as tf from '@tensorflow/tfjs-core';

/** What is smoothed: plain numbers, which no gradient reaches. */
export interface SmoothingData {
  readonly rows: number;
  readonly timeSteps: number;
  /** `[rows, timeSteps]`: ln y; anything where not observed */
  readonly logValues: Float64Array;
  /** `[rows, timeSteps]`: 0 leaves level and season as they are */
  readonly observed: Uint8Array;
  /** steps of each season; none, one or two */
  readonly periods: readonly number[];
  /** `[rows]`: the step of the series at step 0, which says which seasonal index comes first */
  readonly starts: Int32Array;
}

export interface Smoothed {
  /** `[rows, timeSteps]`: ln l_t */
  readonly level: tf.Tensor2D;
  /** `[rows, timeSteps + period]` each: ln s_t, those past `timeSteps` being forecasts */
  readonly seasons: readonly tf.Tensor2D[];
}

/** Numbers of a row that smoothing depends on: level coefficient, a coefficient for each season, first indices of each season. */
export function smoothingWidth(periods: readonly number[]): number {
  return 1 + periods.length + seasonsWidth(periods);
}

/** Seasonal indices of a row, of all its seasons. */
export function seasonsWidth(periods: readonly number[]): number {
  return periods.reduce((width, period) => width + period, 0);
}

/**
 * Multiplicative exponential smoothing of many series at once, with its gradient:
 *
 *   l_t = α·y_t/Πs_t + (1−α)·l_{t−1}             l_0 = y_0/Πs_0
 *   s_{t+m} = γ·y_t/(l_t·Πs′_t) + (1−γ)·s_t      for each season, Πs′ over the other seasons
 *
 * It is done on logarithms, where with e_t = y_t/(l_t·Πs_t) the same reads
 *
 *   ln l_t = ln l_{t−1} + ln(1 + α·(y_t/(Πs_t·l_{t−1}) − 1)),   ln s_{t+m} = ln s_t + ln(1 + γ·(e_t − 1)),
 *
 * one operation over arrays in float64: thousands of steps of a few numbers each would be slow as tensors.
 *
 * @param coefficients - `[rows, smoothingWidth(periods)]`: α and a γ for each season, all in (0, 1), then ln s of each season by
 *   phase: index j belongs to the steps of the series that leave the remainder j
 * @returns the caller owns its tensors
 *
 * @see Smyl 2020, equations 1–5; Holt 1957 and Winters 1960
 */
export function exponentialSmoothing(coefficients: tf.Tensor2D, data: SmoothingData): Smoothed {
  const { rows, timeSteps, periods } = data;
  const widths = [timeSteps, ...periods.map((period) => timeSteps + period)];
  const smooth = tf.customGrad((input) => {
    const walk = smoothForward((input as tf.Tensor).dataSync() as Float32Array, data);
    const value = tf.tensor2d(Float32Array.from(walk.states), [rows, walk.width]);
    const gradFunc = (dStates: tf.Tensor) => {
      const gradient = smoothBackward(walk, dStates.dataSync() as Float32Array, data);
      return tf.tensor2d(gradient, [rows, smoothingWidth(periods)]);
    };
    return { value, gradFunc };
  });
  return tf.tidy(() => {
    const states: tf.Tensor2D = smooth(coefficients);
    let from = 0;
    const [level, ...seasons] = widths.map((width) => {
      from += width;
      return tf.slice(states, [0, from - width], [rows, width]);
    });
    return { level: level!, seasons };
  });
}

interface Walk {
  /** `[rows, width]`: ln l, then ln s of each season */
  readonly states: Float64Array;
  readonly width: number;
  readonly coefficients: Float64Array;
}

/** Where a row's season k begins: in its states, and among its coefficients. */
function seasonOffsets({ timeSteps, periods }: SmoothingData): { state: number; initial: number; period: number }[] {
  let state = timeSteps;
  let initial = 1 + periods.length;
  return periods.map((period) => {
    const offsets = { state, initial, period };
    state += timeSteps + period;
    initial += period;
    return offsets;
  });
}

function smoothForward(values: Float32Array, data: SmoothingData): Walk {
  const { rows, timeSteps, periods, logValues, observed, starts } = data;
  const width = timeSteps + periods.reduce((sum, period) => sum + timeSteps + period, 0);
  const inputs = smoothingWidth(periods);
  const coefficients = Float64Array.from(values);
  const states = new Float64Array(rows * width);
  const seasons = seasonOffsets(data);
  for (let row = 0; row < rows; row++) {
    const [base, own] = [row * width, row * inputs];
    for (const { state, initial, period } of seasons) {
      for (let j = 0; j < period; j++) {
        states[base + state + j] = coefficients[own + initial + ((starts[row]! + j) % period)]!;
      }
    }
    let level = Number.NaN;
    for (let t = 0; t < timeSteps; t++) {
      const seen = observed[row * timeSteps + t] === 1;
      let season = 0;
      for (const { state } of seasons) season += states[base + state + t]!;
      const adjusted = logValues[row * timeSteps + t]! - season;
      if (seen) level = Number.isNaN(level) ? adjusted : level + smoothed(coefficients[own]!, adjusted - level);
      states[base + t] = Number.isNaN(level) ? 0 : level;
      for (const [k, { state, period }] of seasons.entries()) {
        const change = seen ? smoothed(coefficients[own + 1 + k]!, adjusted - level) : 0;
        states[base + state + t + period] = states[base + state + t]! + change;
      }
    }
  }
  return { states, width, coefficients };
}

/** ln(1 + a·(eˣ − 1)): how far a logarithm moves when a share a of it is replaced by what is eˣ times as large. */
function smoothed(share: number, x: number): number {
  return Math.log1p(share * Math.expm1(x));
}

/**
 * The adjoint of the walk, from the last step to the first. With w = a·eˣ/(1 + a·(eˣ − 1)),
 * d smoothed/dx = w and d smoothed/da = (eˣ − 1)/(1 + a·(eˣ − 1)).
 */
function smoothBackward({ states, width, coefficients }: Walk, dStates: Float32Array, data: SmoothingData) {
  const { rows, timeSteps, periods, logValues, observed, starts } = data;
  const inputs = smoothingWidth(periods);
  const adjoint = Float64Array.from(dStates);
  const gradient = new Float64Array(rows * inputs);
  const seasons = seasonOffsets(data);
  for (let row = 0; row < rows; row++) {
    const [base, own] = [row * width, row * inputs];
    const first = observed.indexOf(1, row * timeSteps) - row * timeSteps;
    for (let t = timeSteps - 1; t >= 0; t--) {
      const seen = observed[row * timeSteps + t] === 1;
      let season = 0;
      for (const { state } of seasons) season += states[base + state + t]!;
      const adjusted = logValues[row * timeSteps + t]! - season;
      let dAdjusted = 0;
      for (const [k, { state, period }] of seasons.entries()) {
        const dNext = adjoint[base + state + t + period]!;
        adjoint[base + state + t] = adjoint[base + state + t]! + dNext;
        if (!seen) continue;
        const share = coefficients[own + 1 + k]!;
        const excess = Math.expm1(adjusted - states[base + t]!);
        const scale = dNext / (1 + share * excess);
        gradient[own + 1 + k] = gradient[own + 1 + k]! + excess * scale;
        dAdjusted += share * (1 + excess) * scale;
      }
      adjoint[base + t] = adjoint[base + t]! - dAdjusted;
      const dLevel = adjoint[base + t]!;
      if (seen && t > first) {
        const excess = Math.expm1(adjusted - states[base + t - 1]!);
        const scale = dLevel / (1 + coefficients[own]! * excess);
        const weight = coefficients[own]! * (1 + excess) * scale;
        gradient[own] = gradient[own]! + excess * scale;
        dAdjusted += weight;
        adjoint[base + t - 1] = adjoint[base + t - 1]! + dLevel - weight;
      } else if (seen) dAdjusted += dLevel;
      else if (t > first) adjoint[base + t - 1] = adjoint[base + t - 1]! + dLevel;
      if (seen) for (const { state } of seasons) adjoint[base + state + t] = adjoint[base + state + t]! - dAdjusted;
    }
    for (const { state, initial, period } of seasons) {
      for (let j = 0; j < period; j++) {
        const place = own + initial + ((starts[row]! + j) % period);
        gradient[place] = gradient[place]! + adjoint[base + state + j]!;
      }
    }
  }
  return Float32Array.from(gradient);
}
