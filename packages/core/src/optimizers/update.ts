import type * as tf from '@tensorflow/tfjs-core';
import type { OptimizerRule } from '../ops/kernel-names.js';
import type { Gradient } from './gradient.js';
import type { GroupSettings } from './parameter-groups.js';

/** One parameter with what belongs to it. */
export interface OptimizedParameter {
  readonly name: string;
  readonly variable: tf.Variable;
  /** moments in the order of `slotNames`, zeros at first, same shape as the variable */
  readonly slots: readonly tf.Variable[];
  readonly settings: GroupSettings;
}

export interface UpdateOptions {
  /** 1 for the first update */
  readonly step: number;
  readonly learningRate: number;
  /** multiplies the gradients before anything else */
  readonly gradientScale: number;
}

/** What both ways of updating, the fused kernel and the readable formulas, are given. */
export interface Update extends UpdateOptions {
  readonly parameters: readonly OptimizedParameter[];
  /** one for each parameter, in the same order */
  readonly gradients: readonly Gradient[];
  readonly rule: OptimizerRule;
  readonly clipNorm: number;
  readonly clipValue: number;
}

/** One rule for one parameter: pure, all tensors of one shape. */
export type RuleStep = (
  weights: tf.Tensor,
  gradient: tf.Tensor,
  context: { readonly learningRate: number; readonly step: number; readonly slots: readonly tf.Tensor[] },
) => { readonly weights: tf.Tensor; readonly slots: readonly tf.Tensor[] };
