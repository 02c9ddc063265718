import type { ModelShape } from '../models.js';

export type Precision = 'float32' | 'bfloat16';

/**
 * What the driver asks of a worker: one JSON object a line on its standard input. The worker answers each with one line
 * on its standard output, in order, and is idle in between, so that only one worker computes at a time.
 */
export type Request =
  /** first; answered when the model has made its first batch-1 step */
  | {
      readonly request: 'start';
      readonly shape: ModelShape;
      readonly precision: Precision;
      readonly threads: number;
      readonly seed: number;
    }
  /** `steps` updates on random ids with the state carried; what is timed is forward, loss, backward, clipping, update */
  | { readonly request: 'train'; readonly steps: number }
  /** `steps` tokens of greedy generation at batch 1 with the state carried */
  | { readonly request: 'infer'; readonly steps: number }
  | { readonly request: 'memory' };

export interface Started {
  /** name, version and how it computes */
  readonly engine: string;
  readonly threads: number;
  /** compared between workers: the same model has the same number */
  readonly parameters: number;
}

export interface Trained {
  /** one number a step, in milliseconds */
  readonly stepMs: readonly number[];
  /** mean of the last step, in nats per token; near ln V on random ids, and a check that all train alike */
  readonly lossNats: number;
}

export interface Inferred {
  readonly stepMs: readonly number[];
}

export interface Memory {
  /** the largest resident memory since the process began */
  readonly peakBytes: number;
}

export interface Answers {
  readonly start: Started;
  readonly train: Trained;
  readonly infer: Inferred;
  readonly memory: Memory;
}
