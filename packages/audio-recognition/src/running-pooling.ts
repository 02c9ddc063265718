import { ConfigError } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import type { RunningVector } from './types.js';

export interface RunningPoolingOptions {
  readonly kind: ModelConfig['pooling'];
  /** width of a hidden vector */
  readonly size: number;
  /** of attention: the score of each step of `[step, size]`. @returns `[step]`; the caller owns it */
  readonly scores?: ((hidden: tf.Tensor2D) => tf.Tensor) | undefined;
}

/** What a pooling makes of the steps so far: sums of float64, so that its size does not grow with time. */
interface Sums {
  /** @param row - one hidden vector. @param score - of attention */
  add(row: Float32Array, score: number): void;
  value(): Float32Array;
}

/**
 * The pooling of a recording in one direction whose steps come in pieces: after each piece what `Pooling.apply` gives for all steps so far.
 *
 * @throws {ConfigError} `config/streaming` for query, whose middle frame moves
 */
export function createRunningPooling({ kind, size, scores }: RunningPoolingOptions): RunningVector {
  const sums = createSums(kind, size);
  return {
    push: (hidden) => {
      const steps = hidden.length / size;
      if (steps === 0) return;
      const weights = scores && tf.tidy(() => scores(tf.tensor2d(hidden, [steps, size])).dataSync());
      for (let t = 0; t < steps; t++) sums.add(hidden.subarray(t * size, (t + 1) * size), weights?.[t] ?? 0);
    },
    vector: () => tf.tensor2d(sums.value(), [1, size]),
  };
}

function createSums(kind: ModelConfig['pooling'], size: number): Sums {
  switch (kind) {
    case 'attention':
      return attentionSums(size);
    case 'max':
      return greatestOf(size);
    case 'last': {
      const last = new Float32Array(size);
      return { add: (row) => last.set(row), value: () => last.slice() };
    }
    case 'mean':
      return meanOf(size);
    case 'query': {
      const message = 'pooling "query" reads the middle frame, which live sound does not have yet; train with another';
      throw new ConfigError('config/streaming', message);
    }
  }
}

function meanOf(size: number): Sums {
  const sum = new Float64Array(size);
  let steps = 0;
  return {
    add: (row) => {
      for (let i = 0; i < size; i++) sum[i]! += row[i]!;
      steps += 1;
    },
    value: () => Float32Array.from(sum, (value) => value / Math.max(1, steps)),
  };
}

function greatestOf(size: number): Sums {
  const greatest = new Float32Array(size).fill(-Infinity);
  return {
    add: (row) => {
      for (let i = 0; i < size; i++) greatest[i] = Math.max(greatest[i]!, row[i]!);
    },
    value: () => greatest.map((value) => (value === -Infinity ? 0 : value)),
  };
}

/** Σ e^(sₜ − m)·hₜ / Σ e^(sₜ − m), m the highest score so far. */
function attentionSums(size: number): Sums {
  const sum = new Float64Array(size);
  let total = 0;
  let highest = -Infinity;
  return {
    add: (row, score) => {
      if (score > highest) {
        const factor = Math.exp(highest - score);
        for (let i = 0; i < size; i++) sum[i]! *= factor;
        total *= factor;
        highest = score;
      }
      const weight = Math.exp(score - highest);
      total += weight;
      for (let i = 0; i < size; i++) sum[i]! += weight * row[i]!;
    },
    value: () => Float32Array.from(sum, (value) => (total > 0 ? value / total : 0)),
  };
}
