/**
 * One epoch of DeepAR over many made series, and sample paths of all of them: prints as JSON how long both took. Its
 * argument is the number of threads.
 */
import { configureNative } from '@unroll/backend-native';
import { randomKey, train, uniform } from '@unroll/core';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  networkForecaster,
  parseForecastingConfig,
  parseFrequency,
  splitPanel,
  type Panel,
} from '@unroll/forecasting';
import * as tf from '@tensorflow/tfjs-core';
import type { ForecastingTurn } from '../measures/forecasting.js';

const seriesCount = 1000;
const length = 500;

/** Hourly counts with a daily season, of sizes a thousandfold apart. */
function madePanel(): Panel {
  const series = Array.from({ length: seriesCount }, (_, id) => {
    const noise = uniform(randomKey(id), length);
    const level = 10 ** (1 + (3 * id) / seriesCount);
    const swing = (step: number) => 1 + 0.5 * Math.sin((2 * Math.PI * (step + id)) / 24);
    const targets = [Float64Array.from(noise, (u, step) => Math.round(level * swing(step) * (0.5 + u)))];
    return { id: `s${id}`, start: 0, length, targets, past: [], known: [], static: new Float64Array(0) };
  });
  const frequency = parseFrequency('hour', 'UTC');
  return { name: 'made', frequency, targetNames: ['y'], past: [], known: [], static: [], series };
}

await tf.setBackend('native');
const { threads, matmul, instructionSet } = configureNative({ threads: Number(process.argv[2] ?? 0) });
const config = parseForecastingConfig({
  horizon: 24,
  context: 72,
  split: { valid: 0, test: 0 },
  scaling: 'mean-absolute',
  model: { name: 'deepar', layers: 3, hiddenSize: 40, likelihood: 'student-t', paths: 100 },
  // every step is forecast once an epoch
  batches: { batchSize: 64, stride: 24 },
  training: { epochs: 1, optimizer: { name: 'adam', learningRate: 0.001 }, clipNorm: 10 },
});
const key = randomKey(1);
const split = splitPanel(madePanel(), config);
const facts = collectPanelFacts(split, config);
const model = createForecastModel({ config, facts, key });
const task = createForecastingTask({ config, model, facts, split });

let begin = performance.now();
let epochSteps = 0;
for await (const { type } of train(task, { config: config.training, key, clock: () => performance.now() })) {
  if (type === 'step') epochSteps += 1;
}
const epochSeconds = (performance.now() - begin) / 1000;

const forecaster = networkForecaster({ name: 'deepar', model, facts, config });
const requests = split.panel.series.map((series) => ({ series, origin: series.length - config.horizon }));
begin = performance.now();
let forecasts = 0;
for await (const { mean } of forecaster.forecast(requests, { horizon: 24, quantiles: [0.1, 0.5, 0.9], key })) {
  forecasts += mean.length;
}
const pathsSeconds = (performance.now() - begin) / 1000;
if (forecasts !== seriesCount) throw new Error(`${forecasts} forecasts of ${seriesCount} series`);
forecaster.dispose?.();

const engine = `unroll native, ${matmul}, ${instructionSet}, ${threads} threads`;
const turn: ForecastingTurn = { epochSeconds, epochSteps, pathsSeconds, engine };
process.stdout.write(JSON.stringify(turn));
