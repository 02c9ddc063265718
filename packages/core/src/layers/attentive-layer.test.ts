import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../ops/has-kernel.js';
import { AttentionSequence } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { gruReference, lstmReference, type ReferenceArrays, type ReferenceState } from '../testing/reference-cells.js';
import { irregular } from '../testing/sequence-problem.js';
import { Attention, type AttentionMemory } from './attention.js';
import { AttentiveLayer, type AttentiveSequenceOptions, type AttentiveSequenceResult } from './attentive-layer.js';

interface Case {
  readonly cell: 'gru' | 'lstm';
  readonly attends: 'before' | 'between';
  readonly kind: 'additive' | 'concat' | 'general' | 'dot' | 'scaled';
  readonly time: number;
  readonly sourceTime: number;
  readonly batch: number;
  readonly hiddenSize: number;
  readonly lengths?: boolean;
  readonly mask?: boolean;
}

interface Problem extends AttentiveSequenceOptions {
  readonly layer: AttentiveLayer;
  readonly input: tf.Tensor3D;
}

/** Makes a layer of irregular weights with something to attend to, hands it to `check`, and frees all of it. */
function withLayer(sizes: Case, check: (problem: Problem) => void): void {
  const { cell, attends, kind, time, sourceTime, batch, hiddenSize } = sizes;
  const [inputSize, valueSize, size] = [5, kind === 'dot' || kind === 'scaled' ? hiddenSize : 7, 6];
  const key = randomKey(3);
  const attention = new Attention({ kind, querySize: hiddenSize, valueSize, size, key });
  const layer = new AttentiveLayer({ cell, attends, inputSize, hiddenSize, valueSize, attention, key });
  try {
    tf.tidy(() => {
      Object.entries(layer.parameters).forEach(([name, variable]) =>
        variable.assign(tf.mul(irregular(variable.shape, 4, name), hiddenSize > 16 ? 0.2 : 0.5)),
      );
      const values = irregular<tf.Rank.R3>([sourceTime, batch, valueSize], 5, 'values');
      const lengths = tf.tensor1d(
        Array.from({ length: batch }, (_, b) => sourceTime - (b % sourceTime)),
        'int32',
      );
      const states = Object.keys(layer.zeroState(batch)).map((name) => [name, irregular([batch, hiddenSize], 6, name)]);
      check({
        layer,
        input: irregular([time, batch, inputSize], 7, 'input'),
        initialState: Object.fromEntries(states),
        memory: { values, keys: attention.keys(values), ...(sizes.lengths && { lengths }) },
        ...(sizes.mask && {
          recurrentDropoutMask: tf.cast(tf.greater(irregular([batch, hiddenSize], 8, 'mask'), -0.3), 'float32'),
        }),
      });
    });
  } finally {
    disposeParameters(layer.parameters);
  }
}

/** The definition: step by step. */
function walk({ layer, input, initialState, memory, recurrentDropoutMask }: Problem): AttentiveSequenceResult {
  let state = initialState;
  const walked = Array.from({ length: input.shape[0] }, (_, t) => {
    const x = tf.squeeze<tf.Tensor2D>(tf.slice(input, [t, 0, 0], [1, -1, -1]), [0]);
    const step = layer.step(x, state, { ...memory, recurrentDropoutMask });
    state = step.state;
    return step;
  });
  return {
    output: tf.stack(walked.map((step) => step.state.h)) as tf.Tensor3D,
    contexts: tf.stack(walked.map((step) => step.context)) as tf.Tensor3D,
    weights: tf.stack(walked.map((step) => step.weights)) as tf.Tensor3D,
    finalState: state,
  };
}

/** All results by name. */
const named = ({ finalState, ...results }: AttentiveSequenceResult): Record<string, tf.Tensor> => ({
  ...results,
  finalH: finalState.h,
  ...(finalState.c && { finalC: finalState.c }),
});

