import {
  createParameter,
  forbiddenScore,
  crfLogLikelihood,
  deriveKey,
  initializers,
  Linear,
  type Parameters,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { allowedTransitions, type AllowedTransitions } from '../schemes/transitions.js';
import type { TagHead } from '../types.js';
import { decodeChain } from './chain.js';
import type { HeadOptions } from './create-head.js';
import { tidyNumbers } from './tidy-numbers.js';

/**
 * A linear-chain conditional random field: the best row of tags, and not the row of best tags.
 *
 *   score(tags) = start[tag₁] + Σₜ (hₜ·W + b)[tagₜ] + Σₜ transitions[tagₜ, tagₜ₊₁] + end[tag_T]
 *   p(tags | x) = exp(score(tags)) / Σ over all rows of exp(score)      loss = −ln p(known tags | x)
 *
 * A row of which some tags are not known (−1) counts with all rows that have the known ones. `constrained` takes those rows out of the
 * sum which the scheme does not allow, in training and in decoding alike.
 *
 * Parameters: `kernel` `[inputSize, tags]`, `bias` `[tags]`, `transitions` `[tags, tags]` from row to column, `start` `[tags]`,
 * `end` `[tags]`.
 *
 * @see Lafferty, McCallum & Pereira 2001; Tsuboi, Kashima, Oda, Mori & Matsumoto 2008 for rows of which some tags are known
 */
export function createCrfHead({
  column,
  inputSize,
  key,
  constrained,
}: HeadOptions & { readonly constrained: boolean }): TagHead {
  const emissions = new Linear({ inputSize, outputSize: column.tags.size, key });
  return createChainHead({ column, key, constrained, emissions });
}

export interface ChainHeadOptions extends Omit<HeadOptions, 'inputSize'> {
  readonly constrained: boolean;
  /** from hidden vectors to scores of tags */
  readonly emissions: { readonly parameters: Parameters; apply(hidden: tf.Tensor): tf.Tensor };
}

/** The same with scores of tags from elsewhere. */
export function createChainHead({ column, key, constrained, ...options }: ChainHeadOptions): TagHead {
  const size = column.tags.size;
  const own = {
    transitions: createParameter<tf.Rank.R2>([size, size], initializers.uniform(0.1), deriveKey(key, 'transitions')),
    start: createParameter<tf.Rank.R1>([size], initializers.zeros, key),
    end: createParameter<tf.Rank.R1>([size], initializers.zeros, key),
  };
  const constraints = constrained
    ? constraintsOf(allowedTransitions(column.tags.tokens, column.trainedScheme))
    : undefined;
  const emissions = (hidden: tf.Tensor3D) => options.emissions.apply(hidden) as tf.Tensor3D;
  const scores = (hidden: tf.Tensor3D) => ({
    emissions: emissions(hidden),
    transitions: constraints
      ? tf.add<tf.Tensor2D>(own.transitions, tf.tensor2d(constraints.pairs, [size, size]))
      : own.transitions,
    start: constraints ? tf.add<tf.Tensor1D>(own.start, constraints.start) : own.start,
    end: constraints ? tf.add<tf.Tensor1D>(own.end, constraints.end) : own.end,
  });
  return {
    column,
    parameters: { ...options.emissions.parameters, ...own },
    emissions,
    loss: (hidden, { lengths }, targets) =>
      tf.tidy(() => {
        const tags = tf.tensor2d(targets, [hidden.shape[0], hidden.shape[1]], 'int32');
        const tensors = { ...scores(hidden), tags, lengths: tf.tensor1d(lengths, 'int32') };
        return tf.neg<tf.Scalar>(tf.sum(crfLogLikelihood(tensors)));
      }),
    decode: (hidden, { lengths }, options) =>
      tidyNumbers(() => decodeChain(scores(hidden), { ...options, lengths, column })),
  };
}

/** What is added to scores: 0 where the scheme allows them. */
function constraintsOf({ start, end, pairs }: AllowedTransitions) {
  return { start: penalties(start), end: penalties(end), pairs: penalties(pairs) };
}

function penalties(allowed: Uint8Array): Float32Array {
  return Float32Array.from(allowed, (mark) => (mark ? 0 : forbiddenScore));
}
