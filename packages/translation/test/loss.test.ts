import { deriveKey, randomKey } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import { translationLoss, type TranslationConfigInput } from '@unroll/translation';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { scheduledInputs } from '../src/decoder/scheduled-sampling.js';
import { toyBatch, toyModel } from './models.js';

function lossOf(input: TranslationConfigInput, context: Parameters<typeof translationLoss>[2], epoch?: number): number {
  const model = toyModel(input);
  const batch = { ...toyBatch(input.model?.copy === true), ...(epoch !== undefined && { epoch }) };
  const loss = tf.tidy(() => translationLoss(model, batch, context).sum.dataSync()[0]!);
  model.dispose();
  return loss;
}

const training = (seed: number) => ({ training: true, key: randomKey(seed) });
const evaluation = { training: false };

/** The losses of every target, without smoothing and with, and those of each word of the vocabulary at its place. */
function smoothedLosses(copy: boolean) {
  const model = toyModel({ model: { copy }, labelSmoothing: 0.3 });
  const { source, target } = toyBatch(copy);
  const found = tf.tidy(() => {
    const encoded = model.encode(source);
    const decoded = model.decode(encoded, target);
    const lossesOf = (change: { readonly targets?: Int32Array; readonly labelSmoothing?: number }) =>
      Array.from(model.crossEntropy(encoded, decoded, { ...target, ...change }).losses.dataSync());
    const each = Array.from({ length: 11 }, (_, id) =>
      lossesOf({ targets: new Int32Array(target.targets.length).fill(id) }),
    );
    return { smooth: lossesOf({ labelSmoothing: 0.3 }), plain: lossesOf({}), each };
  });
  model.dispose();
  return found as unknown as Record<'smooth' | 'plain', number[]> & { readonly each: number[][] };
}

test('label smoothing is (1 − ε) of the loss and ε of an even distribution', () => {
  const { smooth, plain, each } = smoothedLosses(false);
  const values = plain.map((loss, i) => 0.7 * loss + (0.3 * each.reduce((sum, some) => sum + some[i]!, 0)) / 11);
  expectClose(
    { shape: [values.length], values: smooth },
    { shape: [values.length], values },
    { rtol: 1e-5, atol: 1e-5 },
  );
});

test('with copies the even distribution is the vocabulary’s own; padding has no loss', () => {
  const { smooth, plain } = smoothedLosses(true);
  const even = smooth.map((loss, i) => (loss - 0.7 * plain[i]!) / 0.3);
  const real = plain.flatMap((loss, i) => (loss > 0 ? [i] : []));
  expect(real).toHaveLength(12);
  expect(Math.min(...real.map((i) => even[i]!))).toBeGreaterThan(Math.log(11) - 1e-4);
  expect(smooth.filter((loss, i) => loss !== 0 && !real.includes(i))).toEqual([]);
});

test.each([false, true])('label smoothing is of training alone, copying: %s', (copy) => {
  const smoothed = { model: { copy }, labelSmoothing: 0.3 };
  expect(lossOf(smoothed, evaluation)).toBe(lossOf({ model: { copy } }, evaluation));
  expect(lossOf(smoothed, training(1))).not.toBeCloseTo(lossOf({ model: { copy } }, training(1)), 2);
});

test('probabilities with copies sum to one over the words that a sentence has', () => {
  const model = toyModel({ model: { copy: true, decoder: { attends: 'after' } } });
  const { source, target, batchSize } = toyBatch(true);
  tf.tidy(() => {
    const encoded = model.encode(source);
    const { logProbabilities } = model.step(encoded, target.inputs.subarray(0, batchSize), encoded.initial);
    expect(logProbabilities.shape).toEqual([3, 13]);
    const sums = tf.sum(tf.exp(logProbabilities), 1);
    expectClose(sums, { shape: [3], values: [1, 1, 1] }, { rtol: 1e-5, atol: 0 });
    const values = logProbabilities.arraySync();
    // the first sentence has one word of its own, the second none, the third two
    expect(values.map((row) => row.slice(11).map((value) => value > -Infinity))).toEqual([
      [true, false],
      [false, false],
      [true, true],
    ]);
  });
  model.dispose();
});