/** What a gradient is taken by: parameters that the sequence reads, its input, what it attends to and the initial state. */
function differentiated({ layer, input, initialState, memory }: Problem): Record<string, tf.Tensor> {
  const { keys, values } = memory;
  const used = Object.entries(layer.parameters).filter(([name]) => !/key(Kernel|Bias)$/u.test(name));
  return { ...Object.fromEntries(used), input, keys, values, ...initialState };
}

/** A sum in which every result has weights of its own. */
function weightedSum(result: AttentiveSequenceResult): tf.Scalar {
  const terms = Object.entries(named(result)).map(([name, tensor]) =>
    tf.sum(tf.mul(tensor, irregular(tensor.shape, 9, name))),
  );
  return tf.addN(terms) as tf.Scalar;
}

/** The weights of one query over the places of one sentence, in float64. */
function referenceWeights(arrays: ReferenceArrays, query: Float64Array, places: readonly Float64Array[]): number[] {
  const v = arrays['attention.scoreVector'];
  const scores = places.map((key) =>
    key.reduce((sum, k, a) => sum + (v ? v[a]! * Math.tanh(query[a]! + k) : query[a]! * k), 0),
  );
  const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
  return scores.map((score) => Math.exp(score) / total);
}

/** The equations in float64, sentence by sentence: all results by name. @param arrays - `differentiated` */
function reference({ layer, input, memory, recurrentDropoutMask }: Problem, arrays: ReferenceArrays) {
  const [time, batch, inputSize] = input.shape;
  const [sourceTime, , valueSize] = memory.values.shape;
  const { hiddenSize } = layer;
  const keySize = memory.keys.shape[2];
  const step = arrays['c'] ? lstmReference : gruReference;
  const of = (prefix: string) =>
    Object.fromEntries(
      Object.entries(arrays).flatMap(([name, values]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), values]] : [],
      ),
    );
  const row = (values: ArrayLike<number>, i: number, width: number) =>
    Float64Array.from({ length: width }, (_, k) => values[i * width + k]!);
  const names = ['output', 'contexts', 'weights', 'finalH', ...(arrays['c'] ? ['finalC'] : [])];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  const put = (name: string, i: number, values: ArrayLike<number>) =>
    Array.from(values).forEach((value, k) => (results[name]![i * values.length + k] = value));
  for (let b = 0; b < batch; b++) {
    const length = memory.lengths?.dataSync()[b] ?? sourceTime;
    const places = (values: Float64Array, width: number) =>
      Array.from({ length }, (_, s) => row(values, s * batch + b, width));
    const [keys, values] = [places(arrays['keys']!, keySize), places(arrays['values']!, valueSize)];
    const mask = recurrentDropoutMask
      ? row(recurrentDropoutMask.dataSync(), b, hiddenSize)
      : new Float64Array(hiddenSize).fill(1);
    const attend = (h: Float64Array, t: number): Float64Array => {
      const kernel = arrays['attention.queryKernel'];
      const query = kernel
        ? Float64Array.from({ length: keySize }, (_, a) =>
            h.reduce((sum, x, k) => sum + x * kernel[k * keySize + a]!, 0),
          )
        : h;
      const weights = referenceWeights(arrays, query, keys);
      const context = new Float64Array(valueSize).map((_, k) =>
        values.reduce((sum, value, s) => sum + weights[s]! * value[k]!, 0),
      );
      put('contexts', t * batch + b, context);
      put(
        'weights',
        t * batch + b,
        Float64Array.from({ length: sourceTime }, (_, s) => weights[s] ?? 0),
      );
      return context;
    };
    const [h, c] = [row(arrays['h']!, b, hiddenSize), arrays['c'] && row(arrays['c'], b, hiddenSize)];
    let state: ReferenceState = c ? { h, c } : { h };
    for (let t = 0; t < time; t++) {
      const x = row(arrays['input']!, t * batch + b, inputSize);
      if (arrays['cell.bias']) {
        state = step(of('cell.'), Float64Array.from([...x, ...attend(state.h, t)]), { state, mask });
      } else {
        const middle = step(of('first.'), x, { state, mask });
        state = step(of('second.'), attend(middle.h, t), { state: middle, mask });
      }
      put('output', t * batch + b, state.h);
    }
    put('finalH', b, state.h);
    if (state.c) put('finalC', b, state.c);
  }
  return results;
}

