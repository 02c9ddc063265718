import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, LstmSequence, pathCounts, randomKey, StackStepper } from '@unroll/core';
import { checkGradients, expectClose, lstmReference, type ReferenceState } from '@unroll/core/testing';
import { describe, expect, test } from 'vitest';
import {
  collectPanelFacts,
  createForecastModel,
  createForecastingTask,
  networkForecaster,
  splitPanel,
  windowsOf,
  type DeepArModel,
  type ForecastingConfigInput,
  type ForecastRequest,
  type PanelFacts,
  type Series,
  type WindowBatch,
} from '@unroll/forecasting';
import { findLikelihood } from '../src/likelihoods/find-likelihood.js';
import { configOf, panelOf, wavy, type PanelInput } from './panels.js';

const small: ForecastingConfigInput['model'] = { name: 'deepar', layers: 1, hiddenSize: 3, paths: 5 };
const counts = (length: number, phase = 0) => wavy(length, phase).map((value) => Math.round(Math.max(0, value)));

/** Two series of two channels with gaps, a known covariate, a category, lags and an embedding. */
const rich: PanelInput = {
  known: [{ name: 'price' }],
  static: [{ name: 'kind', categories: ['a', 'b'] }],
  series: [0, 1].map((id) => ({
    id: `s${id}`,
    targets: [wavy(60, id), wavy(60, id + 2).map((value, t) => (t % 7 === 3 + id ? NaN : 10 ** id * value))],
    known: [Float64Array.from(wavy(90, 3 * id))],
    static: Float64Array.of(id),
  })),
};

const rounded = ({ targets, ...series }: PanelInput['series'][number]) => ({
  ...series,
  targets: targets.map((values) => values.map((value) => Math.round(value))),
});

function prepare(panelInput: PanelInput, input: ForecastingConfigInput) {
  const config = configOf({ horizon: 4, context: 6, ...input });
  const panel = panelOf(panelInput);
  const split = splitPanel(panel, config);
  const facts = collectPanelFacts(split, config);
  const model = createForecastModel({ config, facts, key: randomKey(2) }) as DeepArModel;
  const window = (requests: readonly ForecastRequest[], horizon = config.horizon, context = config.context) =>
    windowsOf(requests, { facts, config: { ...config, context }, horizon });
  const task = createForecastingTask({ config, model, facts, split });
  return { config, panel, split, facts, model, task, window };
}

async function firstBatch({ task }: ReturnType<typeof prepare>): Promise<WindowBatch> {
  for await (const batch of task.train.batches(0, randomKey(1), 0)) return batch;
  throw new Error('no batch');
}

const features = { lags: [1, 3], calendar: ['age'] };
const withSeries = { ...small, seriesEmbeddingSize: 2 } as const;
const everything: ForecastingConfigInput = { model: withSeries, features, batches: { batchSize: 2 } };

/** What the network reads, from the fields of the batch alone: rows are channels, `[row][step]`. */
function plainInputs(batch: WindowBatch, { lags, scalings }: PanelFacts): Float64Array[][] {
  const { channels, lagLength, contextLength, horizon, knownWidth, staticWidth } = batch;
  const length = lagLength + contextLength + horizon;
  const logs = scalings.flat().map(({ scale }) => Math.log(scale));
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / logs.length);
  return Array.from({ length: batch.batchSize * channels }, (_, row) => {
    const window = Math.floor(row / channels);
    const at = (values: Float32Array, step: number) => values[row * length + lagLength + step]!;
    return Array.from({ length: contextLength + horizon }, (__, t) => {
      const known = (window * (contextLength + horizon) + t) * knownWidth;
      return Float64Array.of(
        ...lags.map((lag) => at(batch.targets, t - lag)),
        at(batch.observed, t - 1),
        ...batch.known.subarray(known, known + knownWidth),
        ...batch.static.subarray(window * staticWidth, (window + 1) * staticWidth),
        ...Array.from({ length: channels }, (___, c) => (c === row % channels ? 1 : 0)),
        (Math.log(batch.scalings[window]![row % channels]!.scale) - mean) / deviation,
      );
    });
  });
}

function expectNear(actual: Float32Array, expected: Float32Array): void {
  expectClose({ shape: [actual.length], values: actual }, { shape: [expected.length], values: expected }, near);
}

const near = { rtol: 1e-3, atol: 1e-4 };

