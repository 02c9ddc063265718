import { pathCounts, randomKey, train, type Checkpoint, type TrainingEvent } from '@unroll/core';
import {
  collectPanelFacts,
  createForecastingTask,
  createForecastModel,
  createWindowSource,
  networkForecaster,
  splitPanel,
  windowsOf,
  type Forecast,
  type ForecastingConfigInput,
  type ForecastModel,
  type PanelFacts,
  type Series,
  type SplitPanel,
  type WindowBatch,
} from '@unroll/forecasting';
import { expectedPath } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configOf, panelOf } from './panels.js';

const season = [0.6, 0.8, 1.3, 1.1, 1.5, 0.7];
/** A level that grows, times a season of 6 steps, each series at a scale of its own. */
const seasonal = (count: number, scale: number) =>
  Array.from(
    { length: count },
    (_, t) => scale * 1.01 ** t * season[(t + scale) % 6]! * (1 + 0.02 * Math.sin(t * 1.7)),
  );

const small = {
  horizon: 4,
  context: 40,
  seasonality: 6,
  scaling: 'none',
  split: { valid: 0, test: 4 },
  quantiles: [0.1, 0.9],
  model: { name: 'esrnn', hiddenSize: 8, dilations: [[1, 2], [3]], levelVariabilityPenalty: 1 },
  batches: { batchSize: 2 },
  training: { epochs: 12, optimizer: { name: 'adam', learningRate: 0.02 } },
} as const satisfies ForecastingConfigInput;