function gradientsOf(problem: Problem, run: (problem: Problem) => AttentiveSequenceResult): Record<string, tf.Tensor> {
  const tensors = differentiated(problem);
  const gradients = tf.grads(() => weightedSum(run(problem)))(Object.values(tensors));
  return Object.fromEntries(Object.keys(tensors).map((name, i) => [name, gradients[i]!]));
}

const sequence = ({ layer, input, ...options }: Problem) => layer.sequence(input, options);

const small = { time: 4, sourceTime: 5, batch: 3, hiddenSize: 6 };
const cases: Case[] = [
  { ...small, cell: 'gru', attends: 'between', kind: 'additive', lengths: true, mask: true },
  { ...small, cell: 'gru', attends: 'before', kind: 'additive', lengths: true, mask: true },
  { ...small, cell: 'lstm', attends: 'between', kind: 'concat', lengths: true, mask: true },
  { ...small, cell: 'lstm', attends: 'before', kind: 'general', lengths: true },
  { ...small, cell: 'gru', attends: 'between', kind: 'scaled', mask: true },
  { ...small, cell: 'lstm', attends: 'before', kind: 'dot' },
  { ...small, cell: 'gru', attends: 'before', kind: 'dot', time: 1, sourceTime: 1 },
  { ...small, cell: 'gru', attends: 'between', kind: 'additive', time: 1, batch: 1 },
  {
    cell: 'gru',
    attends: 'between',
    kind: 'additive',
    time: 3,
    sourceTime: 17,
    batch: 33,
    hiddenSize: 37,
    lengths: true,
  },
  { cell: 'lstm', attends: 'between', kind: 'general', time: 3, sourceTime: 9, batch: 20, hiddenSize: 40, mask: true },
];

describe('a sequence equals its steps, in values and gradients', () => {
  it.each(cases)('%o', (sizes) => {
    withLayer(sizes, (problem) => {
      const before = pathCounts(AttentionSequence);
      const actual = named(sequence(problem));
      const after = pathCounts(AttentionSequence);
      const path = hasKernel(AttentionSequence) ? 'fused' : 'steps';
      expect(after).toEqual({ ...before, [path]: before[path] + 1 });
      for (const [name, tensor] of Object.entries(named(walk(problem)))) {
        expectClose(actual[name]!, tensor, { ...tolerances.forward, name });
      }
      const gradients = gradientsOf(problem, sequence);
      for (const [name, tensor] of Object.entries(gradientsOf(problem, walk))) {
        expectClose(gradients[name]!, tensor, { ...tolerances.backward, name: `gradient of ${name}` });
      }
    });
  });
});