test('the loss of coverage counts in training alone, by its weight', () => {
  const input = (lossWeight: number) => ({ model: { attention: { coverage: { enabled: true, lossWeight } } } });
  const [none, one, two] = [0, 1, 2].map((weight) => lossOf(input(weight), training(1)));
  expect(one! - none!).toBeGreaterThan(0.1);
  expect(two! - none!).toBeCloseTo(2 * (one! - none!), 4);
  expect(lossOf(input(2), evaluation)).toBe(lossOf(input(0), evaluation));
});

const dropouts = ['sourceTokens', 'targetTokens', 'embedding', 'layers', 'recurrent', 'context', 'output'] as const;

test.each(dropouts.flatMap((place) => (['before', 'after'] as const).map((attends) => ({ place, attends }))))(
  'dropout of $place with attention $attends is a matter of the key, and of training alone',
  ({ place, attends }) => {
    const model = { decoder: { attends, layers: 2 }, encoder: { layers: 2 } };
    const dropped = { model: { ...model, dropout: { [place]: 0.5 } } };
    const plain = lossOf({ model }, evaluation);
    expect(lossOf({ model }, training(1))).toBeCloseTo(plain, 4);
    expect(lossOf(dropped, evaluation)).toBe(plain);
    const first = lossOf(dropped, training(1));
    expect(first).not.toBeCloseTo(plain, 3);
    expect(lossOf(dropped, training(1))).toBe(first);
    expect(lossOf(dropped, training(2))).not.toBeCloseTo(first, 3);
  },
);

test('scheduled sampling begins with teacher forcing and ends with its rate', () => {
  const input = { scheduledSampling: { rate: 0.9, epochs: 4 } };
  const forced = lossOf({}, training(1));
  expect(lossOf(input, training(1), 0)).toBe(forced);
  const sampled = lossOf(input, training(1), 4);
  expect(sampled).not.toBe(forced);
  expect(lossOf(input, training(1), 9)).toBe(sampled);
  expect(lossOf(input, evaluation, 9)).toBe(lossOf({}, evaluation));
});

test('gradients with scheduled sampling leave no tensors, and are those of the inputs that it chose', () => {
  const model = toyModel({ scheduledSampling: { rate: 0.9, epochs: 1 } });
  const batch = { ...toyBatch(false), epoch: 1 };
  const before = tf.memory().numTensors;
  const { value, grads } = tf.variableGrads(() => translationLoss(model, batch, training(1)).sum);
  const inputs = tf.tidy(() => {
    const encoded = model.encode(batch.source);
    const key = deriveKey(randomKey(1), 'sampling');
    return scheduledInputs(model, { encoded, target: batch.target, rate: 0.9, key });
  });
  const chosen = { ...toyBatch(false), target: { ...batch.target, inputs } };
  const plain = tf.variableGrads(() => translationLoss(model, chosen, training(1)).sum);
  expect(inputs).not.toEqual(batch.target.inputs);
  expect(value.dataSync()).toEqual(plain.value.dataSync());
  for (const [name, gradient] of Object.entries(grads)) {
    expectClose(gradient, plain.grads[name]!, { rtol: 1e-5, atol: 1e-6, name });
  }
  tf.dispose([value, plain.value, ...Object.values(grads), ...Object.values(plain.grads)]);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('what scheduled sampling reads are the most probable tokens after what it read before', () => {
  const model = toyModel({});
  const { source, target, batchSize } = toyBatch(false);
  tf.tidy(() => {
    const encoded = model.encode(source);
    const options = { encoded, target, key: randomKey(4) };
    expect(scheduledInputs(model, { ...options, rate: 0 })).toEqual(target.inputs);
    const inputs = scheduledInputs(model, { ...options, rate: 0.6 });
    const own = [...inputs.keys()].filter((place) => inputs[place] !== target.inputs[place]);
    expect(own.length).toBeGreaterThan(2);
    let state = encoded.initial;
    for (let t = 0; t + 1 < target.timeSteps; t++) {
      const step = model.step(encoded, inputs.subarray(t * batchSize, (t + 1) * batchSize), state);
      const best = tf.argMax(step.logProbabilities, 1).dataSync();
      state = step.state;
      const next = own.filter((place) => Math.floor(place / batchSize) === t + 1);
      expect(next.map((place) => inputs[place])).toEqual(next.map((place) => best[place % batchSize]));
    }
  });
  model.dispose();
});
