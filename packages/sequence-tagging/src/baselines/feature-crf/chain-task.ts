import { Embedding, initializers, prefixParameters, type BatchSource, type RandomKey, type Task } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TagHead } from '../../types.js';

/** The features of one sentence, and its tags where they are known. */
export interface FeatureExample {
  readonly length: number;
  /** `[token, template]`, rows of the table of weights */
  readonly features: Int32Array;
  /** `[token]` */
  readonly targets?: Int32Array;
}

/** Sentences padded to one length; plain arrays, time-major. */
export interface FeatureBatch {
  readonly timeSteps: number;
  readonly lengths: Int32Array;
  readonly count: number;
  /** `[template, time, batch]`; 0 in padding, which nobody reads */
  readonly features: Int32Array;
  /** `[time, batch]` */
  readonly targets: Int32Array;
}

/** Weights of features: a tag's score is the sum of its weights of a token's features. */
export class FeatureWeights {
  readonly #table: Embedding;
  readonly #templates: number;

  constructor({ size, templates, tags, key }: { size: number; templates: number; tags: number; key: RandomKey }) {
    this.#templates = templates;
    this.#table = new Embedding({ vocabularySize: size, embeddingSize: tags, key, initializer: initializers.zeros });
  }

  get parameters() {
    return this.#table.parameters;
  }

  /** @returns `[time, batch, tags]`; the caller owns it */
  apply({ features, timeSteps, lengths }: FeatureBatch): tf.Tensor3D {
    return tf.tidy(() => {
      const rows = this.#table.apply(tf.tensor2d(features, [this.#templates, timeSteps * lengths.length], 'int32'));
      return tf.reshape(tf.sum(rows, 0), [timeSteps, lengths.length, -1]);
    });
  }
}

export function batchOf(examples: readonly FeatureExample[], templates: number): FeatureBatch {
  const batchSize = examples.length;
  const lengths = Int32Array.from(examples, ({ length }) => length);
  const timeSteps = lengths.reduce((longest, length) => Math.max(longest, length), 1);
  const places = timeSteps * batchSize;
  const features = new Int32Array(templates * places);
  const targets = new Int32Array(places);
  examples.forEach((example, row) => {
    for (let t = 0; t < example.length; t++) {
      const place = t * batchSize + row;
      targets[place] = example.targets?.[t] ?? -1;
      for (let i = 0; i < templates; i++) features[i * places + place] = example.features[t * templates + i]!;
    }
  });
  return { timeSteps, lengths, count: lengths.reduce((sum, length) => sum + length, 0), features, targets };
}

/** The likelihood of tags by their features, for the trainer of every network. */
export function createFeatureTask(
  weights: FeatureWeights,
  head: TagHead,
  train: BatchSource<FeatureBatch>,
): Task<FeatureBatch> {
  return {
    name: 'feature-crf',
    parameters: {
      ...prefixParameters('features', weights.parameters),
      ...prefixParameters('tags', head.parameters),
    },
    train,
    loss: (batch) => ({ sum: head.loss(weights.apply(batch), batch, batch.targets), count: batch.count }),
    lossDivisor: (_, count) => count,
    scores: (lossSum, count) => ({ loss: lossSum / count, count }),
    bestScore: { name: 'loss', better: 'lower' },
  };
}