describe('a sequence equals its equations in float64, and its gradient their differences', () => {
  const tiny = { time: 3, sourceTime: 3, batch: 2, hiddenSize: 3 };
  const checked: Case[] = [
    { ...tiny, cell: 'gru', attends: 'between', kind: 'additive', lengths: true, mask: true },
    { ...tiny, cell: 'gru', attends: 'before', kind: 'additive', lengths: true, mask: true },
    { ...tiny, cell: 'lstm', attends: 'between', kind: 'additive', mask: true },
    { ...tiny, cell: 'lstm', attends: 'before', kind: 'general', lengths: true },
    { ...tiny, cell: 'gru', attends: 'between', kind: 'dot', lengths: true },
    { ...tiny, cell: 'gru', attends: 'before', kind: 'general' },
  ];
  it.each(checked)('%o', (sizes) => {
    withLayer(sizes, (problem) => {
      const actual = named(sequence(problem));
      const arrays = Object.fromEntries(
        Object.entries(differentiated(problem)).map(([name, tensor]) => [name, Float64Array.from(tensor.dataSync())]),
      );
      for (const [name, values] of Object.entries(reference(problem, arrays))) {
        expectClose(actual[name]!, { shape: actual[name]!.shape, values }, { ...tolerances.forward, name });
      }
      const weights = Object.fromEntries(
        Object.entries(actual).map(([name, { shape }]) => [name, irregular(shape, 9, name).dataSync()]),
      );
      checkGradients({
        tensors: differentiated(problem),
        loss: () => weightedSum(sequence(problem)),
        reference: (changed) =>
          Object.entries(reference(problem, changed))
            .flatMap(([name, values]) => values.map((value, i) => value * weights[name]![i]!))
            .reduce((sum, value) => sum + value, 0),
        tolerance: { rtol: 1e-4, atol: 1e-6 },
      });
    });
  });
});

describe('an attentive layer', () => {
  it('steps several hypotheses of each sentence', () => {
    withLayer({ ...small, cell: 'gru', attends: 'between', kind: 'additive', lengths: true }, ({ layer, memory }) => {
      const rows = 2 * small.batch;
      const input = irregular<tf.Rank.R2>([rows, 5], 1, 'x');
      const h = irregular<tf.Rank.R2>([rows, small.hiddenSize], 1, 'h');
      const all = layer.step(input, { h }, memory);
      const second = (tensor: tf.Tensor2D): tf.Tensor2D => tf.slice(tensor, [small.batch, 0], [small.batch, -1]);
      const alone = layer.step(second(input), { h: second(h) }, memory);
      expectClose(second(all.state.h), alone.state.h, { ...tolerances.forward, name: 'h' });
      expectClose(second(all.weights), alone.weights, { ...tolerances.forward, name: 'weights' });
    });
  });

  it('gives nothing but zeros to places past a length', () => {
    withLayer({ ...small, cell: 'gru', attends: 'before', kind: 'additive', lengths: true }, (problem) => {
      const weights = sequence(problem).weights.arraySync();
      expect(weights.map((rows) => rows.map((row) => row.filter((weight) => weight > 0).length))).toEqual(
        Array.from({ length: small.time }, () => [5, 4, 3]),
      );
    });
  });

  it('walks no steps', () => {
    withLayer({ ...small, cell: 'gru', attends: 'before', kind: 'dot' }, (problem) => {
      const { output, finalState } = sequence({ ...problem, input: tf.zeros([0, small.batch, 5]) });
      expect(output.shape).toEqual([0, small.batch, small.hiddenSize]);
      expectClose(finalState.h, problem.initialState.h, { ...tolerances.forward, name: 'h' });
    });
  });

  it('adds biases to the scores of each step', () => {
    withLayer({ ...small, cell: 'gru', attends: 'before', kind: 'additive' }, (problem) => {
      const forbids = tf.where(tf.less(tf.range(0, small.sourceTime), 2), 0, -Infinity);
      const scoreBias: tf.Tensor3D = tf.broadcastTo(forbids, [small.time, small.batch, small.sourceTime]);
      const memory: AttentionMemory = { ...problem.memory, scoreBias };
      const { weights } = sequence({ ...problem, memory });
      expect(tf.sum(tf.slice(weights, [0, 0, 2])).dataSync()[0]).toBe(0);
    });
  });

  it('names an argument that does not fit', () => {
    withLayer({ ...small, cell: 'gru', attends: 'before', kind: 'dot' }, (problem) => {
      const wrong = { ...problem, input: tf.zeros<tf.Rank.R3>([4, 2, 5]) };
      expect(() => sequence(wrong)).toThrow('input must be [time, batch, inputSize] = [*, 3, 5], got [4, 2, 5]');
    });
  });
});
