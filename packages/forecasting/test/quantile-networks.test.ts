import { GruSequence, pathCounts, randomKey, train, type Parameters } from '@unroll/core';
import { checkGradients, expectClose, expectedPath, gruReference } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  createWindowSource,
  splitPanel,
  windowsOf,
  type ForecastingConfigInput,
  type ForecastModel,
  type WindowBatch,
} from '@unroll/forecasting';
import { configOf, panelOf, wavy } from './panels.js';

const [contextLength, horizon, hiddenSize] = [4, 3, 3];
const lags = [2, 4];
const levels = [0.1, 0.5, 0.8];
const models = {
  mqrnn: { name: 'mqrnn', cell: 'gru', layers: 1, hiddenSize, decoderSize: 2 },
  seq2seq: { name: 'seq2seq', cell: 'gru', hiddenSize },
} as const;
type Name = keyof typeof models;
const names = Object.keys(models) as Name[];

/** A small model of a series with gaps, a known and a past covariate, and windows of it. */
function make(name: Name, more: ForecastingConfigInput = {}) {
  const values = wavy(50).map((value, t) => (t === 9 || t === 20 ? NaN : value));
  const config = configOf({
    horizon,
    context: contextLength,
    quantiles: [0.8, 0.1],
    split: { valid: 6, test: 6 },
    features: { lags, calendar: [] },
    model: models[name],
    batches: { batchSize: 3, stride: 2 },
    ...more,
  });
  const covariate = (length: number, speed: number) => [Float64Array.from({ length }, (_, t) => Math.sin(t * speed))];
  const panel = panelOf({
    series: [{ targets: [values], known: covariate(56, 0.9), past: covariate(50, 0.3) }],
    known: [{ name: 'price' }],
    past: [{ name: 'visits' }],
  });
  const split = splitPanel(panel, config);
  const facts = collectPanelFacts(split, config);
  const model = createForecastModel({ config, facts, key: randomKey(4) });
  const source = createWindowSource({ split, part: 'train', facts, config });
  const [batch] = source.batches(0, randomKey(7), 0) as Iterable<WindowBatch>;
  return { config, panel, split, facts, model, batch: batch! };
}

type Numbers = Readonly<Record<string, Float64Array>>;

function numbersOf(parameters: Parameters): Numbers {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, variable]) => [name, Float64Array.from(variable.dataSync())]),
  );
}

/** x·W + b */
function affine(x: ArrayLike<number>, numbers: Numbers, name: string): number[] {
  const [kernel, bias] = [numbers[`${name}.kernel`]!, numbers[`${name}.bias`]!];
  return Array.from(bias, (b, column) =>
    Array.from(x).reduce((sum, value, row) => sum + value * kernel[row * bias.length + column]!, b),
  );
}

interface Walk {
  readonly prefix: string;
  readonly inputs: readonly number[][];
  readonly first?: Float64Array;
}

function walk(numbers: Numbers, { prefix, inputs, first = new Float64Array(hiddenSize) }: Walk): Float64Array[] {
  const start = `${prefix}.layers.0.forward.`;
  const own = Object.entries(numbers).filter(([name]) => name.startsWith(start));
  const cell = Object.fromEntries(own.map(([name, values]) => [name.slice(start.length), values]));
  const mask = new Float64Array(hiddenSize).fill(1);
  const states: Float64Array[] = [first];
  for (const input of inputs) {
    const { h } = gruReference(cell, Float64Array.from(input), { state: { h: states.at(-1)! }, mask });
    states.push(h);
  }
  return states.slice(1);
}

/** What a window says about a step: −contextLength is the first of the context, 0 the first of the horizon. */
function readWindow(batch: WindowBatch, row: number) {
  const length = batch.lagLength + contextLength + horizon;
  const at = (step: number) => row * length + batch.lagLength + contextLength + step;
  return {
    target: (step: number) => batch.targets[at(step)]!,
    observed: (step: number) => batch.observed[at(step)]!,
    known: (step: number) => batch.known[row * (contextLength + horizon) + contextLength + step]!,
    past: (step: number) => batch.past[row * contextLength + contextLength + step]!,
  };
}

