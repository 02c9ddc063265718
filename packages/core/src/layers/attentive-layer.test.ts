import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../ops/has-kernel.js';
import { AttentionSequence } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
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

/** Gradients of a sum in which every result has weights of its own. */
function gradientsOf(problem: Problem, run: (problem: Problem) => AttentiveSequenceResult): Record<string, tf.Tensor> {
  const { layer, input, initialState, memory } = problem;
  const { h, c } = initialState;
  const { keys, values } = memory;
  const used = Object.entries(layer.parameters).filter(([name]) => !/key(Kernel|Bias)$/u.test(name));
  const tensors: Record<string, tf.Tensor> = { ...Object.fromEntries(used), input, keys, values, h, ...(c && { c }) };
  const loss = () => {
    const terms = Object.entries(named(run(problem))).map(([name, tensor]) =>
      tf.sum(tf.mul(tensor, irregular(tensor.shape, 9, name))),
    );
    return tf.addN(terms) as tf.Scalar;
  };
  const gradients = tf.grads(loss)(Object.values(tensors));
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
