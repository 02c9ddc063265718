import { readFileSync } from 'node:fs';
import { ConfigError, DataError, randomKey } from '@unroll/core';
import {
  baselineNames,
  createBaseline,
  defaultBaselines,
  isBaselineName,
  type BaselineName,
  type Forecast,
  type ForecastRequest,
  type ModelConfig,
  type Series,
} from '@unroll/forecasting';
import { describe, expect, test } from 'vitest';
import { configOf, panelOf, seriesOf, wavy } from '../panels.js';

const key = randomKey(3);
const quantiles = [0.1, 0.5, 0.9];
const bounds = { trainEnd: 70, validEnd: 84, testEnd: 96 };

/** Positive, with a season of 12 steps, a trend and noise that never repeats. */
function seasonal(count: number, shift = 0): number[] {
  return Array.from(
    { length: count },
    (_, t) =>
      (30 + 0.2 * t + shift) * (1 + 0.3 * Math.sin((2 * Math.PI * (t + shift)) / 12)) +
      Math.sin(12.9898 * t * t + shift),
  );
}

function modelOf(name: BaselineName): ModelConfig {
  return configOf({ model: { name } }).model;
}

interface Setting {
  readonly series: readonly Series[];
  readonly requests: readonly ForecastRequest[];
  readonly horizon?: number;
  readonly fitted?: number;
  readonly seasonality?: number;
  readonly refit?: 'part' | 'origin';
}

async function forecasts(name: BaselineName, setting: Setting): Promise<readonly Forecast[]> {
  const { series, requests, horizon = 5, fitted = horizon, seasonality = 12, refit = 'part' } = setting;
  const panel = { ...panelOf({ series: [{ targets: [[1]] }] }), series };
  const split = { panel, bounds: series.map(() => bounds) };
  const forecaster = await createBaseline(modelOf(name), { split, seasonality, horizon: fitted, key, refit });
  const all: Forecast[] = [];
  for await (const forecast of forecaster.forecast(requests, { horizon, quantiles, key })) all.push(forecast);
  return all;
}

const panel = [0, 1, 2].map((i) => seriesOf({ id: `s${i}`, targets: [seasonal(96, i), wavy(96, i)] }));
const requests = panel.flatMap((series) => [70, 77, 84, 96].map((origin) => ({ series, origin })));

async function one(name: BaselineName, values: readonly number[], rest: Partial<Setting> = {}): Promise<Forecast> {
  const series = seriesOf({ id: 'new', targets: [values] });
  const [forecast] = await forecasts(name, {
    series: panel,
    requests: [{ series, origin: values.length }],
    ...rest,
  });
  return forecast!;
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number) {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance * (1 + Math.abs(value))));
}

