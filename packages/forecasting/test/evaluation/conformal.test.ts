import { normal, randomKey } from '@unroll/core';
import {
  adaptiveForecaster,
  backtest,
  calibrate,
  collectConformityScores,
  conformalForecaster,
  createEnsemble,
  detectAnomalies,
  type Forecaster,
  type ForecastOptions,
  type ScoredPoint,
  type Series,
  type SplitPanel,
} from '@unroll/forecasting';
import { expect, test } from 'vitest';
import { ScoreWindow } from '../../src/evaluation/score-window.js';
import { panelOf } from '../panels.js';
import { clock, forecasterOf, key, lastValue, splitOf } from './forecasters.js';

const levels = [0.1, 0.9];
const horizon = 3;

/** Series of independent normal values around 50, the spread of each its own; `shift` widens the last part. */
function noise({
  spreads,
  length = 900,
  shift = 1,
}: {
  spreads: readonly number[];
  length?: number;
  shift?: number;
}): SplitPanel {
  const series = spreads.map((spread, i) => {
    const values = [...normal(randomKey(40 + i), length)].map(
      (z, t) => 50 + z * spread * (t < length - 300 ? 1 : shift),
    );
    return { id: `s${i}`, targets: [values] };
  });
  return splitOf(panelOf({ series }), { valid: 300, test: 300 });
}

/** Always 50, with an interval that is far too narrow, or none. */
function flat(halfWidth?: number): Forecaster {
  return forecasterOf('flat', ({ series }, steps, quantiles) => {
    const mean = series.targets.map(() => new Float64Array(steps).fill(50));
    if (halfWidth === undefined) return { mean };
    const at = (level: number) => Math.sign(level - 0.5) * halfWidth;
    return { mean, quantiles: mean.map((curve) => quantiles.map((level) => curve.map((value) => value + at(level)))) };
  });
}

async function coverage(forecaster: Forecaster, split: SplitPanel, step = 1) {
  const options = { forecasters: [forecaster], split, horizon, step, quantiles: levels, seasonality: 1, key, clock };
  const { overall, byStep, bySeries } = (await backtest(options)).forecasters[0]!;
  return { coverage: overall['coverage80']!, width: overall['width80']!, byStep: byStep['coverage80']!, bySeries };
}

test.each([
  ['points', undefined],
  ['quantiles that are too narrow', 0.3],
  ['quantiles that are too wide', 30],
])('calibrated intervals of %s hold on data of the same kind, in every series', async (_, halfWidth) => {
  const split = noise({ spreads: [1, 4] });
  const forecaster = flat(halfWidth);
  const scores = await collectConformityScores(forecaster, { split, horizon, levels, key });
  expect(scores.windows).toBe(596);
  const { coverage: held, width, bySeries } = await coverage(conformalForecaster(forecaster, calibrate(scores)), split);
  expect(Math.abs(held - 0.8)).toBeLessThan(0.03);
  if (halfWidth !== undefined) return;
  // scores are pooled in each series' unit, so that the interval of the wild one is wider: 2 · 1.2816 · spread
  expect(width).toBeGreaterThan(2.4 * 2.5);
  for (const { scores: own } of bySeries) expect(Math.abs(own['coverage80']! - 0.8)).toBeLessThan(0.05);
});

test('the widening is the conformal quantile of the scores, in hand-made numbers', () => {
  const steps = [Array.from({ length: 39 }, (_, i) => i - 4), [1, 2, 3]];
  const { widening } = calibrate({ levels, horizon: 2, windows: 39, scores: [[steps]] });
  // step 1: the ⌈40 · 0.8⌉ = 32nd of −4 … 34; step 2 has too few, so all 42 scores: the ⌈43 · 0.8⌉ = 35th
  const all = steps.flat().sort((a, b) => a - b);
  expect(widening).toEqual([[[27, all[34]]]]);
});

