import {
  assignArrays,
  deriveKey,
  disposeParameters,
  GruCell,
  GruFanOut,
  GruSequence,
  pathCounts,
  randomKey,
  uniform,
} from '@unroll/core';
import {
  expectClose,
  expectedPath,
  gruReference,
  lstmReference,
  tolerances,
  type ReferenceState,
} from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  createForecastModel,
  type ForecastingConfigInput,
  type ForecastModel,
  type PanelFacts,
  type WindowBatch,
} from '@unroll/forecasting';
import { repeatedStep, stepFromEach } from '../src/models/fan-out.js';
import { configOf, panelOf } from './panels.js';

interface Sizes {
  readonly batchSize: number;
  readonly channels: number;
  readonly contextLength: number;
  readonly horizon: number;
}

const small: Sizes = { batchSize: 2, channels: 3, contextLength: 10, horizon: 7 };

/** Windows of irregular numbers, all of them observed. */
function windows({ batchSize, channels, contextLength, horizon }: Sizes): WindowBatch {
  const numbers = batchSize * channels * (contextLength + horizon);
  return {
    batchSize,
    channels,
    lagLength: 0,
    contextLength,
    horizon,
    targets: uniform(randomKey(5), numbers).map((u) => 4 * u - 2),
    observed: new Float32Array(numbers).fill(1),
    known: new Float32Array(0),
    knownWidth: 0,
    past: new Float32Array(0),
    pastWidth: 0,
    static: new Float32Array(0),
    staticWidth: 0,
    series: new Int32Array(batchSize),
    origin: new Int32Array(batchSize).fill(contextLength),
    scalings: [],
  };
}

/** A model with irregular weights, no two alike. */
function modelOf(model: ForecastingConfigInput['model'], { channels, contextLength, horizon }: Sizes): ForecastModel {
  const config = configOf({ horizon, context: contextLength, ...(model && { model }) });
  const panel = panelOf({ series: [{ targets: Array.from({ length: channels }, () => [1, 2, 3]) }] });
  const facts = { seasonality: 1, targetNames: panel.targetNames } as unknown as PanelFacts;
  const made = createForecastModel({ config, facts, key: randomKey(1) });
  const values = Object.entries(made.parameters).map(([name, { shape, size }]) => {
    const numbers = uniform(deriveKey(randomKey(2), name), size).map((u) => 1.2 * u - 0.6);
    return [name, { dtype: 'float32', shape, values: numbers }] as const;
  });
  assignArrays(made.parameters, Object.fromEntries(values));
  return made;
}

/** Parameters in float64, by name. */
const numbersOf = ({ parameters }: ForecastModel): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, variable]) => [name, Float64Array.from(variable.dataSync())]),
  );

/** x·W + b */
function affine(x: ArrayLike<number>, weights: Float64Array, bias: Float64Array): Float64Array {
  return bias.map((b, column) =>
    Array.from(x).reduce((sum, value, row) => sum + value * weights[row * bias.length + column]!, b),
  );
}

function cellOf(numbers: Record<string, Float64Array>, prefix: string): Record<string, Float64Array> {
  const own = Object.entries(numbers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, values]) => [name.slice(prefix.length), values]));
}

/** The context of one channel of one window. */
function contextOf({ targets, channels, contextLength, horizon }: WindowBatch, window: number, channel: number) {
  const begin = (window * channels + channel) * (contextLength + horizon);
  return Float64Array.from(targets.subarray(begin, begin + contextLength));
}

function forEachRow({ batchSize, channels }: Sizes, forecast: (window: number, channel: number) => ArrayLike<number>) {
  const rows = Array.from({ length: batchSize * channels }, (_, row) =>
    Array.from(forecast(Math.floor(row / channels), row % channels)),
  );
  return { shape: [batchSize * channels, rows[0]!.length], values: rows.flat() };
}

function expectForecast(model: ForecastModel, batch: WindowBatch, expected: { shape: number[]; values: number[] }) {
  const { mean } = model.predict(batch, { key: randomKey(0), quantiles: [], paths: 0 });
  expectClose({ shape: expected.shape, values: mean }, expected, { rtol: 2e-5, atol: 2e-6 });
}

const segRnn = { name: 'segrnn', hiddenSize: 5, segmentLength: 4 } as const;
const lstNet = {
  name: 'lstnet',
  convolutionSize: 5,
  kernelLength: 3,
  hiddenSize: 4,
  skip: 3,
  skipSize: 2,
  highway: 5,
} as const;

