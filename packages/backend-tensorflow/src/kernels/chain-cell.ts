import type { TensorOps, Value } from '../tensor-ops.js';
import type { SequenceValues, SequenceWalk, WalkFrame } from './chain.js';

/** Values of one step, each `[B, H]`. */
export interface ChainState {
  readonly h: Value;
  /** of an LSTM */
  readonly c?: Value | undefined;
}

/** What the forward pass left of all steps, `[T, B, H]` each, and what it was given. */
export interface KeptSteps {
  readonly values: SequenceValues;
  /** steps in the order in which they were walked */
  readonly order: readonly number[];
  /** activations, as many as `kept` says */
  readonly gates: readonly Value[];
  readonly previousH: Value;
  readonly h: Value;
  /** of an LSTM */
  readonly c?: Value | undefined;
}

/** @param dNext - of the state after step `t` */
export type StepBack = (t: number, dNext: ChainState) => StepGradient;

export interface StepGradient {
  /** of x·W + b, `[B, G·H]` */
  readonly inputProduct: Value;
  /** of h·R (+ the recurrent bias), `[B, G·H]`; the same tensor where both are only added */
  readonly stateProduct: Value;
  /** what reaches the previous h past the recurrent product */
  readonly previousH?: Value | undefined;
  readonly previousC?: Value | undefined;
}

/** A cell as a chain of TensorFlow's ops; the equations are those of core's cell of the same name. */
export interface ChainCell {
  /** how many activations a step keeps */
  readonly kept: number;
  /** the whole forward pass in one op, where TensorFlow has it */
  readonly block?: (ops: TensorOps, values: SequenceValues, frame: WalkFrame) => SequenceWalk;
  /** @returns the next state, and the activations that are kept */
  step(
    ops: TensorOps,
    products: { readonly input: Value; readonly state: Value },
    previous: ChainState,
  ): { readonly next: ChainState; readonly gates: readonly Value[] };
  /** The gradient of a step. What does not depend on later steps is computed first, for all steps at once. */
  gradient(ops: TensorOps, kept: KeptSteps): StepBack;
  /** Where each gate of the kernels stands in the products of `gradient`, if not in its own place; gates may only change places in pairs. */
  readonly gradientPlaces?: readonly number[];
}
