import { afterEach, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { evaluate, parseConfig, randomKey, toNamedArrays, train, trainingConfigSchema } from '@unroll/core';
import type { NamedArrays, Task, TrainingConfigInput, TrainOptions } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import { collect, MemoryStore, ofType } from './support/memory-store.js';
import { createTinyTask, disposeTask, type TinyBatch } from './support/tiny-task.js';

const made: Task<TinyBatch>[] = [];
function tinyTask(...options: Parameters<typeof createTinyTask>): Task<TinyBatch> {
  const task = createTinyTask(...options);
  made.push(task);
  return task;
}
afterEach(() => made.splice(0).forEach(disposeTask));

function optionsFor(config: TrainingConfigInput, rest: Partial<TrainOptions> = {}): TrainOptions {
  return { config: parseConfig(trainingConfigSchema, config), key: randomKey(4), clock: () => 0, ...rest };
}

const runTask = (task: Task<TinyBatch>, config: TrainingConfigInput, rest: Partial<TrainOptions> = {}) =>
  collect(train(task, optionsFor(config, rest)));

describe('train', () => {
  it('learns: two batches by heart', async () => {
    const task = tinyTask({ batchesPerEpoch: 2, dropoutRate: 0, withValid: false });
    const events = await runTask(task, { epochs: 60, optimizer: { name: 'adam', learningRate: 0.05 }, clipNorm: 1 });
    const losses = ofType(events, 'epoch').map(({ loss }) => loss);
    expect(losses[0]).toBeGreaterThan(1.4);
    expect(losses.at(-1)).toBeLessThan(0.2);
  });

  it('tells what lies ahead, each step, each epoch, and why it stopped', async () => {
    const events = await runTask(tinyTask(), { epochs: 2, accumulationSteps: 3 });
    const types = ['step', 'step', 'step', 'epoch', 'evaluation'];
    expect(events.map(({ type }) => type)).toEqual(['started', ...types, ...types, 'stopped']);
    expect(events[0]).toMatchObject({ totalSteps: 6, stepsPerEpoch: 3, parameterCount: 5 * 6 + 6 * 6 + 6 + 6 * 5 });
    expect(ofType(events, 'step').map(({ step, epoch, tokens }) => [step, epoch, tokens])).toEqual([
      [1, 0, 36],
      [2, 0, 36],
      [3, 0, 12],
      [4, 1, 36],
      [5, 1, 36],
      [6, 1, 12],
    ]);
    const [epoch] = ofType(events, 'epoch');
    const steps = ofType(events, 'step').slice(0, 3);
    const sum = steps.reduce((total, { loss, tokens }) => total + loss * tokens, 0);
    expect(epoch).toMatchObject({ epoch: 0, step: 3, tokens: 84 });
    expect(epoch!.loss).toBeCloseTo(sum / 84, 10);
    expect(events.at(-1)).toMatchObject({ reason: 'completed', step: 6 });
  });

  it('gives the same numbers for the same key, others for another', async () => {
    const runs = [4, 4, 5].map((seed) => runTask(tinyTask(), { epochs: 1 }, { key: randomKey(seed) }));
    const [a, b, c] = await Promise.all(runs.map(async (events) => ofType(await events, 'step')));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it('accumulates: three batches in one step are one large batch', async () => {
    const config = { maxSteps: 3, optimizer: { name: 'momentum', learningRate: 0.3 }, clipNorm: 0.5 } as const;
    const parts = inGroups(tinyTask({ dropoutRate: 0 }), 1);
    const whole = inGroups(tinyTask({ dropoutRate: 0 }), 3);
    const partSteps = ofType(await collect(train(parts, optionsFor({ ...config, accumulationSteps: 3 }))), 'step');
    const wholeSteps = ofType(await collect(train(whole, optionsFor(config))), 'step');
    expect(partSteps.map(({ tokens }) => tokens)).toEqual([36, 36, 12]);
    expect(wholeSteps.map(({ tokens }) => tokens)).toEqual([36, 36, 12]);
    partSteps.forEach(({ gradientNorm }, i) => expect(gradientNorm).toBeCloseTo(wholeSteps[i]!.gradientNorm, 5));
    for (const [name, variable] of Object.entries(parts.parameters)) {
      expectClose(variable, whole.parameters[name]!, { ...tolerances.backward, name });
    }
  });

  it('divides by what the task says: a loss summed over time has larger gradients', async () => {
    const perToken = tinyTask({ dropoutRate: 0 });
    const perSequence = { ...tinyTask({ dropoutRate: 0 }), lossDivisor: () => 3 };
    const [a] = ofType(await runTask(perToken, { maxSteps: 1 }), 'step');
    const [b] = ofType(await runTask(perSequence, { maxSteps: 1 }), 'step');
    expect(b!.loss).toBe(a!.loss);
    expect(b!.gradientNorm / a!.gradientNorm).toBeCloseTo(4, 5);
  });

  it('gives other randomness to every batch of every step, and another order to every epoch', async () => {
    const task = tinyTask();
    const lossKeys: string[] = [];
    const orders: string[] = [];
    const loss: typeof task.loss = (batch, context) => {
      if (context.training) lossKeys.push(String(context.key));
      return task.loss(batch, context);
    };
    const batches: typeof task.train.batches = (epoch, key, from) => {
      orders.push(String(key));
      return task.train.batches(epoch, key, from);
    };
    await runTask({ ...task, loss, train: { ...task.train, batches } }, { epochs: 2, accumulationSteps: 2 });
    expect(lossKeys).toHaveLength(14);
    expect(new Set(lossKeys).size).toBe(14);
    expect(orders).toHaveLength(2);
    expect(new Set(orders).size).toBe(2);
  });

  it('carries state through an epoch, and starts the next without', async () => {
    const task = tinyTask({ batchesPerEpoch: 3 });
    const seen: boolean[] = [];
    const loss: typeof task.loss = (batch, context) => {
      if (context.training) seen.push(context.state !== undefined);
      return task.loss(batch, context);
    };
    await runTask({ ...task, loss }, { epochs: 2, accumulationSteps: 2 });
    expect(seen).toEqual([false, true, true, false, true, true]);
  });

  it('evaluates when told, and after the last step', async () => {
    expect(await evaluatedSteps({ epochs: 2 })).toEqual([7, 14]);
    expect(await evaluatedSteps({ epochs: 2, evaluateEverySteps: 5 })).toEqual([5, 10, 14]);
    expect(await evaluatedSteps({ epochs: 2, maxSteps: 9 })).toEqual([7, 9]);
  });

  it('lowers the rate when scores stand still, and stops in the end', async () => {
    const task = { ...tinyTask(), scores: (loss: number, count: number) => ({ loss, count, still: 1 }) };
    const still = { ...task, bestScore: { name: 'still', better: 'higher' } } as const;
    const schedule = { name: 'plateau', factor: 0.5, patience: 1 } as const;
    const earlyStopping = { patience: 4 };
    const config = { epochs: 9, evaluateEverySteps: 1, schedule, earlyStopping };
    const events = await runTask(still, config);
    expect(ofType(events, 'step').map(({ learningRate }) => learningRate)).toEqual([1, 1, 1, 0.5, 0.5]);
    expect(ofType(events, 'evaluation').map(({ best }) => best)).toEqual([true, false, false, false, false]);
    expect(events.at(-1)).toMatchObject({ reason: 'early-stopping', step: 5, best: { score: 1, step: 1 } });
  });

  it('names the scores there are when the one to compare is missing', async () => {
    const task = { ...tinyTask(), bestScore: { name: 'bleu', better: 'higher' } } as const;
    await expect(runTask(task, { epochs: 1 })).rejects.toThrow(
      'tiny has no score "bleu"; it has loss, count, perplexity',
    );
  });

  it('refuses to walk batches in pieces for a task that cannot cut them', async () => {
    await expect(runTask(tinyTask(), { activationBytes: 1000 })).rejects.toThrow(
      'training.activationBytes: tiny cannot walk a batch in pieces; leave it 0',
    );
  });

  it('says so when the split is too short or gives fewer batches than it promised', async () => {
    const task = tinyTask();
    const empty = { ...task, train: { ...task.train, batchesPerEpoch: 0 } };
    await expect(runTask(empty, {})).rejects.toMatchObject({ code: 'training/empty-split' });
    const short = { ...task, train: { ...task.train, batchesPerEpoch: 8 } };
    await expect(runTask(short, {})).rejects.toThrow('tiny: epoch 0 ended after 7 of 8 batches');
    const nothing = { ...task, valid: { batchesPerEpoch: 0, batches: () => [] } };
    await expect(runTask(nothing, {})).rejects.toThrow('tiny: the split has nothing to score');
  });
});

describe('a loss that is no number', () => {
  it.each([Number.NaN, Infinity])(
    'stops the run at its step, changes nothing, keeps what was saved: %s',
    async (value) => {
      const task = tinyTask({ poison: { batch: 4, value } });
      const store = new MemoryStore();
      const before = tf.memory().numTensors;
      const config = { checkpointEverySteps: 2, optimizer: { name: 'adam' } } as const;
      await expect(runTask(task, config, { store })).rejects.toMatchObject({
        code: 'training/not-finite',
        message: expect.stringMatching(/^unroll: the loss became \S+ in step 5; nothing of this step was applied/),
      });
      expect(store.checkpoints.map(({ progress }) => progress.step)).toEqual([2, 4]);
      expect(toNamedArrays(task.parameters)).toEqual(store.at(4).parameters);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('stops for a gradient that is infinite where the loss is not', async () => {
    const task = tinyTask({ dropoutRate: 0 });
    const steep: typeof task.loss = (batch, context) => {
      const { sum, ...loss } = task.loss(batch, context);
      return {
        ...loss,
        sum: tf.customGrad((x) => ({
          value: (x as tf.Tensor).clone(),
          gradFunc: (dy) => tf.mul(dy, Infinity),
        }))(sum) as tf.Scalar,
      };
    };
    const start = toNamedArrays(task.parameters);
    const run = runTask({ ...task, loss: steep }, { clipNorm: 1 });
    await expect(run).rejects.toThrow(/the gradient became (Infinity|NaN) in step 1; nothing of this step was applied/);
    expect(toNamedArrays(task.parameters)).toEqual(start);
  });
});

describe('memory', () => {
  it('is flat: as many tensors and bytes after 5 epochs as after the first, and as before when it is over', async () => {
    const task = tinyTask();
    const before = tf.memory();
    const measured: { numTensors: number; numBytes: number; numDataBuffers: number }[] = [];
    const config = { epochs: 6, accumulationSteps: 2, optimizer: { name: 'adam' }, clipNorm: 1 } as const;
    for await (const event of train(task, optionsFor(config, { store: new MemoryStore() }))) {
      if (event.type !== 'epoch') continue;
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      measured.push({ numTensors, numBytes, numDataBuffers });
    }
    expect(measured).toHaveLength(6);
    for (const each of measured) expect(each).toEqual(measured[0]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it('is given back when the reader of the events leaves', async () => {
    const task = tinyTask();
    const before = tf.memory().numTensors;
    for await (const event of train(task, optionsFor({ epochs: 9, optimizer: { name: 'adam' } }))) {
      if (event.type === 'step' && event.step === 3) break;
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('checkpoints', () => {
  it('are made every so many steps, at every best score and at the end; the model is that of the best score', async () => {
    const task = tinyTask();
    const scores = [3, 2, 2.5, 1];
    const falling = { ...task, scores: (_: number, count: number) => ({ loss: scores.shift()!, count }) };
    const store = new MemoryStore();
    const config = { epochs: 3, maxSteps: 18, checkpointEverySteps: 4, evaluateEverySteps: 5 };
    const events = await runTask(falling, config, { store });
    // Best scores at 5, 10 and, after the last checkpoint, at 18.
    expect(store.checkpoints.map(({ progress }) => progress.step)).toEqual([4, 5, 8, 10, 12, 16, 18]);
    expect(ofType(events, 'checkpoint').map(({ path }) => path)).toContain('memory:12');
    expect(store.at(16).progress.best).toEqual({ score: 2, step: 10 });
    expect(events.at(-1)).toMatchObject({ best: { score: 1, step: 18 } });
    expect(store.models.at(-1)).toEqual(toNamedArrays(task.parameters));
    // Step 4 had no score yet, so its weights were the ones to use.
    expect(
      store.models.map((model) => store.checkpoints.findIndex(({ parameters }) => isEqual(parameters, model))),
    ).toEqual([0, 1, 3, 6]);
  });

  it('keeps the newest weights as the model when there is nothing to score', async () => {
    const task = tinyTask({ withValid: false });
    const store = new MemoryStore();
    await runTask(task, { epochs: 2 }, { store });
    expect(store.models).toEqual([store.at(7).parameters, store.at(14).parameters]);
  });

  it('is not made again when a run that is over is resumed', async () => {
    const store = new MemoryStore();
    await runTask(tinyTask(), { epochs: 1 }, { store });
    const resumed = new MemoryStore();
    const events = await runTask(tinyTask(), { epochs: 1 }, { store: resumed, resumeFrom: store.at(7) });
    expect(events.map(({ type }) => type)).toEqual(['started', 'stopped']);
    expect(resumed.checkpoints).toEqual([]);
  });

  it('is made when a run is interrupted, after the step at hand', async () => {
    const controller = new AbortController();
    const store = new MemoryStore();
    const events = [];
    for await (const event of train(tinyTask(), optionsFor({ epochs: 9 }, { store, signal: controller.signal }))) {
      events.push(event);
      if (event.type === 'step' && event.step === 3) controller.abort();
    }
    expect(events.slice(-2).map(({ type, step }) => [type, step])).toEqual([
      ['checkpoint', 3],
      ['stopped', 3],
    ]);
    expect(events.at(-1)).toMatchObject({ reason: 'interrupted' });
  });

  it('hears a signal that comes from a timer in the middle of training', async () => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 20);
    const config = { epochs: 100_000 };
    const events = await runTask(tinyTask({ withValid: false }), config, { signal: controller.signal });
    clearTimeout(timer);
    expect(events.at(-1)).toMatchObject({ reason: 'interrupted' });
  });

  it.each([
    [
      'another optimizer',
      { optimizer: { name: 'sgd' } },
      /it holds the optimizer moment "embedding\.kernel\/mean", which is not used here/,
    ],
    [
      'another model',
      { optimizer: { name: 'adam' } },
      /parameter "cell\.bias" must be float32 \[7\], got float32 \[6\]/,
    ],
  ] as const)('of %s is refused, and no weight is replaced', async (what, config, message) => {
    const store = new MemoryStore();
    await runTask(tinyTask(), { maxSteps: 2, optimizer: { name: 'adam' } }, { store });
    const task = tinyTask({ seed: 2 });
    if (what === 'another model') {
      task.parameters['cell.bias']!.dispose();
      Object.assign(task.parameters, { 'cell.bias': tf.tidy(() => tf.variable(tf.zeros([7]))) });
    }
    const start = toNamedArrays(task.parameters);
    const before = tf.memory().numTensors;
    const resumed = runTask(task, config, { resumeFrom: store.at(2) });
    await expect(resumed).rejects.toMatchObject({
      code: 'checkpoint/mismatch',
      message: expect.stringMatching(message),
    });
    expect(toNamedArrays(task.parameters)).toEqual(start);
    expect(tf.memory().numTensors).toBe(before);
  });
});

async function evaluatedSteps(config: TrainingConfigInput): Promise<number[]> {
  return ofType(await runTask(tinyTask(), config), 'evaluation').map(({ step }) => step);
}

/** Batches in groups, each a batch of its own whose loss is the sum of theirs; without carried state. */
function inGroups(task: Omit<Task<TinyBatch>, 'inPieces'>, size: number): Task<readonly TinyBatch[]> {
  return {
    ...task,
    train: {
      batchesPerEpoch: Math.ceil(task.train.batchesPerEpoch / size),
      *batches(epoch, key, from) {
        const all = [...(task.train.batches(epoch, key, 0) as Iterable<TinyBatch>)];
        for (let i = from * size; i < all.length; i += size) yield all.slice(i, i + size);
      },
    },
    valid: { batchesPerEpoch: 1, batches: () => [[...(task.valid!.batches(0, [0, 0], 0) as Iterable<TinyBatch>)]] },
    loss(batches, { training, key }) {
      const losses = batches.map((batch) => task.loss(batch, { training, ...(key && { key }) }));
      return { sum: tf.addN(losses.map(({ sum }) => sum)), count: losses.reduce((sum, { count }) => sum + count, 0) };
    },
    lossDivisor: (_, count) => count,
  };
}

function isEqual(a: NamedArrays, b: NamedArrays): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe('evaluate', () => {
  it('sums the statistics of a split over its batches', async () => {
    const tiny = tinyTask({});
    let calls = 0;
    const task: Task<TinyBatch> = {
      ...tiny,
      loss: (batch, context) => ({ ...tiny.loss(batch, context), statistics: { correct: (calls += 1), seen: 12 } }),
      scores: (lossSum, count, { correct, seen }) => ({ loss: lossSum / count, count, accuracy: correct! / seen! }),
    };
    expect((await evaluate(task, task.valid!, { key: randomKey(1) }))['accuracy']).toBe((1 + 2) / 24);
  });

  it('carries state from batch to batch, without dropout, and leaves nothing behind', async () => {
    const task = tinyTask({ dropoutRate: 0.9 });
    const before = tf.memory().numTensors;
    const key = randomKey(1);
    const scores = await evaluate(task, task.valid!, { key });
    expect(await evaluate(task, task.valid!, { key })).toEqual(scores);
    expect(scores.count).toBe(24);
    expect(tf.memory().numTensors).toBe(before);
    const batches = [...(task.valid!.batches(0, key, 0) as Iterable<TinyBatch>)];
    const byHand = tf.tidy(() => {
      const first = task.loss(batches[0]!, { training: false });
      const second = task.loss(batches[1]!, { training: false, state: first.state! });
      return (first.sum.dataSync()[0]! + second.sum.dataSync()[0]!) / 24;
    });
    expect(scores.loss).toBeCloseTo(byHand, 10);
  });
});