describe('segrnn', () => {
  it.each(['gru', 'lstm'] as const)('is its equations in float64, segment by segment: %s', (cell) => {
    const batch = windows(small);
    const model = modelOf({ ...segRnn, cell }, small);
    const numbers = numbersOf(model);
    const own = cellOf(numbers, 'layers.0.forward.');
    const reference = cell === 'gru' ? gruReference : lstmReference;
    const step = (input: Float64Array, state: ReferenceState) =>
      reference(own, input, { state, mask: new Float64Array(5).fill(1) });
    const expected = forEachRow(small, (window, channel) => {
      const x = contextOf(batch, window, channel);
      const last = x[9]!;
      let state: ReferenceState = { h: new Float64Array(5), ...(cell === 'lstm' && { c: new Float64Array(5) }) };
      for (const from of [2, 6]) {
        const segment = x.slice(from, from + 4).map((value) => value - last);
        const embedded = affine(segment, numbers['embedding.kernel']!, numbers['embedding.bias']!);
        state = step(
          embedded.map((value) => Math.max(0, value)),
          state,
        );
      }
      const steps = [0, 1].flatMap((segment) => {
        const position = numbers['position.table']!.slice(segment * 3, segment * 3 + 3);
        const place = Float64Array.of(...position, ...numbers['channel.table']!.slice(channel * 2, channel * 2 + 2));
        return [...affine(step(place, state).h, numbers['head.kernel']!, numbers['head.bias']!)];
      });
      return steps.slice(0, 7).map((value) => value + last);
    });
    const kernels = [GruSequence, GruFanOut];
    const counts = () => kernels.map((kernel) => pathCounts(kernel)[expectedPath(kernel)]);
    const before = counts();
    expectForecast(model, batch, expected);
    expect(counts().map((count, i) => count - before[i]!)).toEqual(cell === 'gru' ? [1, 1] : [0, 0]);
    model.dispose();
  });

  it('says what to change where a segment is longer than the context', () => {
    expect(() => modelOf({ name: 'segrnn', segmentLength: 24 }, small)).toThrow(
      'model.segmentLength = 24 is longer than the context of 10 steps; give a shorter one, or a longer --context',
    );
  });
});

describe('stepFromEach', () => {
  it('is the cell stepped from every state with every input, and so is its gradient', () => {
    const cell = new GruCell({ inputSize: 4, hiddenSize: 6, key: randomKey(7) });
    const numbers = (name: string, shape: [number, number]) =>
      tf.tensor2d(
        uniform(deriveKey(randomKey(8), name), shape[0] * shape[1]).map((u) => 2 * u - 1),
        shape,
      );
    const [h, inputs, weights] = [numbers('h', [6, 6]), numbers('inputs', [10, 4]), numbers('weights', [30, 6])];
    const sources = [...Object.values(cell.parameters), h, inputs];
    const run = (step: typeof stepFromEach) => {
      const compute = () => tf.sum<tf.Scalar>(tf.mul(step(cell, { state: { h }, inputs, fanOut: 5 }), weights));
      return tf.engine().gradients(compute, sources);
    };
    tf.tidy(() => {
      const [fast, plain] = [run(stepFromEach), run(repeatedStep)];
      expectClose(fast.value, plain.value, { rtol: 1e-5, atol: 1e-6 });
      fast.grads.forEach((gradient, i) => expectClose(gradient, plain.grads[i]!, { rtol: 1e-4, atol: 2e-6 }));
    });
    tf.dispose([h, inputs, weights]);
    disposeParameters(cell.parameters);
  });
});

describe('linear maps', () => {
  it('nlinear is a map of differences from the last value', () => {
    const batch = windows(small);
    const model = modelOf({ name: 'nlinear' }, small);
    const numbers = numbersOf(model);
    const expected = forEachRow(small, (window, channel) => {
      const x = contextOf(batch, window, channel);
      const differences = x.map((value) => value - x[9]!);
      return affine(differences, numbers['map.kernel']!, numbers['map.bias']!).map((value) => value + x[9]!);
    });
    expectForecast(model, batch, expected);
    model.dispose();
  });

  it('dlinear maps a moving average, its ends repeated, and the rest by themselves', () => {
    const batch = windows(small);
    const model = modelOf({ name: 'dlinear', kernelLength: 5 }, small);
    const numbers = numbersOf(model);
    const expected = forEachRow(small, (window, channel) => {
      const x = contextOf(batch, window, channel);
      const trend = x.map((_, t) => {
        const around = [-2, -1, 0, 1, 2].map((k) => x[Math.min(9, Math.max(0, t + k))]!);
        return around.reduce((sum, value) => sum + value, 0) / 5;
      });
      const rest = x.map((value, t) => value - trend[t]!);
      const fromTrend = affine(trend, numbers['trend.kernel']!, numbers['trend.bias']!);
      return affine(rest, numbers['rest.kernel']!, numbers['rest.bias']!).map((value, t) => value + fromTrend[t]!);
    });
    expectForecast(model, batch, expected);
    model.dispose();
  });
});