describe.each(baselineNames)('%s', (name) => {
  test('gives a mean and ascending quantiles of every channel and step', async () => {
    for (const { mean, quantiles } of await forecasts(name, { series: panel, requests })) {
      expect(mean).toHaveLength(2);
      mean.forEach((values, channel) => {
        const [low, middle, high] = quantiles![channel]!;
        expect(values).toHaveLength(5);
        values.forEach((value, i) => {
          expect(low![i]!).toBeLessThan(middle![i]!);
          expect(middle![i]!).toBe(value);
          expect(high![i]! - value).toBeCloseTo(value - low![i]!, 9);
        });
      });
    }
  });

  test('does not care for the order of requests, nor for others beside', async () => {
    const forward = await forecasts(name, { series: panel, requests });
    const backward = await forecasts(name, { series: panel, requests: requests.toReversed() });
    expect(backward.toReversed()).toEqual(forward);
    const alone = await forecasts(name, { series: panel, requests: [requests[5]!] });
    expect(alone[0]).toEqual(forward[5]);
  });

  test('a longer horizon begins with the shorter one', async () => {
    const short = await forecasts(name, { series: panel, requests });
    const long = await forecasts(name, { series: panel, requests, horizon: 30, fitted: 5 });
    short.forEach(({ mean, quantiles }, i) => {
      mean.forEach((values, channel) => {
        expect(long[i]!.mean[channel]!.slice(0, 5)).toEqual(values);
        expect(long[i]!.quantiles![channel]![2]!.slice(0, 5)).toEqual(quantiles![channel]![2]);
        expect(long[i]!.mean[channel]!.every(Number.isFinite)).toBe(true);
      });
    });
  });

  test('speaks the units of its series', async () => {
    const [plain, scaled] = await Promise.all([
      one(name, seasonal(60, 3)),
      one(
        name,
        seasonal(60, 3).map((y) => y * 512),
      ),
    ]);
    expectNear(
      scaled.mean[0]!,
      Array.from(plain.mean[0]!, (y) => y * 512),
      1e-9,
    );
    expectNear(
      scaled.quantiles![0]![0]!,
      Array.from(plain.quantiles![0]![0]!, (y) => y * 512),
      1e-9,
    );
  });

  test('goes on from a gap, and from one at the end', async () => {
    const values = seasonal(60);
    [0, 1, 13, 14, 15, 40, 58, 59].forEach((step) => (values[step] = Number.NaN));
    const { mean } = await one(name, values);
    const whole = await one(name, seasonal(60));
    mean[0]!.forEach((value, i) => expect(Math.abs(value - whole.mean[0]![i]!)).toBeLessThan(12));
  });

  test('a constant goes on, for certain', async () => {
    const { mean, quantiles } = await one(
      name,
      Array.from({ length: 40 }, () => 7.25),
    );
    expectNear(mean[0]!, [7.25, 7.25, 7.25, 7.25, 7.25], 1e-12);
    expectNear(quantiles![0]![0]!, [7.25, 7.25, 7.25, 7.25, 7.25], 1e-9);
  });

  test('one observation is repeated; how certain that is, it does not say', async () => {
    const { mean, quantiles } = await one(name, [Number.NaN, 4.5]);
    expect([...mean[0]!]).toEqual([4.5, 4.5, 4.5, 4.5, 4.5]);
    expect(quantiles![0]![0]!.every(Number.isNaN)).toBe(true);
  });

  test('a history shorter than a season is enough', async () => {
    for (const length of [2, 3, 4, 5, 6, 7, 11]) {
      const { mean, quantiles } = await one(name, wavy(length));
      expect(mean[0]!.every(Number.isFinite)).toBe(true);
      expect(length < 3 || quantiles![0]!.every((level) => level.every(Number.isFinite))).toBe(true);
    }
  });

  test('negative values and zeros are numbers like others', async () => {
    const values = seasonal(60).map((y) => (y > 30 ? y - 31 : 0));
    expect((await one(name, values)).mean[0]!.every(Number.isFinite)).toBe(true);
    const late = [...seasonal(90).slice(0, 80), ...Array.from({ length: 16 }, () => 0)];
    const series = seriesOf({ id: 's0', targets: [late] });
    const all = await forecasts(name, {
      series: [series],
      requests: [84, 90, 96].map((origin) => ({ series, origin })),
    });
    all.forEach(({ mean }) => expect(mean[0]!.every(Number.isFinite)).toBe(true));
  });

  test('a channel without observations is not forecast; a series without any is an error', async () => {
    const empty = Array.from({ length: 40 }, () => Number.NaN);
    const half = seriesOf({ id: 'half', targets: [empty, wavy(40)] });
    const [forecast] = await forecasts(name, { series: panel, requests: [{ series: half, origin: 40 }] });
    expect(forecast!.mean[0]!.every(Number.isNaN)).toBe(true);
    expect(forecast!.mean[1]!.every(Number.isFinite)).toBe(true);
    await expect(one(name, empty)).rejects.toThrow(DataError);
    await expect(one(name, empty)).rejects.toThrow('series "new" has no observed target before step 40');
  });
});

test.each(['naive', 'seasonal-naive', 'drift', 'moving-average', 'linear-autoregression'] as const)(
  '%s does not care for a constant added to a series',
  async (name) => {
    const [plain, raised] = await Promise.all([
      one(name, seasonal(60)),
      one(
        name,
        seasonal(60).map((y) => y + 100),
      ),
    ]);
    expectNear(
      raised.mean[0]!,
      Array.from(plain.mean[0]!, (y) => y + 100),
      1e-10,
    );
  },
);

