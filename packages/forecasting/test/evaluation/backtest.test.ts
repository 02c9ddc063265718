import {
  backtest,
  describeBacktest,
  type BacktestOptions,
  type Forecaster,
  type ForecastRequest,
  type SplitPanel,
} from '@unroll/forecasting';
import { expect, test } from 'vitest';
import { panelOf, wavy } from '../panels.js';
import { clock, forecasterOf, key, lastValue, splitOf } from './forecasters.js';

const defaults = { horizon: 3, seasonality: 4, key, clock } as const;

function wavySplit(lengths: readonly number[] = [60]): SplitPanel {
  const series = lengths.map((length, i) => ({ id: `s${i}`, targets: [wavy(length, i)] }));
  return splitOf(panelOf({ series }), { valid: 10, test: 10 });
}

/** Origins that a forecaster was asked for, as `id origin`. */
async function origins(split: SplitPanel, options: Partial<BacktestOptions>): Promise<readonly string[]> {
  const asked: ForecastRequest[] = [];
  const spy = forecasterOf('spy', (request, horizon) => {
    asked.push(request);
    return { mean: request.series.targets.map(() => new Float64Array(horizon)) };
  });
  await backtest({ ...defaults, split, forecasters: [spy], ...options });
  return asked.map(({ series, origin }) => `${series.id} ${origin}`);
}

test('the whole horizon lies in the part: 10 − 3 + 1 origins', async () => {
  const asked = await origins(wavySplit(), {});
  expect(asked).toEqual([50, 51, 52, 53, 54, 55, 56, 57].map((origin) => `s0 ${origin}`));
  expect(await origins(wavySplit(), { part: 'valid' })).toEqual([40, 41, 42, 43, 44, 45, 46, 47].map((o) => `s0 ${o}`));
});

test('origins are counted from the end, and come in the order of time over all series', async () => {
  expect(await origins(wavySplit([60, 50]), { step: 3, count: 2 })).toEqual(['s0 54', 's1 44', 's0 57', 's1 47']);
  expect(await origins(wavySplit(), { step: 4 })).toEqual(['s0 53', 's0 57']);
});

test('partial horizons begin at every step of the part, and are scored as far as it goes', async () => {
  expect(await origins(wavySplit(), { origins: 'partial', step: 5 })).toEqual(['s0 54', 's0 59']);
  const options = { ...defaults, split: wavySplit(), part: 'valid', origins: 'partial' } as const;
  const result = await backtest({ ...options, forecasters: [lastValue()] });
  expect(result.origins).toBe(10);
  const values = options.split.panel.series[0]!.targets[0]!;
  const last = [...Array(8).keys()].map((i) => Math.abs(values[42 + i]! - values[39 + i]!));
  expect(result.forecasters[0]!.byStep['mae']![2]).toBeCloseTo(last.reduce((sum, one) => sum + one) / 8, 12);
});

test('the last step of the horizon takes every step of the part: LSTNet’s protocol', async () => {
  const split = wavySplit();
  expect(await origins(split, { origins: 'last-step' })).toHaveLength(10);
  const lastOnly = forecasterOf('last-only', ({ series, origin }, horizon) => {
    const mean = new Float64Array(horizon).fill(Number.NaN);
    mean[horizon - 1] = series.targets[0]![origin - 1]!;
    return { mean: [mean] };
  });
  const { forecasters } = await backtest({ ...defaults, split, forecasters: [lastOnly], origins: 'last-step' });
  const values = split.panel.series[0]!.targets[0]!;
  const test = Array.from(values.subarray(50));
  const errors = test.map((value, i) => value - values[47 + i]!);
  const mean = test.reduce((sum, value) => sum + value) / 10;
  const squares = (list: readonly number[]) => list.reduce((sum, value) => sum + value * value, 0);
  const { overall, byStep } = forecasters[0]!;
  expect(overall['rse']).toBeCloseTo(Math.sqrt(squares(errors) / squares(test.map((value) => value - mean))), 12);
  expect(byStep['mae']!.slice(0, 2)).toEqual([null, null]);
  expect(overall['corr']).toBe(byStep['corr']![2]);
});

test('no forecast is asked for before there is a step to go by', async () => {
  const { panel } = wavySplit([20]);
  const split = { panel, bounds: [{ trainEnd: 0, validEnd: 8, testEnd: 20 }] };
  expect((await origins(split, { part: 'valid' }))[0]).toBe('s0 1');
  expect((await origins(split, { part: 'valid', origins: 'last-step' }))[0]).toBe('s0 1');
});

test('by the last step all are scored alike, those that forecast every step too', async () => {
  const options = { ...defaults, split: wavySplit(), origins: 'last-step' } as const;
  const { forecasters } = await backtest({ ...options, forecasters: [lastValue()] });
  const values = options.split.panel.series[0]!.targets[0]!;
  const errors = Array.from(values.subarray(50), (value, i) => Math.abs(value - values[47 + i]!));
  const { overall, byStep } = forecasters[0]!;
  expect(byStep['mae']!.slice(0, 2)).toEqual([null, null]);
  expect(overall['mae']).toBeCloseTo(errors.reduce((sum, one) => sum + one) / 10, 12);
});

