import type { ForecastMetric, ScoredWindow } from './scored-window.js';

/**
 * Scores of quantiles and sample paths, for those levels that are asked for; a forecaster without any has none of them.
 *
 * @param levels - ascending
 */
export function distributionMetrics(levels: readonly number[]): readonly ForecastMetric[] {
  const crps: ForecastMetric = { name: 'crps', value: sampleCrps };
  if (levels.length === 0) return [crps];
  return [
    weightedQuantileLoss,
    crps,
    crpsFromQuantiles(levels),
    ...levels.map(pinball),
    ...symmetricIntervals(levels).flatMap(intervalMetrics),
  ];
}

/** Two levels at equal distance from ½: the bounds of a central interval. */
export interface LevelInterval {
  /** places in the list of levels */
  readonly lower: number;
  readonly upper: number;
  /** the probability that it claims: 0.8 for the levels 0.1 and 0.9 */
  readonly probability: number;
}

/** The central intervals among levels, the widest first. */
export function symmetricIntervals(levels: readonly number[]): readonly LevelInterval[] {
  return levels.flatMap((low, lower) => {
    const upper = levels.findIndex((high) => low < 0.5 && Math.abs(low + high - 1) < 1e-9);
    return upper < 0 ? [] : [{ lower, upper, probability: Number((levels[upper]! - low).toFixed(9)) }];
  });
}

/** max(τ (y − q), (τ − 1)(y − q)), the loss whose best answer is the τ-quantile (Koenker & Bassett 1978). */
export function pinballLoss(actual: number, quantile: number, level: number): number {
  return Math.max(level * (actual - quantile), (level - 1) * (actual - quantile));
}

const bound = ({ quantiles }: ScoredWindow, level: number, t: number) => quantiles?.[level]?.[t] ?? Number.NaN;

const quantileLoss = (window: ScoredWindow, level: number, t: number) =>
  pinballLoss(window.actual[t]!, bound(window, level, t), window.levels[level]!);

function pinball(level: number, place: number): ForecastMetric {
  return {
    name: `pinball${level}`,
    value: (window, t) => quantileLoss(window, place, t) / window.reference.unit,
  };
}

/** mean over levels of 2 Σ pinball / Σ |y|, in the data's own units (Salinas et al. 2020; Park, Maddix et al. 2022). */
const weightedQuantileLoss: ForecastMetric = {
  name: 'weightedQuantileLoss',
  value(window, t) {
    let sum = 0;
    for (let level = 0; level < window.levels.length; level++) sum += quantileLoss(window, level, t);
    return (2 * sum) / window.levels.length;
  },
  weight: ({ actual }, t) => Math.abs(actual[t]!),
};

/**
 * CRPS ≈ Σ 2 wᵢ pinball(τᵢ): the integral over all levels by the rule of rectangles, each level standing for the levels
 * that it is nearest to, so Σ wᵢ = 1. An approximation that grows better with the number of levels; with three, one should
 * compare it with nothing but itself.
 *
 * @see Laio & Tamea 2007 for CRPS = 2 ∫ pinball(τ) dτ
 */
function crpsFromQuantiles(levels: readonly number[]): ForecastMetric {
  const edges = levels.map((level, i) => (i === 0 ? 0 : (level + levels[i - 1]!) / 2));
  const weights = edges.map((edge, i) => (edges[i + 1] ?? 1) - edge);
  return {
    name: 'crpsFromQuantiles',
    value(window, t) {
      let sum = 0;
      for (let level = 0; level < weights.length; level++) sum += weights[level]! * quantileLoss(window, level, t);
      return (2 * sum) / window.reference.unit;
    },
  };
}

/**
 * CRPS of a sample x of size n: mean |xᵢ − y| − Σᵢⱼ |xᵢ − xⱼ| / (2 n (n − 1)), without bias from the size of the sample. With
 * one path it is |x − y|.
 *
 * @see Gneiting & Raftery 2007, equation 21; Ferro 2014, "Fair scores for ensemble forecasts"
 */
function sampleCrps({ actual, samples, reference }: ScoredWindow, t: number): number {
  if (!samples || samples.length === 0 || Number.isNaN(actual[t]!)) return Number.NaN;
  const count = samples.length;
  const sorted = Float64Array.from(samples, (path) => path[t]!).sort();
  let distance = 0;
  let spread = 0;
  for (let i = 0; i < count; i++) {
    distance += Math.abs(sorted[i]! - actual[t]!);
    spread += (2 * i - count + 1) * sorted[i]!; // Σᵢ<ⱼ (xⱼ − xᵢ) of sorted values
  }
  return (distance / count - (count > 1 ? spread / (count * (count - 1)) : 0)) / reference.unit;
}

/**
 * Of the central interval [l, u] that claims the probability 1 − α: how often it holds, how wide it is, and
 *
 *   interval score = (u − l) + 2/α · (l − y) [y < l] + 2/α · (y − u) [y > u]
 *   MSIS = interval score / seasonal naive error
 *
 * @see Winkler 1972; Gneiting & Raftery 2007, equation 43; MSIS as in the M4 competition
 */
function intervalMetrics({ lower, upper, probability }: LevelInterval): readonly ForecastMetric[] {
  const percent = Number((100 * probability).toFixed(4));
  const alpha = 1 - probability;
  const width = (window: ScoredWindow, t: number) => bound(window, upper, t) - bound(window, lower, t);
  const score = (window: ScoredWindow, t: number) => {
    const y = window.actual[t]!;
    const below = Math.max(0, bound(window, lower, t) - y);
    const above = Math.max(0, y - bound(window, upper, t));
    return width(window, t) + (2 / alpha) * (below + above);
  };
  return [
    {
      name: `coverage${percent}`,
      value(window, t) {
        const y = window.actual[t]!;
        if (Number.isNaN(y + width(window, t))) return Number.NaN;
        return y >= bound(window, lower, t) && y <= bound(window, upper, t) ? 1 : 0;
      },
    },
    { name: `width${percent}`, value: (window, t) => width(window, t) / window.reference.unit },
    { name: `intervalScore${percent}`, value: (window, t) => score(window, t) / window.reference.unit },
    { name: `msis${percent}`, value: (window, t) => score(window, t) / (window.reference.naiveError || Number.NaN) },
  ];
}