describe('lstnet', () => {
  /** One window: `[channel][step]`. */
  function reference(numbers: Record<string, Float64Array>, x: readonly Float64Array[], steps: number): number[] {
    const ones = (size: number) => new Float64Array(size).fill(1);
    const convolved = Array.from({ length: 8 }, (_, t) => {
      const window = [0, 1, 2].flatMap((k) => x.map((channel) => channel[t + k]!));
      return affine(window, numbers['convolution.kernel']!, numbers['convolution.bias']!).map((v) => Math.max(0, v));
    });
    const walk = (prefix: string, size: number, inputs: readonly Float64Array[]) =>
      inputs.reduce<ReferenceState>(
        (state, input) =>
          gruReference(cellOf(numbers, `${prefix}.layers.0.forward.`), input, { state, mask: ones(size) }),
        { h: new Float64Array(size) },
      ).h;
    // 8 steps in threes: the last six, as steps 2 and 5, 3 and 6, 4 and 7
    const skipped = [2, 3, 4].flatMap((t) => [...walk('skipping', 2, [convolved[t]!, convolved[t + 3]!])]);
    const hidden = [...walk('recurrent', 4, convolved), ...skipped];
    const nonlinear = affine(hidden, numbers['head.kernel']!, numbers['head.bias']!);
    return x.flatMap((channel, j) => {
      const linear = affine(channel.slice(5), numbers['highway.kernel']!, numbers['highway.bias']!);
      return [...linear].map((value, step) => value + nonlinear[j * steps + step]!);
    });
  }

  it.each([false, true])('is its equations in float64; its last step alone: %s', (lastStepOnly) => {
    const batch = windows(small);
    const model = modelOf({ ...lstNet, lastStepOnly }, small);
    const numbers = numbersOf(model);
    const expected = [0, 1].flatMap((window) =>
      reference(
        numbers,
        [0, 1, 2].map((channel) => contextOf(batch, window, channel)),
        lastStepOnly ? 1 : 7,
      ),
    );
    const before = pathCounts(GruSequence);
    const { mean } = model.predict(batch, { key: randomKey(0), quantiles: [], paths: 0 });
    const given = lastStepOnly ? mean.filter((_, i) => i % 7 === 6) : mean;
    expect(mean.filter((value) => Number.isNaN(value)).length).toBe(lastStepOnly ? 36 : 0);
    const shape = [expected.length];
    expectClose({ shape, values: given }, { shape, values: expected }, { rtol: 2e-5, atol: 2e-6 });
    const path = expectedPath(GruSequence);
    expect(pathCounts(GruSequence)[path] - before[path]).toBe(2);
    model.dispose();
  });

  it('begins as the naive forecast', () => {
    const batch = windows(small);
    const config = configOf({ horizon: 7, context: 10, model: lstNet });
    const facts = { seasonality: 1, targetNames: ['a', 'b', 'c'] } as unknown as PanelFacts;
    const model = createForecastModel({ config, facts, key: randomKey(1) });
    const expected = forEachRow(small, (window, channel) =>
      new Float64Array(7).fill(contextOf(batch, window, channel)[9]!),
    );
    expectForecast(model, batch, expected);
    model.dispose();
  });

  it('has the output function and the parts that it is told to have', () => {
    const batch = windows(small);
    const plain = modelOf({ ...lstNet, skip: 0, highway: 0 }, small);
    const squashed = modelOf({ ...lstNet, skip: 0, highway: 0, output: 'sigmoid' }, small);
    const [a, b] = [plain, squashed].map((model) =>
      model.predict(batch, { key: randomKey(0), quantiles: [], paths: 0 }),
    );
    const expected = Float64Array.from(a!.mean, (value) => 1 / (1 + Math.exp(-value)));
    expectClose({ shape: [42], values: b!.mean }, { shape: [42], values: expected }, { rtol: 1e-5, atol: 1e-6 });
    expect(Object.keys(plain.parameters).filter((name) => /skip|highway/.test(name))).toEqual([]);
    [plain, squashed].forEach((model) => model.dispose());
  });

  it('says what to change where the context is too short for a skip, or another horizon is asked of a last step', () => {
    expect(() => modelOf({ name: 'lstnet' }, small)).toThrow(
      'needs a context of at least 29 steps, got 10; give a longer --context, or a smaller model.skip',
    );
    const model = modelOf({ ...lstNet, lastStepOnly: true }, small);
    const shorter = windows({ ...small, horizon: 6 });
    const ask = () => model.predict(shorter, { key: randomKey(0), quantiles: [], paths: 0 });
    expect(ask).toThrow('the model forecasts step 7 alone (model.lastStepOnly), not 6 steps');
    model.dispose();
  });
});

