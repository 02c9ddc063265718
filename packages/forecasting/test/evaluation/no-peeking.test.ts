import { randomKey } from '@unroll/core';
import {
  baselineNames,
  collectPanelFacts,
  createBaseline,
  createForecastModel,
  networkForecaster,
  splitPanel,
  type Forecast,
  type Forecaster,
  type ForecastingConfigInput,
  type Panel,
  type Series,
} from '@unroll/forecasting';
import { expect, test } from 'vitest';
import { configOf, panelOf, wavy } from '../panels.js';
import { key } from './forecasters.js';

const horizon = 4;
const withPast = panelOf({
  frequency: 'hour',
  past: [{ name: 'wind' }],
  series: [0, 1].map((i) => ({
    id: `s${i}`,
    targets: [wavy(150, i), wavy(150, i + 4)],
    past: [Float64Array.from(wavy(150, i + 9))],
  })),
});
/** for models that have no place for what is known of the past alone */
const plain = { ...withPast, past: [], series: withPast.series.map((series) => ({ ...series, past: [] })) };
const origins = [100, 101, 115];

/** The series with another future: from `origin` on nothing is as it was. */
function withOtherFuture(series: Series, origin: number): Series {
  const change = (values: Float64Array) => values.map((value, t) => (t < origin ? value : -7 * value - t));
  return { ...series, targets: series.targets.map(change), past: series.past.map(change) };
}

async function answers(forecaster: Forecaster, panel: Panel, change: boolean): Promise<readonly Forecast[]> {
  const all: Forecast[] = [];
  const requests = panel.series.flatMap((series) =>
    origins.map((origin) => ({ series: change ? withOtherFuture(series, origin) : series, origin })),
  );
  const options = { horizon, quantiles: [0.1, 0.5, 0.9], key };
  for await (const forecast of forecaster.forecast(requests, options)) all.push(forecast);
  return all;
}

async function expectNoPeeking(forecaster: Forecaster, panel: Panel) {
  const before = await answers(forecaster, panel, false);
  expect(await answers(forecaster, panel, true)).toEqual(before);
  expect(before).toHaveLength(6);
  expect(before[0]!.mean[0]!.some(Number.isFinite)).toBe(true);
}

const common: ForecastingConfigInput = { horizon, context: 24, seasonality: 12, quantiles: [0.1, 0.5, 0.9] };

test.each(baselineNames)('%s reads nothing at or after an origin', async (name) => {
  // one of ETS' fifteen forms: to fit all of them takes seconds
  const form = { error: 'additive', trend: 'additive', season: 'additive' } as const;
  const config = configOf({ ...common, model: name === 'ets' ? { name, ...form } : { name } });
  const split = splitPanel(plain, config);
  const forecaster = await createBaseline(config.model, { split, seasonality: 12, horizon, key });
  await expectNoPeeking(forecaster, plain);
});

const networks: readonly ForecastingConfigInput['model'][] = [
  { name: 'deepar', hiddenSize: 5, layers: 1, paths: 7 },
  { name: 'mqrnn', hiddenSize: 5, layers: 1, decoderSize: 4 },
  { name: 'seq2seq', hiddenSize: 5 },
  { name: 'segrnn', hiddenSize: 6, segmentLength: 4 },
  { name: 'lstnet', convolutionSize: 4, hiddenSize: 4, skip: 6, skipSize: 2, highway: 8 },
  { name: 'esrnn', hiddenSize: 4, dilations: [[1, 2]] },
  { name: 'nlinear' },
  { name: 'dlinear', kernelLength: 5 },
];

test.each(networks.map((model) => [model!.name, model] as const))(
  '%s reads nothing at or after an origin',
  async (name, model) => {
    for (const scaling of ['standard', 'instance'] as const) {
      const config = configOf({ ...common, scaling, model });
      const panel = name === 'mqrnn' || name === 'seq2seq' ? withPast : plain;
      const facts = collectPanelFacts(splitPanel(panel, config), config);
      const forecaster = networkForecaster({
        name,
        model: createForecastModel({ config, facts, key: randomKey(1) }),
        facts,
        config,
      });
      await expectNoPeeking(forecaster, panel);
      forecaster.dispose?.();
    }
  },
);
