import { randomKey, train } from '@unroll/core';
import { expect, test } from 'vitest';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  networkForecaster,
  splitPanel,
  type Forecaster,
  type ForecastingConfigInput,
  type SplitPanel,
} from '@unroll/forecasting';
import { configOf, panelOf } from './panels.js';

/** Three series of one season but different levels, with a little noise that is the same in every run. */
function seasonalPanel() {
  const season = (t: number) => Math.sin((2 * Math.PI * t) / 12) + 0.5 * Math.cos((4 * Math.PI * t) / 12);
  const noise = (t: number, id: number) => 0.1 * Math.sin(12.9898 * t * t + id);
  return panelOf({
    series: [0, 1, 2].map((id) => ({
      id: `s${id}`,
      targets: [Array.from({ length: 240 }, (_, t) => 5 * (id + 1) + (id + 1) * (season(t + id) + noise(t, id)))],
    })),
  });
}

/** Squared error of the last horizon of every series, in units of each series' own scale. */
async function errorOf(forecaster: Forecaster, { panel, bounds }: SplitPanel, horizon: number): Promise<number> {
  const requests = panel.series.map((series, i) => ({ series, origin: bounds[i]!.validEnd }));
  let sum = 0;
  let place = 0;
  for await (const { mean } of forecaster.forecast(requests, { horizon, quantiles: [0.5], key: randomKey(1) })) {
    const { series, origin } = requests[place]!;
    mean[0]!.forEach((value, step) => {
      const error = (series.targets[0]![origin + step]! - value) / (place + 1);
      sum += error ** 2 / (horizon * requests.length);
    });
    place += 1;
  }
  return sum;
}

/** The mean squared error before and after training; the season alone has a variance of 0.63, the noise of 0.005. */
async function learn(input: ForecastingConfigInput): Promise<{ before: number; after: number }> {
  const config = configOf({ horizon: 12, context: 24, split: { valid: 12, test: 12 }, seasonality: 12, ...input });
  const split = splitPanel(seasonalPanel(), config);
  const facts = collectPanelFacts(split, config);
  const model = createForecastModel({ config, facts, key: randomKey(1) });
  const forecaster = networkForecaster({ name: config.model.name, model, facts, config });
  const before = await errorOf(forecaster, split, config.horizon);
  const task = createForecastingTask({ config, model, facts, split });
  const types: string[] = [];
  for await (const { type } of train(task, { config: config.training, key: randomKey(1), clock: () => 0 }))
    types.push(type);
  expect(types.at(-1)).toBe('stopped');
  const after = await errorOf(forecaster, split, config.horizon);
  forecaster.dispose!();
  return { before, after };
}

const training = (epochs: number) =>
  ({ epochs, optimizer: { name: 'adam', learningRate: 0.02 }, clipNorm: 10 }) as const;
const cases: readonly ForecastingConfigInput[] = [
  {
    model: { name: 'deepar', layers: 1, hiddenSize: 12, likelihood: 'gaussian', paths: 20 },
    features: { lags: [1, 12] },
    batches: { batchSize: 16, stride: 6 },
    training: training(8),
  },
  {
    model: { name: 'mqrnn', cell: 'gru', layers: 1, hiddenSize: 12, decoderSize: 8 },
    features: { lags: [12], calendar: [] },
    context: 12,
    batches: { batchSize: 16, stride: 12 },
    training: training(8),
  },
  {
    model: { name: 'seq2seq', cell: 'gru', hiddenSize: 12 },
    features: { lags: [12], calendar: [] },
    context: 12,
    batches: { batchSize: 16, stride: 6 },
    training: training(7),
  },
  {
    model: { name: 'segrnn', hiddenSize: 16, segmentLength: 6, dropout: 0 },
    batches: { batchSize: 16, stride: 3 },
    training: training(10),
  },
  {
    model: { name: 'lstnet', convolutionSize: 8, hiddenSize: 8, skip: 12, dropout: 0, loss: 'mse' },
    batches: { batchSize: 16, stride: 6 },
    training: training(8),
  },
  { model: { name: 'nlinear' }, batches: { batchSize: 16, stride: 3 }, training: training(10) },
  { model: { name: 'dlinear', kernelLength: 7 }, batches: { batchSize: 16, stride: 3 }, training: training(10) },
  // With a season its smoothing needs no training for this one, so the network has to learn it.
  {
    model: { name: 'esrnn', hiddenSize: 12, seasonality: 'none', inputLength: 12 },
    context: 60,
    scaling: 'max',
    batches: { batchSize: 2, stride: 24 },
    training: training(8),
  },
];

test.for(cases.map((each) => [each.model!.name, each] as const))(
  'learns the season of three series: %s',
  // ES-RNN walks its steps one by one, which takes seconds on plain JavaScript
  { timeout: 90_000 },
  async ([, input]) => {
    const { before, after } = await learn(input);
    expect(before).toBeGreaterThan(0.3);
    expect(after).toBeLessThan(0.05);
  },
);
