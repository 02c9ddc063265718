import { uniform, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { EncodedSource, TargetBatch, TranslationModel } from '../types.js';

export interface ScheduledSamplingOptions {
  readonly encoded: EncodedSource;
  readonly target: TargetBatch;
  /** chance of the decoder's own token at each place but the first */
  readonly rate: number;
  readonly key: RandomKey;
}

/**
 * What the decoder reads when some of its inputs are its own most probable tokens: step by step, each step after those before it. The
 * choice is no part of the gradient, and there is no dropout in it.
 *
 * @returns `[time, batch]`, as `target.inputs`
 * @see Bengio, Vinyals, Jaitly & Shazeer 2015
 */
export function scheduledInputs(
  model: TranslationModel,
  { encoded, target, rate, key }: ScheduledSamplingOptions,
): Int32Array {
  const { batchSize } = encoded.source;
  const inputs = target.inputs.slice();
  const own = uniform(key, inputs.length).map((value) => (value < rate ? 1 : 0));
  withoutTape(() => {
    let state = encoded.initial;
    for (let t = 0; t + 1 < target.timeSteps; t++) {
      const step = model.step(encoded, inputs.subarray(t * batchSize, (t + 1) * batchSize), state);
      const best = tf.argMax(step.logProbabilities, 1).dataSync();
      state = step.state;
      const next = (t + 1) * batchSize;
      for (let sentence = 0; sentence < batchSize; sentence++) {
        if (own[next + sentence] === 1) inputs[next + sentence] = best[sentence]!;
      }
    }
  });
  return inputs;
}

/** Runs `compute` so that a gradient that is being taken sees nothing of it. */
function withoutTape(compute: () => void): void {
  const hidden = tf.customGrad(() => {
    compute();
    return { value: tf.scalar(0), gradFunc: () => [] };
  });
  tf.dispose(hidden());
}