test('steps before and after the part are not scored', async () => {
  const options = { ...defaults, split: wavySplit(), origins: 'partial' } as const;
  const { forecasters } = await backtest({ ...options, forecasters: [lastValue()] });
  const values = options.split.panel.series[0]!.targets[0]!;
  const last = Array.from(values.subarray(52), (value, i) => Math.abs(value - values[49 + i]!));
  expect(forecasters[0]!.byStep['mae']![2]).toBeCloseTo(last.reduce((sum, one) => sum + one) / 8, 12);
});

test('a series too short for one origin is left out and counted; none long enough is an error', async () => {
  const long = wavySplit([60, 40]);
  const split = { ...long, bounds: [long.bounds[0]!, { trainEnd: 30, validEnd: 38, testEnd: 40 }] };
  const result = await backtest({ ...defaults, split, forecasters: [lastValue()] });
  expect([result.series, result.skippedSeries, result.windows]).toEqual([1, 1, 8]);
  await expect(backtest({ ...defaults, horizon: 11, split, forecasters: [lastValue()] })).rejects.toMatchObject({
    code: 'data/part-too-short',
    message: expect.stringContaining(
      'made.csv: the test part has 10 steps at most, too few for a horizon of 11',
    ) as string,
  });
});

test('a refitted forecaster sees nothing from its origin on, and serves so many origins', async () => {
  const split = wavySplit([60, 55]);
  const seen: (readonly number[])[] = [];
  const entry = {
    name: 'refitted',
    refitEvery: 3,
    async fit({ panel, bounds }: SplitPanel): Promise<Forecaster> {
      seen.push(panel.series.map(({ targets, length }) => (targets[0]!.length === length ? length : Number.NaN)));
      expect(bounds.map(({ trainEnd, validEnd, testEnd }, i) => [trainEnd + 10, validEnd, testEnd, i])).toEqual(
        panel.series.map(({ length }, i) => [length, length, length, i]),
      );
      return lastValue('refitted', bounds[0]!.testEnd);
    },
  };
  const { forecasters } = await backtest({ ...defaults, split, forecasters: [entry, lastValue()] });
  expect(seen).toEqual([
    [50, 45],
    [53, 48],
    [56, 51],
  ]);
  expect(forecasters[0]!.fits).toBe(3);
  expect(forecasters[0]!.overall['mae']).toBeGreaterThan(45);
});

test('the network is compared with the best of the others, in words', async () => {
  const split = wavySplit([120]);
  const bounds = [{ trainEnd: 60, validEnd: 70, testEnd: 120 }];
  const perfect = forecasterOf('oracle', ({ series, origin }, horizon) => ({
    mean: series.targets.map((values) =>
      values.slice(origin, origin + horizon).map((value, i) => value + 0.1 * Math.sin(origin + i)),
    ),
  }));
  const options = { ...defaults, split: { ...split, bounds } };
  const better = await backtest({ ...options, forecasters: [perfect, lastValue('far', 5), lastValue()] });
  expect(better.comparison).toMatchObject({
    against: 'last',
    rivals: 2,
    areBaselines: false,
    verdict: 'better',
    over: 'origins',
    observations: 48,
  });
  expect(better.comparison!.words).toMatch(
    /^oracle beats last, the best of the 2 others: MASE .* % less; that is more than chance by the Diebold-Mariano test over 48 origins \(p < 0.001\)\.$/,
  );
  const worse = await backtest({ ...options, forecasters: [lastValue(), perfect] });
  expect(worse.comparison!.words).toMatch(/^last is worse than oracle: .*oracle is the one to use\.$/);
  const same = await backtest({ ...options, forecasters: [lastValue('a', 0.001), lastValue('b')] });
  expect(same.comparison!.verdict).toBe('undecided');
  expect(same.comparison!.words).toMatch(/^a is no better than b, as far as this test can tell: .* may well be chance/);
  const few = await backtest({ ...options, count: 2, forecasters: [perfect, lastValue()] });
  expect(few.comparison).toMatchObject({ verdict: 'undecided', pValue: null });
  expect(few.comparison!.words).toContain('there is too little data to tell that from chance');
});

test('few horizons that overlap are taken by spans, not as if each origin were new', async () => {
  const { panel } = wavySplit([120]);
  const split = { panel, bounds: [{ trainEnd: 80, validEnd: 90, testEnd: 120 }] };
  const forecasters = [lastValue('far', 30), lastValue()];
  const wide = await backtest({ ...defaults, horizon: 6, split, forecasters });
  expect(wide.comparison).toMatchObject({ over: 'spans', observations: 4, verdict: 'worse' });
  expect(wide.comparison!.words).toContain('over 4 spans of a horizon each');
  const wider = await backtest({ ...defaults, horizon: 12, split, forecasters });
  expect(wider.comparison).toMatchObject({ observations: 1, pValue: null, verdict: 'undecided' });
});