test('narrowed bounds that would cross are put in order', async () => {
  const calibration = calibrate({
    levels,
    horizon: 1,
    windows: 40,
    scores: [[[Array.from({ length: 40 }, () => -5)]]],
  });
  const [series] = panelOf({ series: [{ targets: [[1, 2, 3, 4]] }] }).series;
  const request = { series: series!, origin: 4 };
  const options = { horizon: 1, quantiles: levels, key };
  const [answer] = await collect(conformalForecaster(flat(2), calibration).forecast([request], options));
  expect(answer!.quantiles).toEqual([[Float64Array.of(47), Float64Array.of(53)]]);
});

test('a level without a counterpart is moved alone, and ½ stays', async () => {
  const split = noise({ spreads: [2] });
  const forecaster = flat();
  const wanted = [0.5, 0.95];
  const calibration = calibrate(await collectConformityScores(forecaster, { split, horizon, levels: wanted, key }));
  const options = { split, horizon, quantiles: wanted, seasonality: 1, key, clock };
  const { forecasters } = await backtest({ ...options, forecasters: [conformalForecaster(forecaster, calibration)] });
  const [{ quantiles }] = forecasters[0]!.examples as unknown as [{ quantiles: number[][] }];
  expect(quantiles[0]).toEqual([50, 50, 50]);
  for (const bound of quantiles[1]!) expect(Math.abs(bound - (50 + 2 * 1.645))).toBeLessThan(0.5);
});

test('where the data change the adaptive intervals follow, and the fixed ones do not', async () => {
  const split = noise({ spreads: [1], shift: 3 });
  const forecaster = flat(1);
  const scores = await collectConformityScores(forecaster, { split, horizon, levels, key });
  const fixed = await coverage(conformalForecaster(forecaster, calibrate(scores)), split);
  const adaptive = await coverage(adaptiveForecaster(forecaster, scores), split);
  expect(fixed.coverage).toBeLessThan(0.45);
  expect(adaptive.coverage).toBeGreaterThan(0.72);
  expect(adaptive.coverage).toBeLessThan(0.83);
});

test('the scores of what came take the place of the oldest', async () => {
  const split = noise({ spreads: [1], shift: 3 });
  const forecaster = flat(1);
  const scores = await collectConformityScores(forecaster, { split, horizon, levels, key });
  const replaced = await coverage(adaptiveForecaster(forecaster, scores, { rate: 0 }), split);
  expect(replaced.coverage).toBeGreaterThan(0.5);
  const window = new ScoreWindow([5, 1, 4, 2]);
  for (const score of [3, 9]) window.push(score);
  expect(window.sorted).toEqual([2, 3, 4, 9]);
});

test('adaptive intervals read nothing at or after an origin', async () => {
  const split = noise({ spreads: [1], shift: 3 });
  const forecaster = flat(1);
  const scores = await collectConformityScores(forecaster, { split, horizon, levels, key });
  const [series] = split.panel.series;
  const cut = 650;
  const changed = { ...series!, targets: [series!.targets[0]!.map((value, t) => (t < cut ? value : -1e6))] };
  const requests = (one: Series) => Array.from({ length: 50 }, (_, i) => ({ series: one, origin: 601 + i }));
  const answers = async (one: Series) =>
    collect(adaptiveForecaster(forecaster, scores).forecast(requests(one), { horizon, quantiles: levels, key }));
  expect(await answers(changed)).toEqual(await answers(series!));
});

test('a level that was not calibrated is refused by name', async () => {
  const calibration = calibrate({ levels, horizon: 1, windows: 1, scores: [[[[1]]]] });
  const options = { horizon, quantiles: [0.25, 0.75], key };
  const answer = collect(conformalForecaster(flat(), calibration).forecast([], options));
  await expect(answer).rejects.toMatchObject({ code: 'config/quantiles' });
  await expect(answer).rejects.toThrow('the quantile 0.25 was not calibrated, only 0.1, 0.9');
});

test('a validation part without known values cannot calibrate', async () => {
  const split = noise({ spreads: [1] });
  split.panel.series[0]!.targets[0]!.fill(Number.NaN, 300, 600);
  const failure = collectConformityScores(flat(), { split, horizon, levels, key });
  await expect(failure).rejects.toMatchObject({ code: 'data/no-residuals' });
});