const models: ForecastModel[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

function prepare(
  input: ForecastingConfigInput,
  series: readonly { id: string; targets: readonly (readonly number[])[] }[],
) {
  const config = configOf(input);
  const split = splitPanel(panelOf({ series }), config);
  const facts = collectPanelFacts(split, config);
  const model = createForecastModel({ config, facts, key: randomKey(3) });
  models.push(model);
  return { config, split, facts, model };
}

const panel = [7, 11, 20].map((scale, i) => ({ id: `s${i}`, targets: [seasonal(44 - 5 * i, scale)] }));

async function fit({ config, split, facts, model }: ReturnType<typeof prepare>): Promise<number[]> {
  const task = createForecastingTask({ config, model, facts, split });
  const losses: number[] = [];
  const events: AsyncIterable<TrainingEvent> = train(task, {
    config: config.training,
    key: randomKey(5),
    clock: () => 0,
  });
  for await (const event of events) if (event.type === 'epoch') losses.push(event.loss);
  return losses;
}

async function finish(events: AsyncIterable<TrainingEvent>): Promise<void> {
  let last = '';
  for await (const { type } of events) last = type;
  expect(last).toBe('stopped');
}

async function forecastAll(
  { config, facts, model }: { config: ReturnType<typeof configOf>; facts: PanelFacts; model: ForecastModel },
  requests: { series: Series; origin: number }[],
): Promise<Forecast[]> {
  const forecaster = networkForecaster({ name: 'esrnn', model, facts, config });
  const options = { horizon: config.horizon, quantiles: config.quantiles, key: randomKey(1) };
  const forecasts: Forecast[] = [];
  for await (const forecast of forecaster.forecast(requests, options)) forecasts.push(forecast);
  return forecasts;
}

function firstBatch(split: SplitPanel, facts: PanelFacts, config: ReturnType<typeof configOf>): WindowBatch {
  const [batch] = createWindowSource({ split, part: 'train', facts, config }).batches(
    0,
    randomKey(1),
    0,
  ) as Iterable<WindowBatch>;
  return batch!;
}

describe('ES-RNN, once trained', () => {
  let run: ReturnType<typeof prepare>;
  let losses: readonly number[];
  beforeAll(async () => {
    run = prepare(small, panel);
    models.length = 0;
    losses = await fit(run);
  });
  afterAll(() => run.model.dispose());

  it('learns a season and growth from three short series, and forecasts held-out steps of them', async () => {
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    const requests = run.split.panel.series.map((series) => ({ series, origin: series.length - 4 }));
    const forecasts = await forecastAll(run, requests);
    for (const [i, { mean, quantiles }] of forecasts.entries()) {
      const { targets, length } = run.split.panel.series[i]!;
      for (let h = 0; h < 4; h++) {
        const actual = targets[0]![length - 4 + h]!;
        expect(Math.abs(mean[0]![h]! / actual - 1)).toBeLessThan(0.08);
        expect(quantiles![0]![0]![h]!).toBeLessThanOrEqual(quantiles![0]![1]![h]!);
      }
    }
  });

  it('multiplies: a series a thousand times as large has a forecast a thousand times as large, trained or new', async () => {
    const [series] = run.split.panel.series;
    const larger = { ...series!, id: 'unheard of', targets: [series!.targets[0]!.map((value) => 1000 * value)] };
    const same = { ...series!, id: 'new' };
    const [known, unseen, scaled] = await forecastAll(
      run,
      [series!, same, larger].map((s) => ({ series: s, origin: 38 })),
    );
    for (let h = 0; h < 4; h++) expect(scaled!.mean[0]![h]! / unseen!.mean[0]![h]!).toBeCloseTo(1000, 1);
    // Trained rows of the tables are its own.
    expect(known!.mean[0]![0]!).not.toBe(unseen!.mean[0]![0]!);
  });

  it('gives the same forecast whatever stands before a series in its window or beside it in a batch', async () => {
    const wide = { ...run, config: configOf({ ...small, context: 60 }) };
    const requests = run.split.panel.series.map((series) => ({ series, origin: Math.min(30, series.length) }));
    const narrow = await forecastAll(run, requests);
    const padded = await forecastAll(wide, requests);
    const alone = await forecastAll(run, requests.slice(1, 2));
    for (const [i, { mean }] of narrow.entries()) {
      mean[0]!.forEach((value, h) => expect(padded[i]!.mean[0]![h]! / value).toBeCloseTo(1, 5));
    }
    narrow[1]!.mean[0]!.forEach((value, h) => expect(alone[0]!.mean[0]![h]! / value).toBeCloseTo(1, 5));
  });

  it('keeps the phase of the season when a window begins later', async () => {
    const [series] = run.split.panel.series;
    const forecasts = await forecastAll(
      { ...run, config: configOf({ ...small, context: 24 }) },
      [36, 37, 38, 39, 40].map((origin) => ({ series: series!, origin })),
    );
    for (const [i, { mean }] of forecasts.entries()) {
      expect(Math.abs(mean[0]![0]! / series!.targets[0]![36 + i]! - 1)).toBeLessThan(0.1);
    }
  });
});

describe('ES-RNN', () => {
  it('reads no target from the origin on, and goes over missing ones', async () => {
    const run = prepare(small, panel);
    const [series] = run.split.panel.series;
    const changed = { ...series!, targets: [series!.targets[0]!.map((value, t) => (t >= 30 ? 1e6 : value))] };
    const gaps = { ...series!, targets: [series!.targets[0]!.map((value, t) => (t % 7 === 3 ? Number.NaN : value))] };
    const [one, other, gappy] = await forecastAll(
      run,
      [series!, changed, gaps].map((s) => ({ series: s, origin: 30 })),
    );
    expect(other!.mean).toEqual(one!.mean);
    expect(gappy!.mean[0]!.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
    expect(gappy!.mean[0]![0]! / one!.mean[0]![0]!).toBeCloseTo(1, 0);
  });

  it('has the derivative of its loss by the shared smoothing, through level, season and network', () => {
    const { config, split, facts, model } = prepare({ ...small, scaling: 'standard' }, panel);
    const batch = firstBatch(split, facts, config);
    const { smoothing } = model.parameters;
    const lossAt = () => tf.tidy(() => model.loss(batch, { training: true }).sum.dataSync()[0]!);
    const gradient = tf.tidy(() => {
      const { grads } = tf.variableGrads(() => model.loss(batch, { training: true }).sum, [smoothing!]);
      return [...Object.values(grads)[0]!.dataSync()];
    });
    const values = smoothing!.dataSync().slice();
    const numbers = [...values].map((_, i) => {
      const at = (shift: number) => {
        tf.tidy(() => smoothing!.assign(tf.tensor1d(values.map((value, j) => (j === i ? value + shift : value)))));
        return lossAt();
      };
      const slope = (at(0.01) - at(-0.01)) / 0.02;
      at(0);
      return slope;
    });
    // The pinball loss has corners, and float32 sums over hundreds of errors: a few per cent is what differences can tell.
    gradient.forEach((slope, i) =>
      expect(Math.abs(slope - numbers[i]!)).toBeLessThan(0.05 * Math.abs(numbers[i]!) + 0.02),
    );
    expect(gradient.every((slope) => slope !== 0)).toBe(true);
  });

  it('takes the fused kernels for its layers, and leaves no tensor behind', () => {
    const { config, split, facts, model } = prepare(small, panel);
    const batch = firstBatch(split, facts, config);
    const request = [{ series: split.panel.series[0]!, origin: 30 }];
    const options = { key: randomKey(1), quantiles: [], paths: 0 };
    const [before, tensors] = [pathCounts('LstmSequence'), tf.memory().numTensors];
    model.loss(batch, { training: false }).sum.dispose();
    model.predict(windowsOf(request, { facts, config, horizon: 4 }), options);
    expect(tf.memory().numTensors).toBe(tensors);
    const path = expectedPath('LstmSequence');
    expect(pathCounts('LstmSequence')[path] - before[path]).toBe(6);
  });

  it('goes on from a checkpoint bit for bit', async () => {
    const input = { ...small, training: { ...small.training, epochs: 4 } };
    const whole = prepare(input, panel);
    await fit(whole);
    const halves = prepare(input, panel);
    const task = createForecastingTask(halves);
    const options = { key: randomKey(5), clock: () => 0 };
    const saved: Checkpoint[] = [];
    const store = {
      saveCheckpoint: (checkpoint: Checkpoint) => {
        saved.push(structuredClone(checkpoint));
        return Promise.resolve('memory');
      },
      saveModel: () => Promise.resolve(),
    };
    await finish(train(task, { ...options, config: { ...halves.config.training, maxSteps: 5 }, store }));
    for (const variable of Object.values(halves.model.parameters)) {
      tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    }
    await finish(train(task, { ...options, config: halves.config.training, resumeFrom: saved.at(-1)! }));
    for (const [name, variable] of Object.entries(whole.model.parameters)) {
      expect([name, ...halves.model.parameters[name]!.dataSync()]).toEqual([name, ...variable.dataSync()]);
    }
  });

  it('refuses values that cannot be multiplied, and covariates that it would not read', async () => {
    const withZero = panel.map(({ id, targets }, i) => ({
      id,
      targets: [targets[0]!.map((y, t) => (i === 1 && t === 8 ? 0 : y))],
    }));
    expect(() => createForecastingTask(prepare(small, withZero))).toThrow(
      'made.csv: series "s1", column "y", step 9 is 0, but esrnn multiplies level and season, so all values must be above 0',
    );
    for (const scaling of ['none', 'standard'] as const) {
      const run = prepare({ ...small, scaling }, panel);
      const [series] = splitPanel(panelOf({ series: withZero.slice(1, 2) }), configOf({ horizon: 4 })).panel.series;
      await expect(forecastAll(run, [{ series: series!, origin: 30 }])).rejects.toThrow(
        /series "s1": step 9 is (0|\d\.\d+e-7); esrnn multiplies level and season, so all values must be above 0/,
      );
    }
    const known = [{ ...panel[0]!, known: [Float64Array.from(panel[0]!.targets[0]!)] }];
    const config = configOf(small);
    const split = splitPanel(panelOf({ series: known, known: [{ name: 'price' }] }), config);
    const facts = collectPanelFacts(split, config);
    expect(() => createForecastModel({ config, facts, key: randomKey(3) })).toThrow(
      'esrnn reads no covariates over time; leave out price, or choose seq2seq',
    );
  });
});