describe('the loss', () => {
  test.for([
    ['gaussian', 'standard'],
    ['student-t', 'standard'],
    ['zero-inflated-gamma', 'mean-absolute'],
    ['negative-binomial', 'mean-absolute'],
  ] as const)('and its gradient are those of a plain float64 network: %s', async ([likelihood, scaling]) => {
    const counted = likelihood === 'negative-binomial' ? { ...rich, series: rich.series.map(rounded) } : rich;
    const made = prepare(counted, { ...everything, scaling, model: { ...withSeries, likelihood } });
    const batch = await firstBatch(made);
    expect(batch.channels).toBe(2);
    expect(batch.observed.includes(0)).toBe(true);
    const inputs = plainInputs(batch, made.facts);
    const { contextLength, lagLength, horizon, channels } = batch;
    const outputs = findLikelihood(likelihood).outputs;
    const reference = (arrays: Readonly<Record<string, Float64Array>>): number => {
      let sum = 0;
      const own = (name: string) => arrays[`layers.0.forward.${name}`]!;
      const cell = { inputKernel: own('inputKernel'), recurrentKernel: own('recurrentKernel'), bias: own('bias') };
      inputs.forEach((steps, row) => {
        const series = batch.series[Math.floor(row / channels)]!;
        const { scale } = batch.scalings[Math.floor(row / channels)]![row % channels]!;
        let state: ReferenceState = { h: new Float64Array(3), c: new Float64Array(3) };
        steps.forEach((input, t) => {
          const embedded = arrays['series.table']!.subarray(2 * series, 2 * series + 2);
          state = lstmReference(cell, Float64Array.of(...input, ...embedded), {
            state,
            mask: new Float64Array(3).fill(1),
          });
          const raw = Float64Array.from({ length: outputs }, (_, o) =>
            state.h.reduce((y, h, k) => y + h * arrays['head.kernel']![k * outputs + o]!, arrays['head.bias']![o]!),
          );
          const place = row * (lagLength + contextLength + horizon) + lagLength + t;
          if (batch.observed[place] === 0) return;
          const value = batch.targets[place]!;
          sum += findLikelihood(likelihood).negativeLogLikelihood(
            value,
            { values: raw, at: 0, scale },
            new Float64Array(3),
          );
        });
      });
      return sum;
    };
    const compared = checkGradients({
      tensors: made.model.parameters,
      loss: () => made.model.loss(batch, { training: false }).sum,
      reference,
      tolerance: { rtol: 1e-4, atol: 2e-4 },
    });
    expect(compared).toBeGreaterThan(150);
    const observed = inputs.flatMap((steps, row) =>
      steps.map((_, t) => batch.observed[row * (lagLength + contextLength + horizon) + lagLength + t]!),
    );
    expect(tf.tidy(() => made.model.loss(batch, { training: false }).count)).toBe(observed.filter(Boolean).length);
    made.model.dispose();
  });

  test('with dropout depends on the key, and only in training', async () => {
    const made = prepare(rich, { ...everything, model: { ...withSeries, layers: 2, dropout: 0.4 } });
    const batch = await firstBatch(made);
    const loss = (training: boolean, seed: number) =>
      tf.tidy(() => made.model.loss(batch, { training, key: randomKey(seed) }).sum.dataSync()[0]);
    expect(loss(true, 1)).toBe(loss(true, 1));
    expect(loss(true, 1)).not.toBe(loss(true, 2));
    expect(loss(false, 1)).toBe(loss(false, 2));
    made.model.dispose();
  });
});