test('an ensemble averages means and quantiles, pools paths, and leaves out what one lacks', async () => {
  const split = noise({ spreads: [1], length: 700 });
  const [series] = split.panel.series;
  const withPaths = (name: string, at: number): Forecaster =>
    forecasterOf(name, (_, steps) => {
      const curve = new Float64Array(steps).fill(at);
      return { mean: [curve], quantiles: [[curve, curve.map((value) => value + at)]], samples: [[curve]] };
    });
  const options: ForecastOptions = { horizon, quantiles: levels, key };
  const requests = Array.from({ length: 300 }, (_, i) => ({ series: series!, origin: 100 + i }));
  const both = await collect(createEnsemble([withPaths('a', 2), withPaths('b', 6)]).forecast(requests, options));
  expect(both).toHaveLength(300);
  const curve = (value: number) => new Float64Array(3).fill(value);
  expect(both[299]).toEqual({ mean: [curve(4)], quantiles: [[curve(4), curve(8)]], samples: [[curve(2), curve(6)]] });
  const [point] = await collect(
    createEnsemble([withPaths('a', 2), lastValue()]).forecast(requests.slice(0, 1), options),
  );
  expect(Object.keys(point!)).toEqual(['mean']);
  expect(point!.mean[0]![0]).toBe((2 + series!.targets[0]![99]!) / 2);
  const silent = forecasterOf('silent', (_, steps) => ({ mean: [new Float64Array(steps).fill(Number.NaN)] }));
  const [known] = await collect(createEnsemble([withPaths('a', 2), silent]).forecast(requests.slice(0, 1), options));
  expect(known!.mean).toEqual([curve(2)]);
});

test('points outside of the interval are found, each step once, scored by their distance', async () => {
  const values = Array.from({ length: 30 }, (_, t) => 50 + Math.sin(t));
  values[12] = 54;
  values[20] = 47;
  values[21] = Number.NaN;
  const [series] = panelOf({ series: [{ targets: [values] }] }).series;
  const points = await collect(detectAnomalies(flat(2), { series: [series!], from: 5, key }));
  expect(points.map(({ step }) => step)).toEqual([...Array(25).keys()].map((i) => i + 5).filter((step) => step !== 21));
  const found = points.filter(({ isAnomaly }) => isAnomaly).map(({ step, score }) => [step, score]);
  expect(found).toEqual([
    [12, 2],
    [20, 1.5],
  ]);
  // on the bound the normal distribution leaves 1 %; at twice the distance P(|Z| > 2 · 2.5758)
  const at = (step: number) => points.find((point) => point.step === step)!;
  expect(at(12).tailProbability).toBeCloseTo(2.5819273e-7, 14);
});

test.each([
  [1, 1],
  [3, 1],
  [3, 3],
  [4, 2],
])('%i steps ahead, every %i: the same steps', async (stepsAhead, stride) => {
  const [series] = panelOf({ series: [{ targets: [Array.from({ length: 30 }, (_, t) => 50 + Math.sin(t))] }] }).series;
  const asked: number[] = [];
  const spy = forecasterOf('spy', (request, steps, quantiles) => {
    asked.push(request.origin);
    return {
      mean: [new Float64Array(steps)],
      quantiles: [quantiles.map((level) => new Float64Array(steps).fill(50 * level))],
    };
  });
  const points = await collect(detectAnomalies(spy, { series: [series!], from: 7, stepsAhead, stride, key }));
  const steps = points.map(({ step }: ScoredPoint) => step);
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => 7 + i));
  expect(steps.at(-1)).toBe(29);
  expect(asked[0]).toBe(7 - stepsAhead + stride);
});

test('points without an interval cannot be judged', async () => {
  const [series] = panelOf({ series: [{ targets: [[1, 2, 3]] }] }).series;
  const failure = collect(detectAnomalies(lastValue(), { series: [series!], key }));
  await expect(failure).rejects.toMatchObject({ code: 'forecast/no-quantiles' });
});

async function collect<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}
