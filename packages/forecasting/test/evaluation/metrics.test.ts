import { expectClose } from '@unroll/core/testing';
import { backtest, dieboldMariano, type Forecast, type SplitPanel } from '@unroll/forecasting';
import { expect, test } from 'vitest';
import { studentTwoSided } from '../../src/evaluation/student-t.js';
import golden from '../golden/evaluation.json' with { type: 'json' };
import { panelOf } from '../panels.js';
import { clock, forecasterOf, key } from './forecasters.js';

const { horizon, season, levels } = golden;
const number = (value: number | null) => value ?? Number.NaN;

function goldenSplit(): SplitPanel {
  const series = golden.panel.map(({ targets }, i) => ({
    id: `s${i}`,
    targets: targets.map((row) => row.map(number)),
  }));
  const bounds = golden.panel.map(({ trainEnd, validEnd, testEnd }) => ({ trainEnd, validEnd, testEnd }));
  return { panel: panelOf({ series }), bounds };
}

/** Gives the stored forecasts. */
const stored = forecasterOf('stored', ({ series, origin }): Forecast => {
  const windows = golden.windows[Number(series.id.slice(1))]!;
  const { mean, quantiles, samples } = windows.find((window) => window.origin === origin)!;
  const arrays = (rows: readonly (readonly number[])[]) => rows.map((row) => Float64Array.from(row));
  return { mean: arrays(mean), quantiles: quantiles.map(arrays), samples: samples.map(arrays) };
});

async function storedScores(units: 'original' | 'standardised' = 'original') {
  const split = goldenSplit();
  const options = { forecasters: [stored], split, horizon, seasonality: season, quantiles: levels, units, key, clock };
  const result = await backtest(options);
  return result.forecasters[0]!;
}

function expectScores(
  scores: Readonly<Record<string, number | null | undefined>>,
  expected: Record<string, number | null>,
) {
  const names = Object.keys(expected).filter((name) => expected[name] !== null);
  const values = (of: typeof scores) => ({
    shape: [names.length],
    values: names.map((name) => number(of[name] ?? null)),
  });
  expectClose(values(scores), values(expected), { rtol: 1e-9, atol: 1e-12, name: names.join(', ') });
  const unknown = Object.keys(expected).filter((name) => expected[name] === null);
  expect(unknown.filter((name) => (scores[name] ?? null) !== null)).toEqual([]);
}

test('scores over all windows are those of numpy and scikit-learn', async () => {
  const { overall } = await storedScores();
  expect(Object.keys(overall).sort()).toEqual(Object.keys(golden.overall).sort());
  expectScores(overall, golden.overall);
});

test('standardised errors are in training deviations of each channel', async () => {
  expectScores((await storedScores('standardised')).overall, golden.standardised);
});

test('scores by step ahead', async () => {
  const { byStep } = await storedScores();
  golden.byStep.forEach((expected, step) => {
    expectScores(Object.fromEntries(Object.entries(byStep).map(([name, steps]) => [name, steps[step]])), expected);
  });
});

test('scores by series and channel, the best first', async () => {
  const { bySeries } = await storedScores();
  golden.bySeries.forEach((expected, i) => {
    const [series, channel] = [`s${Math.floor(i / 2)}`, i % 2 === 0 ? 'y' : 'y1'];
    expectScores(bySeries.find((one) => one.series === series && one.channel === channel)!.scores, expected);
  });
  const losses = bySeries.map(({ scores }) => scores['mase']!);
  expect(losses).toEqual([...losses].sort((a, b) => a - b));
});

test.each(golden.dieboldMariano)('the Diebold-Mariano test is that of the script, overlap $overlap', (expected) => {
  const { statistic, pValue } = dieboldMariano(expected.a, expected.b, expected.overlap);
  expect(statistic).toBeCloseTo(expected.statistic, 10);
  expect(pValue).toBeCloseTo(expected.pValue, 9);
});

test.each(golden.student)('P(|T| ≥ $t) with $degrees degrees of freedom is scipy’s', ({ t, degrees, p }) => {
  expect(Math.abs(studentTwoSided(t, degrees) / p - 1)).toBeLessThan(1e-7);
});

test('forecasters that are equally good do not differ, and one pair is too few', () => {
  expect(dieboldMariano([1, 2, 3], [1, 2, 3], 1)).toEqual({ statistic: 0, pValue: 1, observations: 3 });
  expect(dieboldMariano([1, Number.NaN], [2, 3], 1)).toEqual({
    statistic: Number.NaN,
    pValue: Number.NaN,
    observations: 1,
  });
});