describe.each([
  segRnn,
  lstNet,
  { ...lstNet, lastStepOnly: true, loss: 'mse' },
  { name: 'nlinear' },
  { name: 'dlinear', kernelLength: 3 },
] as const)('every direct model: %o', (config) => {
  const predict = (model: ForecastModel, batch: WindowBatch) =>
    model.predict(batch, { key: randomKey(0), quantiles: [], paths: 0 }).mean;
  const isLast = 'lastStepOnly' in config;

  it('learns from observed values alone, which it counts', () => {
    const model = modelOf(config, small);
    const batch = windows(small);
    const observed = batch.observed.map((_, i) => (i % 17 > 9 && i % 3 === 0 ? 0 : 1));
    const other = batch.targets.map((value, i) => (observed[i] === 0 ? value + 50 : value));
    const run = (targets: Float32Array) => {
      let [value, count] = [0, 0];
      tf.tidy(() => {
        const loss = model.loss({ ...batch, targets, observed }, { training: false });
        ({ count } = loss);
        value = loss.sum.dataSync()[0]!;
      });
      return { value, count };
    };
    const first = run(batch.targets);
    const ofHorizon = Array.from(observed).filter((_, i) => (isLast ? i % 17 === 16 : i % 17 > 9));
    expect(first.count).toBe(ofHorizon.reduce((sum, value) => sum + value, 0));
    expect(run(other)).toEqual(first);
    expect(first.value).toBeGreaterThan(0);
    model.dispose();
  });

  it('takes windows one by one: those beside one change nothing', () => {
    const model = modelOf(config, small);
    const batch = windows(small);
    const half = batch.targets.length / 2;
    const swapped = Float32Array.of(...batch.targets.subarray(half), ...batch.targets.subarray(0, half));
    const forecast = predict(model, batch);
    const middle = forecast.length / 2;
    const expected = Float32Array.of(...forecast.subarray(middle), ...forecast.subarray(0, middle));
    const actual = predict(model, { ...batch, targets: swapped });
    const known = (forecasts: Float32Array) => forecasts.filter((value) => !Number.isNaN(value));
    const shape = [known(expected).length];
    // TensorFlow's products round by where a row stands
    const tolerance = tf.getBackend() === 'tensorflow' ? tolerances.forward : { rtol: 0, atol: 0 };
    expectClose({ shape, values: known(actual) }, { shape, values: known(expected) }, tolerance);
    model.dispose();
  });

  it('sees steps before the start of a series as its first value, whatever stands there', () => {
    const model = modelOf(config, small);
    const batch = { ...windows(small), origin: Int32Array.of(10, 6) };
    const before = (i: number) => i >= batch.targets.length / 2 && i % 17 < 4;
    const first = batch.targets.map((value, i) => (before(i) ? batch.targets[i - (i % 17) + 4]! : value));
    const zeros = batch.targets.map((value, i) => (before(i) ? 0 : value));
    expect(predict(model, { ...batch, targets: zeros })).toEqual(predict(model, { ...batch, targets: first }));
    model.dispose();
  });

  it.skipIf(isLast)('gives the first steps of its forecast where fewer are asked for', () => {
    const model = modelOf(config, small);
    const [long, short] = [windows(small), windows({ ...small, horizon: 3 })];
    const targets = long.targets.filter((_, i) => i % 17 < 13);
    const expected = predict(model, long).filter((_, i) => i % 7 < 3);
    expect(predict(model, { ...short, targets })).toEqual(expected);
    model.dispose();
  });

  it('leaves no tensor behind, in training and after it', () => {
    const before = tf.memory().numTensors;
    const model = modelOf(config, small);
    const made = tf.memory().numTensors;
    tf.tidy(() => {
      const { sum } = model.loss(windows(small), { training: true, key: randomKey(3) });
      expect(sum.dataSync()[0]).toBeGreaterThan(0);
    });
    predict(model, windows(small));
    expect(tf.memory().numTensors).toBe(made);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
