import { crfForwardBackward, crfViterbi, type CrfForwardBackwardResult, type CrfViterbiResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { DecodeOptions, TagColumn, TagSequence } from '../types.js';
import { createSpanProbability, type ChainPosterior } from './span-probability.js';
import { tidyNumbers } from './tidy-numbers.js';

/** Scores of rows of tags: score(tags) = start[tag₁] + Σ emissions[tag] + Σ transitions[tag, next tag] + end[last tag]. */
export interface ChainScores {
  /** `[time, batch, tags]` */
  readonly emissions: tf.Tensor3D;
  /** `[tags, tags]`, from row to column */
  readonly transitions: tf.Tensor2D;
  /** `[tags]` */
  readonly start: tf.Tensor1D;
  /** `[tags]` */
  readonly end: tf.Tensor1D;
}

export interface DecodeChainOptions extends DecodeOptions {
  /** `[batch]` */
  readonly lengths: Int32Array;
  readonly column: Pick<TagColumn, 'tags' | 'trainedScheme'>;
}

/**
 * The rows of tags with the highest scores, and with `probabilities` what they are worth: p(tags) = exp(score(tags) − ln Σ exp(score)).
 * A softmax is a chain whose transitions are 0.
 *
 * @returns one a sentence; plain numbers alone
 */
export function decodeChain(scores: ChainScores, options: DecodeChainOptions): readonly TagSequence[] {
  const { lengths, probabilities = false, nBest = 1, column } = options;
  return tidyNumbers(() => {
    const tensors = { ...scores, lengths: tf.tensor1d(lengths, 'int32') };
    const best = readBest(crfViterbi(tensors, { nBest }), lengths);
    if (!probabilities && nBest === 1) return best.map(([first]) => ({ ids: first!.ids }));
    const sums = crfForwardBackward(tensors);
    const logPartition = sums.logPartition.dataSync<'float32'>();
    const posterior = posteriorReader(scores, sums, lengths);
    return best.map((rows, row): TagSequence => {
      const chain = probabilities ? posterior(row) : undefined;
      const alternatives = rows.map(({ ids, score }) => ({
        ids,
        probability: Math.min(1, Math.exp(score - logPartition[row]!)),
      }));
      return {
        ids: rows[0]!.ids,
        ...(chain && { marginals: chain.marginals, spanProbability: createSpanProbability(chain, column) }),
        ...(nBest > 1 && { alternatives }),
      };
    });
  });
}

/** The rows of tags of each sentence, best first. */
function readBest({ tags, scores }: CrfViterbiResult, lengths: Int32Array) {
  const [ids, values] = [tags.dataSync<'int32'>(), scores.dataSync<'float32'>()];
  const [ranks, timeSteps, batchSize] = tags.shape;
  return Array.from(lengths, (length, row) =>
    Array.from({ length: ranks }, (_, rank) => ({
      ids: Int32Array.from({ length }, (_, t) => ids[(rank * timeSteps + t) * batchSize + row]!),
      score: values[rank * batchSize + row]!,
    })).filter(({ score }, rank) => rank === 0 || score !== -Infinity),
  );
}

/** Numbers of one sentence out of those of a batch. */
function posteriorReader(
  { emissions, transitions }: ChainScores,
  { marginals, backward }: CrfForwardBackwardResult,
  lengths: Int32Array,
): (row: number) => ChainPosterior {
  const size = transitions.shape[0];
  const [probability, after, emission] = [marginals, backward, emissions].map((tensor) => tensor.dataSync<'float32'>());
  // An engine may hand out memory of its own, which ends with the tensor.
  const pairs = transitions.dataSync<'float32'>().slice();
  return (row) => {
    const length = lengths[row]!;
    const rowOf = (values: Float32Array) => {
      const own = new Float64Array(length * size);
      for (let t = 0; t < length; t++) {
        const first = (t * lengths.length + row) * size;
        own.set(values.subarray(first, first + size), t * size);
      }
      return own;
    };
    const onward = rowOf(emission!);
    rowOf(after!).forEach((score, i) => (onward[i]! += score));
    return { length, marginals: rowOf(probability!), onward, transitions: pairs };
  };
}