describe('paths', () => {
  test('read their own values: without noise, each step is what a forecast from the step before says', () => {
    // A Gaussian so narrow that a draw is its mean.
    const made = prepare(rich, {
      ...everything,
      model: { ...withSeries, layers: 2, likelihood: 'gaussian', paths: 2 },
    });
    narrow(made.model);
    const series = made.panel.series[1]!;
    const options = { key: randomKey(4), quantiles: [], paths: 2 };
    const horizon = 6;
    const whole = made.model.predict(made.window([{ series, origin: 40 }], horizon), options);
    const grown: Series = { ...series, targets: series.targets.map((values) => values.slice()) };
    for (let step = 0; step < horizon; step++) {
      // The context grows with the steps, so that it begins where the first one did.
      const batch = made.window([{ series: grown, origin: 40 + step }], 1, 6 + step);
      const { mean } = made.model.predict(batch, options);
      for (let channel = 0; channel < 2; channel++) {
        const path = whole.samples![channel * 2 * horizon + step]!;
        expect(Math.abs(path - mean[channel]!)).toBeLessThan(3e-3);
        const { location, scale } = batch.scalings[0]![channel]!;
        grown.targets[channel]![40 + step] = path * scale + location;
      }
    }
    made.model.dispose();
  });

  test('of a window do not depend on the windows beside it, and are others for another key', () => {
    const made = prepare(rich, everything);
    const requests = [30, 41, 55].flatMap((origin) => made.panel.series.map((series) => ({ series, origin })));
    const options = { key: randomKey(4), quantiles: [], paths: 7 };
    const together = made.model.predict(made.window(requests), options);
    const size = 2 * 7 * 4;
    requests.forEach((request, i) => {
      const alone = made.model.predict(made.window([request]), options);
      // Products of fewer rows add up in another order.
      expectNear(alone.samples!, together.samples!.slice(i * size, (i + 1) * size));
    });
    const other = made.model.predict(made.window(requests), { ...options, key: randomKey(5) });
    expect(other.samples).not.toEqual(together.samples);
    const again = made.model.predict(made.window(requests), options);
    expect(again).toEqual(together);
    made.model.dispose();
  });

  test('many groups of rows give what one gives', () => {
    const made = prepare(rich, everything);
    const requests = [30, 41, 55].flatMap((origin) => made.panel.series.map((series) => ({ series, origin })));
    const options = { key: randomKey(4), quantiles: [], paths: 700 };
    const together = made.model.predict(made.window(requests), options);
    const last = made.model.predict(made.window(requests.slice(-1)), options);
    expectNear(last.samples!, together.samples!.slice(-2 * 700 * 4));
    made.model.dispose();
  });

  test('are spread as the likelihood says: their mean loss is the entropy of their own spread', () => {
    const made = prepare(rich, { ...everything, model: { ...withSeries, likelihood: 'gaussian' } });
    const batch = made.window([{ series: made.panel.series[0]!, origin: 50 }], 1);
    const { samples } = made.model.predict(batch, { key: randomKey(4), quantiles: [], paths: 4000 });
    const first = samples!.subarray(0, 4000);
    const mean = first.reduce((sum, value) => sum + value, 0) / 4000;
    const deviation = Math.sqrt(first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4000);
    const place = batch.lagLength + batch.contextLength;
    const observed = new Float32Array(batch.observed.length).fill(0);
    const lossAt = (value: number) => {
      const targets = batch.targets.slice();
      targets[place] = value;
      return tf.tidy(() => lossOfStep(made.model, { ...batch, targets, observed }, place));
    };
    const losses = Array.from(first.subarray(0, 400), lossAt);
    const entropy = Math.log(deviation) + 0.5 * Math.log(2 * Math.PI) + 0.5;
    expect(Math.abs(losses.reduce((sum, loss) => sum + loss, 0) / 400 - entropy)).toBeLessThan(0.15);
    made.model.dispose();
  });
});

/** −ln p of one target alone. The network reads whether the values before it are real, so only the last one may be masked. */
function lossOfStep(model: DeepArModel, batch: WindowBatch, place: number): number {
  const counted = batch.observed.slice();
  counted[place] = 1;
  const [whole, without] = [counted, batch.observed].map(
    (observed) => model.loss({ ...batch, observed }, { training: false }).sum.dataSync()[0]!,
  );
  return whole! - without!;
}

/** Makes a Gaussian model's second output −20 whatever it reads. */
function narrow(model: DeepArModel): void {
  const { 'head.kernel': kernel, 'head.bias': bias } = model.parameters;
  tf.tidy(() => {
    kernel!.assign(tf.mul(kernel!, tf.tensor2d([1, 0], [1, 2])));
    bias!.assign(tf.tensor1d([1.5, -20]));
  });
}

describe('the state', () => {
  test.for(['lstm', 'gru'] as const)(
    'after two stretches is that after both at once, and so are the forecasts: %s',
    (cell) => {
      const made = prepare(rich, { ...everything, model: { ...withSeries, layers: 2, cell } });
      const at = (origin: number) => made.panel.series.map((series) => ({ series, origin }));
      const whole = made.window(at(45), 4, 13);
      const [first, second] = [made.window(at(39), 4, 7), made.window(at(45), 4, 6)];
      const state = made.model.encode(second, made.model.encode(first));
      const expected = made.model.encode(whole);
      expect(Object.keys(state)).toEqual(Object.keys(expected));
      for (const [name, values] of Object.entries(expected)) {
        expect(values.length).toBe(4 * 3);
        values.forEach((value, i) => expect(Math.abs(state[name]![i]! - value)).toBeLessThan(1e-5));
      }
      const options = { key: randomKey(3), quantiles: [], paths: 3 };
      const { samples } = made.model.predict(second, { ...options, state: made.model.encode(first) });
      made.model.predict(whole, options).samples!.forEach((value, i) => {
        expect(Math.abs(samples![i]! - value)).toBeLessThan(1e-3);
      });
      // The first stretch matters at all.
      expect(made.model.encode(second)).not.toEqual(state);
      made.model.dispose();
    },
  );

  test('cannot be carried where each window has units of its own', () => {
    const made = prepare(rich, { ...everything, scaling: 'instance' });
    const batch = made.window([{ series: made.panel.series[0]!, origin: 40 }]);
    expect(() => made.model.encode(batch)).toThrow(/scaling "instance"/);
    made.model.dispose();
  });
});

