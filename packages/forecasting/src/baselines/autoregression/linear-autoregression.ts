import type { SplitPanel } from '../../types.js';
import { fillGaps } from '../fill-gaps.js';
import type { ChannelHistory, LocalForecast, LocalMethod } from '../local-forecaster.js';
import { fitAutoregression, type Autoregression } from './fit-autoregression.js';
import { addWindows, createProducts } from './window-products.js';

/** Lags at most, whatever the season: their equations take the cube of it. */
const mostLags = 512;
/** Of a series' windows, the last ones, on which order and penalty are chosen. */
const lateShare = 0.2;

export interface AutoregressionOptions {
  readonly split: SplitPanel;
  readonly seasonality: number;
  readonly horizon: number;
  /** 0 = chosen */
  readonly order: number;
}

/** Changes from step to step of the training part of a channel, in units of their root mean square. */
type Changes = Float64Array;

/**
 * An autoregression shared by all series, by least squares on the changes of their training parts, one regression for
 * each step ahead:
 *
 *   ŷ(T+h) = y(T) + Σ wₕ(i)·d(T−i),  d(t) = y(t) − y(t−1)
 *
 * So it is linear in the series, without regard to their levels and scales, and its weights on values sum to one. Each
 * series counts by its changes' own scale. Beyond the horizon that it was fitted for it goes on from its own forecasts.
 * deviation(h) is the error on late windows of weights from early ones, times the scale of the series' changes; where no
 * series is long enough for a window it is the naive forecast.
 *
 * @see Zeng, Chen, Zhang & Xu 2023, whose NLinear is the same map learnt by gradient
 */
export function linearAutoregression(options: AutoregressionOptions): LocalMethod {
  const model = fit(options);
  return (history) => forecastFrom(model, history, options.seasonality);
}

function fit({ split, seasonality, horizon, order }: AutoregressionOptions): Autoregression | undefined {
  const series = split.panel.series.flatMap(({ targets }, i) =>
    targets.flatMap((target) => changesOf(target.subarray(0, split.bounds[i]!.trainEnd), seasonality) ?? []),
  );
  const lengths = series.map(({ length }) => length).sort((a, b) => a - b);
  const typical = lengths[Math.floor(lengths.length / 2)] ?? 0;
  // A block that leaves room for lags and several windows in most series; longer horizons are made of blocks.
  const block = Math.min(horizon, Math.max(1, Math.floor(typical / 3)));
  const room = Math.min(mostLags, typical - block - Math.max(8, Math.floor(typical / 3)));
  const orders = (order > 0 ? [order] : candidateOrders(seasonality)).map((order) => Math.min(order, room));
  const lags = Math.max(0, ...orders);
  if (lags < 1) return undefined;
  const early = createProducts(lags + block);
  const between = createProducts(lags + block);
  const late = createProducts(lags + block);
  for (const changes of series) {
    const last = changes.length - (lags + block);
    if (last < 0) continue;
    const firstLate = last + 1 - Math.floor((last + 1) * lateShare);
    // The targets of early windows end where those of late ones begin; what lies between takes part in the end.
    const firstBetween = firstLate > last ? firstLate : Math.max(0, firstLate - block + 1);
    addWindows(early, changes, { from: 0, to: firstBetween - 1 });
    addWindows(between, changes, { from: firstBetween, to: firstLate - 1 });
    addWindows(late, changes, { from: firstLate, to: last });
  }
  if (early.windows + between.windows + late.windows === 0) return undefined;
  return fitAutoregression(
    { early, between, late },
    { lags, orders: [...new Set(orders)].filter((order) => order > 0) },
  );
}

function candidateOrders(seasonality: number): readonly number[] {
  const ofSeason = [1, 2, 3, 7, 14].map((seasons) => seasons * seasonality + 1);
  return [1, 2, 4, 8, 16, 32, ...(seasonality > 1 ? ofSeason : [])].sort((a, b) => a - b);
}

/** Undefined for a channel that never changes. */
function changesOf(target: Float64Array, seasonality: number): Changes | undefined {
  const first = target.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return undefined;
  const changes = differences(fillGaps(target.subarray(first), seasonality));
  const scale = rootMeanSquare(changes);
  return scale > 0 ? changes.map((change) => change / scale) : undefined;
}

function forecastFrom(
  model: Autoregression | undefined,
  { values, horizon }: ChannelHistory,
  seasonality: number,
): LocalForecast {
  const filled = fillGaps(values, seasonality);
  const changes = differences(filled);
  const scale = changes.length > 0 ? rootMeanSquare(changes) : Number.NaN;
  const mean = new Float64Array(horizon).fill(filled.at(-1)!);
  if (model === undefined) return { mean, deviation: mean.map((_, i) => scale * Math.sqrt(i + 1)) };
  const block = model.weights.length;
  const deviation = new Float64Array(horizon);
  let recent = changes;
  for (let from = 0; from < horizon; from += block) {
    const last = from === 0 ? filled.at(-1)! : mean[from - 1]!;
    const levels = model.weights.map((weights) => last + apply(weights, recent));
    mean.set(levels.slice(0, horizon - from), from);
    const before = from === 0 ? 0 : deviation[from - 1]!;
    for (let i = 0; i < Math.min(block, horizon - from); i++) {
      deviation[from + i] = Math.hypot(before, scale * model.errors[i]!);
    }
    recent = Float64Array.of(...recent.subarray(-mostLags), ...differences(Float64Array.of(last, ...levels)));
  }
  return { mean, deviation };
}

/** Σ weights(i)·changes(T − i), changes before the history's begin being 0. */
function apply(weights: Float64Array, changes: Changes): number {
  const last = changes.length - 1;
  const known = Math.min(weights.length, changes.length);
  let sum = 0;
  for (let i = 0; i < known; i++) sum += weights[i]! * changes[last - i]!;
  return sum;
}

function differences(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, i) => value - values[i]!);
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