test('theta is the method put together from the parts of statsmodels', async () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/baselines.json', import.meta.url), 'utf8')) as {
    series: Record<string, { values: number[]; seasonality: number }>;
    theta: { series: string; forecast: number[] }[];
  };
  for (const { series, forecast } of golden.theta) {
    const { values, seasonality } = golden.series[series]!;
    const { mean } = await one('theta', values, { seasonality, horizon: forecast.length });
    expectNear(mean[0]!, forecast, 1e-4);
  }
});

test('values by hand', async () => {
  const values = [3, 5, 4, 8, 6, 9, 7];
  const rest = { seasonality: 3, horizon: 4 };
  expectNear((await one('naive', values, rest)).mean[0]!, [7, 7, 7, 7], 1e-12);
  expectNear((await one('seasonal-naive', values, rest)).mean[0]!, [6, 9, 7, 6], 1e-12);
  expectNear((await one('moving-average', values, rest)).mean[0]!, [22 / 3, 22 / 3, 22 / 3, 22 / 3], 1e-12);
  expectNear((await one('drift', values, rest)).mean[0]!, [7 + 4 / 6, 7 + 8 / 6, 9, 7 + 16 / 6], 1e-12);
  // Changes 2, −1, 4, −2, 3, −2: a mean square of 38/6; over a season 5, 1, 5, −1: 52/4.
  const z = 1.2815515655446004;
  const naive = (await one('naive', values, rest)).quantiles![0]![2]!;
  expectNear(
    naive,
    [1, 2, 3, 4].map((h) => 7 + z * Math.sqrt((h * 38) / 6)),
    1e-12,
  );
  const season = (await one('seasonal-naive', values, rest)).quantiles![0]![2]!;
  expectNear(
    season,
    [6 + z * Math.sqrt(13), 9 + z * Math.sqrt(13), 7 + z * Math.sqrt(13), 6 + z * Math.sqrt(26)],
    1e-12,
  );
});

test('where the last step is missing, seasonal naive looks one season further back', async () => {
  const { mean } = await one('seasonal-naive', [3, 5, 4, 8, 6, Number.NaN], { seasonality: 3 });
  expect([...mean[0]!]).toEqual([8, 6, 4, 8, 6]);
});

test('linear autoregression finds the weights of a process that follows its past', async () => {
  const process = (seed: number) => {
    const values = [seed, seed + 1, seed - 0.5];
    for (let t = 3; t < 96; t++) {
      const [a, b, c] = [values[t - 1]!, values[t - 2]!, values[t - 3]!];
      values.push(a + 0.6 * (a - b) - 0.7 * (b - c));
    }
    return values;
  };
  const series = [2, 5, 11].map((seed) => seriesOf({ id: `p${seed}`, targets: [process(seed)] }));
  const values = process(-3);
  const request = { series: seriesOf({ id: 'new', targets: [values.slice(0, 40)] }), origin: 40 };
  const [forecast] = await forecasts('linear-autoregression', { series, requests: [request], seasonality: 1 });
  expectNear(forecast!.mean[0]!, values.slice(40, 45), 1e-3);
});

test('ETS shares one fit among the origins of a part, unless it is told to fit anew', async () => {
  const [series] = panel;
  const at = (origin: number) => ({ series: series!, origin });
  const shared = await forecasts('ets', { series: panel, requests: [at(84), at(90)] });
  const anew = await forecasts('ets', { series: panel, requests: [at(84), at(90)], refit: 'origin' });
  expect(shared[0]).toEqual(anew[0]);
  expect(shared[1]).not.toEqual(anew[1]);
  expectNear(shared[1]!.mean[0]!, [...anew[1]!.mean[0]!], 0.05);
});

test('names', async () => {
  expect(isBaselineName('theta')).toBe(true);
  expect(isBaselineName('nlinear')).toBe(false);
  expect(defaultBaselines(1)).not.toContain('seasonal-naive');
  expect(defaultBaselines(7)).toContain('seasonal-naive');
  const options = {
    split: { panel: panelOf({ series: [{ targets: [[1]] }] }), bounds: [] },
    seasonality: 1,
    horizon: 1,
    key,
  };
  const create = createBaseline(configOf({ model: { name: 'nlinear' } }).model, options);
  await expect(create).rejects.toThrow(ConfigError);
});
