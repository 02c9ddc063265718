import * as tf from '@tensorflow/tfjs-core';
import { OptimizerStep, type OptimizerStepAttributes } from '../ops/kernel-names.js';
import { hasRows } from './gradient.js';
import type { Update } from './update.js';

/** One update by the engine's `OptimizerStep`, in one pass over memory. @returns the gradient norm before clipping */
export function applyFused(update: Update): number {
  const { parameters, gradients, ...rest } = update;
  const attributes: OptimizerStepAttributes = {
    ...rest,
    updates: parameters.map(({ variable, slots, settings }, i) => {
      const gradient = gradients[i]!;
      return {
        ...settings,
        ...(hasRows(gradient) ? { gradient: gradient.values, rows: gradient.rows } : { gradient }),
        parameter: variable,
        slots,
        // A vector has no incoming weights whose norm could be held.
        maxNorm: variable.rank < 2 ? 0 : settings.maxNorm,
      };
    }),
    result: { gradientNorm: Number.NaN },
  };
  const kernel = tf.getKernel(OptimizerStep, tf.getBackend());
  kernel.kernelFunc({ inputs: {}, attrs: attributes as unknown as tf.NamedAttrMap, backend: tf.backend() });
  return attributes.result.gradientNorm;
}
