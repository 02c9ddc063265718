import type { Shape } from '../models.js';

export type Precision = 'float32' | 'bfloat16';

/**
 * What one measured repetition is: a training step, or of a sentence tagger some; a step at batch 1; the tagging of
 * sentences; of sound its features, a CTC loss with its gradient, a recording recognised as a whole, live, or one piece of it live; or one
 * product of a `products` shape, named by its sizes.
 */
export type Work =
  'train' | 'infer' | 'tag' | 'features' | 'loss' | 'whole' | 'live' | 'piece' | `${number}x${number}x${number}`;

/**
 * What the driver asks of a worker: one JSON object a line on its standard input. The worker answers each with one line
 * on its standard output, in order, and is idle in between, so that only one worker computes at a time.
 */
export type Request =
  /** first; answered when the model is there */
  | {
      readonly request: 'start';
      readonly shape: Shape;
      readonly precision: Precision;
      readonly threads: number;
      readonly seed: number;
      /** of the batches of a tagger or translator, which are then used in turn */
      readonly lengths?: readonly (readonly number[])[];
    }
  /**
   * `count` repetitions, fewer if `budgetMs` are over before, at least one.
   *
   * train: an update on random ids; timed are forward, loss, backward, clipping and update.
   * Of a sentence tagger an update on each of its batches; its side of unroll makes them anew each time.
   * tag: the tags of sentences, from sentences to names of tags by unroll, from batches to ids by others.
   * piece: each piece of `count` recordings; live: all pieces of one.
   * infer, of a language model: a token of greedy generation with the state carried, the choice included; of a stack: a
   * step of its layers with the state carried.
   */
  | { readonly request: 'run'; readonly work: Work; readonly count: number; readonly budgetMs: number }
  | { readonly request: 'memory' };

export interface Started {
  /** name, version and how it computes */
  readonly engine: string;
  readonly threads: number;
  /** compared between workers: the same model has the same number */
  readonly parameters: number;
}

export interface Ran {
  /** one number a repetition */
  readonly ms: readonly number[];
  /** of training: mean of the last step, in nats per token; of a CTC loss: mean over the sequences; a check that all do alike */
  readonly lossNats?: number;
  /** of features: their mean, a check that all compute the same */
  readonly meanDecibels?: number;
}

export interface Memory {
  /** the largest resident memory since the process began */
  readonly peakBytes: number;
}

export interface Answers {
  readonly start: Started;
  readonly run: Ran;
  readonly memory: Memory;
}
