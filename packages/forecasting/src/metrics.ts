import { distributionMetrics } from './evaluation/distribution-metrics.js';
import type { ForecastMetric, ScoredWindow } from './evaluation/scored-window.js';

const error = ({ actual, mean, reference }: ScoredWindow, t: number) => (actual[t]! - mean[t]!) / reference.unit;

/** mean |y − f| */
const mae: ForecastMetric = { name: 'mae', value: (window, t) => Math.abs(error(window, t)) };

/** mean (y − f)² */
const mse: ForecastMetric = { name: 'mse', value: (window, t) => error(window, t) ** 2 };

/** √(mean (y − f)²) */
const rmse: ForecastMetric = { ...mse, name: 'rmse', finish: Math.sqrt };

/** 100 · mean |y − f| / |y|, in per cent of the data's own units; steps with y = 0 are not counted. */
const mape: ForecastMetric = {
  name: 'mape',
  value: ({ actual, mean }, t) => (actual[t] === 0 ? Number.NaN : 100 * Math.abs((actual[t]! - mean[t]!) / actual[t]!)),
};

/** mean 200·|y − f| / (|y| + |f|), in per cent of the data's own units, 0 where y = f = 0 (Makridakis 1993, as the M4 competition has it). */
const smape: ForecastMetric = {
  name: 'smape',
  value({ actual, mean }, t) {
    const size = Math.abs(actual[t]!) + Math.abs(mean[t]!);
    return size === 0 ? 0 : (200 * Math.abs(actual[t]! - mean[t]!)) / size;
  },
};

/**
 * mean |y − f| / (the seasonal naive error of the steps before the scored part). A series whose seasons are all the same
 * has the scale 0, and is not counted; nor is one too short for a scale.
 *
 * @see Hyndman & Koehler 2006
 */
const mase: ForecastMetric = {
  name: 'mase',
  value: ({ actual, mean, reference }, t) => Math.abs(actual[t]! - mean[t]!) / (reference.naiveError || Number.NaN),
};

/** Σ |y − f| / Σ |y|, in the data's own units: the normalised deviation of DeepAR's tables. */
const normalisedDeviation: ForecastMetric = {
  name: 'normalisedDeviation',
  value: ({ actual, mean }, t) => Math.abs(actual[t]! - mean[t]!),
  weight: ({ actual }, t) => Math.abs(actual[t]!),
};

/**
 * The scores that are sums over steps, in the order of a table. RSE and CORR need moments of all windows
 * (`evaluation/moments.ts`), OWA a second forecaster (`overallWeightedAverage`).
 *
 * @param levels - of the quantiles that are asked for, ascending
 */
export function forecastMetrics(levels: readonly number[]): readonly ForecastMetric[] {
  return [mae, mse, rmse, mape, smape, mase, normalisedDeviation, ...distributionMetrics(levels)];
}

/**
 * OWA = ½ (sMAPE / sMAPE of Naive2 + MASE / MASE of Naive2), each over all series.
 *
 * @see Makridakis, Spiliotis & Assimakopoulos 2020, "The M4 competition"
 */
export function overallWeightedAverage(
  scores: Readonly<Record<string, number>>,
  naive2: Readonly<Record<string, number>>,
): number {
  const ratio = (name: string) => (scores[name] ?? Number.NaN) / (naive2[name] ?? Number.NaN);
  return (ratio('smape') + ratio('mase')) / 2;
}