test('with baselines among the others, the best of them is the rival', async () => {
  const split = wavySplit();
  const forecasters = [lastValue('network'), lastValue('member', 0.1), lastValue('drift', 2), lastValue('nlinear', 1)];
  const result = await backtest({ ...defaults, split, forecasters });
  const { comparison } = result;
  expect(comparison).toMatchObject({ against: 'nlinear', rivals: 2, areBaselines: true });
  expect(comparison!.words).toContain('nlinear, the best of the 2 baselines');
  const ranked = describeBacktest(result).tables[0]!.rows.map(([name]) => name);
  expect(ranked).toEqual(['nlinear', 'member', 'drift', 'network']); // the waves rise
});

test('many series with one origin are compared over series', async () => {
  const split = wavySplit(Array.from({ length: 15 }, (_, i) => 40 + i));
  const result = await backtest({ ...defaults, split, count: 1, forecasters: [lastValue('far', 4), lastValue()] });
  expect(result.comparison).toMatchObject({ over: 'series', observations: 15, verdict: 'worse' });
  expect(result.comparison!.words).toContain('by a paired t-test over 15 series');
});

test('series that never moved have no MASE, and are compared by MAE', async () => {
  const split = splitOf(panelOf({ series: [{ targets: [Array.from({ length: 60 }, (_, t) => (t < 50 ? 7 : t))] }] }), {
    valid: 10,
    test: 10,
  });
  const { loss, comparison, forecasters } = await backtest({
    ...defaults,
    horizon: 1,
    split,
    forecasters: [lastValue('near', 1), lastValue('far', 3)],
  });
  expect(loss).toBe('mae');
  expect(forecasters[0]!.overall['mase']).toBeUndefined();
  expect(comparison).toMatchObject({ verdict: 'better', against: 'far', observations: 10 });
});

test('OWA is measured by naive2 when it takes part', async () => {
  const split = wavySplit();
  const { forecasters } = await backtest({
    ...defaults,
    split,
    forecasters: [lastValue('far', 1), lastValue('naive2')],
  });
  const [far, naive2] = forecasters.map(({ overall }) => overall);
  expect(naive2!['owa']).toBe(1);
  expect(far!['owa']).toBeCloseTo((far!['smape']! / naive2!['smape']! + far!['mase']! / naive2!['mase']!) / 2, 12);
});

test('the result is JSON, holds examples to look at, and becomes a section of the report', async () => {
  const split = wavySplit([60, 61, 62]);
  split.panel.series[1]!.targets[0]!.fill(Number.NaN, 55, 57);
  const quantiles = [0.1, 0.9];
  const spread = forecasterOf('spread', ({ series, origin }, horizon) => {
    const mean = series.targets.map((values) => new Float64Array(horizon).fill(values[origin - 1]!));
    return { mean, quantiles: mean.map((curve) => [curve.map((value) => value - 3), curve.map((value) => value + 3)]) };
  });
  const result = await backtest({ ...defaults, split, quantiles, forecasters: [spread, lastValue()] });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  const { examples } = result.forecasters[0]!;
  expect(examples.map(({ series, origin }) => `${series} ${origin}`)).toEqual(['s0 50', 's1 53', 's1 56', 's2 59']);
  const [first] = examples;
  expect(first!.history).toEqual(Array.from(split.panel.series[0]!.targets[0]!.subarray(41, 50)));
  expect(first!.quantiles![1]![0]! - first!.mean[0]!).toBeCloseTo(3, 12);
  const section = describeBacktest(result);
  expect(section.paragraphs[0]).toBe(result.comparison!.words);
  expect(section.tables[0]!.head).toEqual([
    'forecaster',
    'MASE',
    'sMAPE %',
    'MSE',
    'MAE',
    'RMSE',
    'RSE',
    'CORR',
    'weighted quantile loss',
    'coverage 80 %',
    'width 80 %',
    'time',
  ]);
  for (const { head, rows } of section.tables) for (const row of rows) expect(row).toHaveLength(head.length);
});

test('a forecaster that breaks its contract is a bug, not a score', async () => {
  const split = wavySplit();
  const short = forecasterOf('short', () => ({ mean: [new Float64Array(2)] }));
  await expect(backtest({ ...defaults, split, forecasters: [short] })).rejects.toThrow('short gave means of 2 steps');
  const silent: Forecaster = {
    ...lastValue('silent'),
    async *forecast(requests) {
      for (const { origin } of requests) if (origin < 0) yield { mean: [] };
    },
  };
  await expect(backtest({ ...defaults, split, forecasters: [silent] })).rejects.toThrow('left 8 requests unanswered');
});

test('an aborted backtest stops', async () => {
  const abort = new AbortController();
  const onProgress = () => abort.abort(new Error('enough'));
  const options = { ...defaults, split: wavySplit(), forecasters: [lastValue()], signal: abort.signal, onProgress };
  await expect(backtest(options)).rejects.toThrow('enough');
});
