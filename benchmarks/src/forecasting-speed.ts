/**
 * Prints as JSON how long a DeepAR of the forecasting package takes for one epoch over many series, and for drawing
 * sample paths of all of them: node --conditions=unroll-source --import tsx benchmarks/src/forecasting-speed.ts
 */
import { parseArgs } from 'node:util';
import { randomKey, train, uniform } from '@unroll/core';
import { configureNative } from '@unroll/backend-native';
import * as tf from '@tensorflow/tfjs-core';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  networkForecaster,
  parseForecastingConfig,
  parseFrequency,
  splitPanel,
  type ForecastingConfig,
  type Panel,
} from '@unroll/forecasting';

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '500' },
    stride: { type: 'string', default: '0' },
    likelihood: { type: 'string', default: 'student-t' },
    paths: { type: 'string', default: '100' },
    threads: { type: 'string', default: '0' },
  },
});

/** Hourly counts with a daily season, of sizes a thousandfold apart. */
function madePanel(count: number, length: number): Panel {
  const series = Array.from({ length: count }, (_, id) => {
    const noise = uniform(randomKey(id), length);
    const level = 10 ** (1 + (3 * id) / count);
    const swing = (step: number) => 1 + 0.5 * Math.sin((2 * Math.PI * (step + id)) / 24);
    const targets = [Float64Array.from(noise, (u, step) => Math.round(level * swing(step) * (0.5 + u)))];
    return { id: `s${id}`, start: 0, length, targets, past: [], known: [], static: new Float64Array(0) };
  });
  const frequency = parseFrequency('hour', 'UTC');
  return { name: 'made', frequency, targetNames: ['y'], past: [], known: [], static: [], series };
}

async function measure(panel: Panel, config: ForecastingConfig, paths: number) {
  const split = splitPanel(panel, config);
  const facts = collectPanelFacts(split, config);
  const model = createForecastModel({ config, facts, key: randomKey(1) });
  const task = createForecastingTask({ config, model, facts, split });
  let begin = performance.now();
  let steps = 0;
  for await (const { type } of train(task, { config: config.training, key: randomKey(1), clock: () => 0 })) {
    if (type === 'step') steps += 1;
  }
  const epochSeconds = (performance.now() - begin) / 1000;
  const forecaster = networkForecaster({ name: 'deepar', model, facts, config });
  const requests = panel.series.map((series) => ({ series, origin: series.length - config.horizon }));
  begin = performance.now();
  let forecasts = 0;
  const options = { horizon: config.horizon, quantiles: [0.1, 0.5, 0.9], key: randomKey(2) };
  for await (const { mean } of forecaster.forecast(requests, options)) forecasts += mean.length;
  const samplingSeconds = (performance.now() - begin) / 1000;
  forecaster.dispose?.();
  return { epochSeconds, epochSteps: steps, samplingSeconds, forecasts, paths, lags: facts.lags.length };
}

await tf.setBackend('native');
const { threads } = configureNative({ threads: Number(values.threads) });
const config = parseForecastingConfig({
  horizon: 24,
  context: 72,
  split: { valid: 0, test: 0 },
  scaling: 'mean-absolute',
  model: {
    name: 'deepar',
    layers: 3,
    hiddenSize: 40,
    likelihood: values.likelihood as 'student-t',
    paths: Number(values.paths),
  },
  batches: { batchSize: 64, stride: Number(values.stride) },
  training: { epochs: 1, optimizer: { name: 'adam', learningRate: 0.001 }, clipNorm: 10 },
});
const result = await measure(madePanel(Number(values.series), Number(values.steps)), config, Number(values.paths));
process.stdout.write(`${JSON.stringify({ ...values, threads, ...result }, null, 2)}\n`);