/** The equations in float64: quantiles `[step][level]` from each of the last `forks` steps of the context. */
function forecasts(name: Name, numbers: Numbers, options: { batch: WindowBatch; row: number; forks: number }) {
  const { target, observed, known, past } = readWindow(options.batch, options.row);
  const context = Array.from({ length: contextLength }, (_, i) => i - contextLength);
  const inputs = context.map((t) => [target(t), target(t - 2), target(t - 4), observed(t), known(t), past(t)]);
  const encoded = walk(numbers, { prefix: 'encoder', inputs });
  const future = (step: number) => [target(step - 4), observed(step - 4), known(step)];
  const ahead = Array.from({ length: horizon }, (_, k) => k);
  if (name === 'seq2seq') {
    const inputs = ahead.map((k) => [(k + 1) / horizon, ...future(k)]);
    const decoded = walk(numbers, { prefix: 'decoder', inputs, first: encoded.at(-1)! });
    return [decoded.map((h) => affine(h, numbers, 'head'))];
  }
  return encoded.slice(contextLength - options.forks).map((h, fork) => {
    const contexts = affine(h, numbers, 'global').map((value) => Math.max(0, value));
    const shared = affine(contexts.slice(horizon * 2), numbers, 'local.shared');
    return ahead.map((k) => {
      const own = affine(contexts.slice(k * 2, k * 2 + 2), numbers, 'local.own');
      const known = affine(future(k - options.forks + 1 + fork), numbers, 'local.future');
      const hidden = own.map((value, i) => Math.max(0, value + shared[i]! + known[i]!));
      return affine(hidden, numbers, 'head');
    });
  });
}

function pinball(name: Name, numbers: Numbers, { batch, forks }: { batch: WindowBatch; forks: number }): number {
  let sum = 0;
  for (let row = 0; row < batch.batchSize; row++) {
    const { target, observed } = readWindow(batch, row);
    forecasts(name, numbers, { batch, row, forks }).forEach((steps, fork, { length }) =>
      steps.forEach((quantiles, k) => {
        const step = k - length + 1 + fork;
        quantiles.forEach((quantile, i) => {
          const error = target(step) - quantile;
          sum += (observed(step) * Math.max(levels[i]! * error, (levels[i]! - 1) * error)) / levels.length;
        });
      }),
    );
  }
  return sum;
}

describe.each(names)('%s', (name) => {
  test('learns what its equations say in float64, and by their gradient', () => {
    const { model, batch } = make(name);
    const before = pathCounts(GruSequence);
    const compared = checkGradients({
      tensors: model.parameters,
      loss: () => model.loss(batch, { training: true, key: randomKey(1) }).sum,
      reference: (arrays) => pinball(name, arrays, { batch, forks: contextLength }),
    });
    expect(compared).toBeGreaterThan(100);
    const path = expectedPath(GruSequence);
    expect(pathCounts(GruSequence)[path]).toBeGreaterThan(before[path]);
    const valid = tf.tidy(() => model.loss(batch, { training: false }).sum.dataSync()[0]!);
    expect(valid).toBeCloseTo(pinball(name, numbersOf(model.parameters), { batch, forks: 1 }), 4);
    model.dispose();
  });

  test('forecasts by them too, fewer steps as the first of all', () => {
    const { model, panel, facts, config } = make(name);
    const requests = [38, 44].map((origin) => ({ series: panel.series[0]!, origin }));
    const batch = windowsOf(requests, { facts, config, horizon });
    const tensors = tf.memory().numTensors;
    const options = { key: randomKey(0), quantiles: levels, paths: 0 };
    const forecast = model.predict(batch, options);
    const shorter = model.predict(windowsOf(requests, { facts, config, horizon: 2 }), options);
    expect(tf.memory().numTensors).toBe(tensors);
    const raw = [0, 1].map((row) => forecasts(name, numbersOf(model.parameters), { batch, row, forks: 1 })[0]!);
    // new weights know nothing of levels: what crosses is put in order
    const rows = raw.map((steps) => steps.map((quantiles) => quantiles.toSorted((a, b) => a - b)));
    expect(rows).not.toEqual(raw);
    const expected = levels.flatMap((_, i) => rows.flatMap((steps) => steps.map((quantiles) => quantiles[i]!)));
    const shape = [expected.length];
    expectClose({ shape, values: forecast.quantiles! }, { shape, values: expected }, { rtol: 2e-5, atol: 2e-6 });
    expect(forecast.levels).toEqual(levels);
    expect(forecast.mean).toEqual(forecast.quantiles!.slice(6, 12));
    const firsts = forecast.mean.filter((_, i) => i % horizon < 2);
    expectClose({ shape: [4], values: shorter.mean }, { shape: [4], values: firsts }, { rtol: 1e-5, atol: 1e-6 });
    model.dispose();
  });

  test('two runs with one key end with the same weights, and keep no tensor', async () => {
    const run = async (dropout: number) => {
      const { config, model, facts, split } = make(name, {
        model: { ...models[name], dropout, seriesEmbeddingSize: 2 },
      });
      const task = createForecastingTask({ config, model, facts, split });
      const steps: number[] = [];
      const options = { config: { ...config.training, epochs: 2 }, key: randomKey(1), clock: () => 0 };
      for await (const { type } of train(task, options)) if (type === 'step') steps.push(tf.memory().numTensors);
      expect(new Set(steps).size).toBe(1);
      return finish(model);
    };
    const [first, again, other] = [await run(0.3), await run(0.3), await run(0)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

function finish(model: ForecastModel): Numbers {
  const numbers = numbersOf(model.parameters);
  model.dispose();
  return numbers;
}