test('a series that was not there in training has a vector of zeros', () => {
  const made = prepare(rich, { ...everything, scaling: 'none' });
  const { 'series.table': table } = made.model.parameters;
  tf.tidy(() => table!.assign(tf.tensor2d([0, 0, 5, -4], [2, 2])));
  const encode = (series: Series) => made.model.encode(made.window([{ series, origin: 40 }]));
  const [first, second] = made.panel.series as [Series, Series];
  expect(encode({ ...first, id: 'new' })).toEqual(encode(first));
  expect(encode({ ...second, id: 'new' })).not.toEqual(encode(second));
  const batch = made.window([first, { ...first, id: 'new' }].map((series) => ({ series, origin: 40 })));
  const { samples } = made.model.predict(batch, { key: randomKey(1), quantiles: [], paths: 3 });
  expect(samples!.every(Number.isFinite)).toBe(true);
  expect(samples!.slice(0, 24)).not.toEqual(samples!.slice(24)); // each draws by itself
  made.model.dispose();
});

test('disposing a model frees its weights', () => {
  const before = tf.memory().numTensors;
  prepare(rich, everything).model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('no tensor survives a forecast, a state or a loss, and the engine’s kernels compute them', async () => {
  const made = prepare(rich, everything);
  const batch = await firstBatch(made);
  const kernels = [LstmSequence, StackStepper];
  const before = [tf.memory().numTensors, ...kernels.map((kernel) => pathCounts(kernel))] as const;
  made.model.predict(batch, { key: randomKey(1), quantiles: [], paths: 3 });
  made.model.encode(batch);
  tf.tidy(() => void tf.variableGrads(() => made.model.loss(batch, { training: true, key: randomKey(1) }).sum));
  expect(tf.memory().numTensors).toBe(before[0]);
  kernels.forEach((kernel, i) => {
    const path = hasKernel(kernel) ? 'fused' : 'steps';
    const [now, then] = [pathCounts(kernel), before[i + 1] as ReturnType<typeof pathCounts>];
    expect(now[path]).toBeGreaterThan(then[path]);
    const other = path === 'fused' ? 'steps' : 'fused';
    expect(now[other]).toBe(then[other]);
  });
  made.model.dispose();
});

describe('mistakes', () => {
  const positive = { series: [{ id: 'shop', targets: [counts(60)] }] };

  test.for(['poisson', 'negative-binomial'] as const)(
    '%s of negative values, fractions, another scaling',
    (likelihood) => {
      const options = { scaling: 'mean-absolute', model: { name: 'deepar', likelihood } } as const;
      const negative = { series: [{ id: 'shop', targets: [counts(60).with(7, -2)] }] };
      expect(() => prepare(negative, options)).toThrow(
        `made.csv: series "shop", column "y", step 8 is -2, but the likelihood "${likelihood}" is for counts`,
      );
      const fraction = { series: [{ targets: [counts(60).with(9, 1.5)] }] };
      expect(() => prepare(fraction, options)).toThrow(/made.csv: column "y", step 10 is 1.5/);
      expect(() => prepare(positive, { ...options, scaling: 'standard' })).toThrow(/scaling "standard" does not keep/);
      prepare(positive, options).model.dispose();
    },
  );

  test('covariates of the past alone', () => {
    const past = { past: [{ name: 'rain' }], series: [{ targets: [wavy(60)], past: [Float64Array.from(wavy(60))] }] };
    expect(() => prepare(past, { model: small })).toThrow(/known for the past alone \(rain\)/);
  });
});

test('forecasts of counts are whole numbers of at least 0, without end to the horizon', async () => {
  const hundreds = (id: number) => counts(60, id).map((count) => 100 * count + (count % 7));
  const panel = { series: [0, 1].map((id) => ({ id: `s${id}`, targets: [hundreds(id)] })) };
  const made = prepare(panel, { scaling: 'mean-absolute', model: { ...small, likelihood: 'negative-binomial' } });
  const forecaster = networkForecaster({ name: 'deepar', ...made });
  const requests = made.panel.series.map((series) => ({ series, origin: 60 }));
  const options = { horizon: 30, quantiles: [0.1, 0.9], key: randomKey(1), samples: 20 };
  for await (const { samples, mean, quantiles } of forecaster.forecast(requests, options)) {
    const drawn = samples![0]!.flatMap((path) => [...path]);
    expect(drawn.length).toBe(600);
    expect(drawn.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    // not multiples of the series' scale
    expect(new Set(drawn).size).toBeGreaterThan(200);
    expect(mean[0]!.length).toBe(30);
    expect(quantiles![0]![0]!.every((low, step) => low <= quantiles![0]![1]![step]!)).toBe(true);
  }
  forecaster.dispose!();
});
