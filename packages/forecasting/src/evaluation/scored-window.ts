/** One forecast of one channel beside what came; arrays are not copied, so that millions of windows can be scored. */
export interface ScoredWindow {
  /** `[step]`; NaN where nothing is known, or where the step is not to be scored */
  readonly actual: Float64Array;
  /** `[step]`; NaN where the forecaster says nothing */
  readonly mean: Float64Array;
  /** ascending; may be empty */
  readonly levels: readonly number[];
  /** `[level][step]`; absent where the forecaster gives a point only */
  readonly quantiles?: readonly Float64Array[];
  /** `[path][step]` */
  readonly samples?: readonly Float64Array[];
  readonly reference: ChannelReference;
}

/** What the errors of one channel of one series are measured by; from the steps before the scored part alone. */
export interface ChannelReference {
  /** errors are divided by it: 1 in the units of the data, the training deviation in standardised units */
  readonly unit: number;
  /** mean |yₜ − yₜ₋ₘ| of the history, m = season; NaN where no such pair is known, 0 where every season repeats the last */
  readonly naiveError: number;
}

/**
 * A score: a number of each step of each window, summed, divided by the sum of its weights, finished; so it does not
 * depend on how windows were grouped. A step whose value is NaN, or whose
 * actual value is not known, is not counted.
 */
export interface ForecastMetric {
  readonly name: string;
  readonly value: (window: ScoredWindow, step: number) => number;
  /** 1 unless given */
  readonly weight?: (window: ScoredWindow, step: number) => number;
  /** the ratio as it is unless given */
  readonly finish?: (ratio: number) => number;
}

/**
 * mean |yₜ − yₜ₋ₘ| over t = m … end − 1, pairs with a missing value left out: the in-sample error of the seasonal naive
 * forecast, the scale of MASE.
 *
 * @param end - steps before it are the sample
 * @param seasonality - m, at least 1
 * @returns NaN where no pair is known
 * @see Hyndman & Koehler 2006, "Another look at measures of forecast accuracy"
 */
export function seasonalNaiveError(values: Float64Array, end: number, seasonality: number): number {
  let sum = 0;
  let count = 0;
  for (let t = seasonality; t < end; t++) {
    const difference = Math.abs(values[t]! - values[t - seasonality]!);
    if (Number.isNaN(difference)) continue;
    sum += difference;
    count++;
  }
  return sum / count;
}

/** √(mean (y − ȳ)²) of the known values before `end`; 1 where that is 0 or nothing is known, as the ETT protocol's scaler has it. */
export function standardDeviation(values: Float64Array, end: number): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let t = 0; t < end; t++) {
    const value = values[t]!;
    if (Number.isNaN(value)) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  return Math.sqrt(squares / count) || 1;
}
