import type { TensorOps, Value } from '../tensor-ops.js';
import type { SequenceValues, SequenceWalk, WalkFrame } from './chain.js';

/** Values of one step, each `[B, H]`. */
export interface ChainState {
  readonly h: Value;
  /** of an LSTM */
  readonly c?: Value | undefined;
}

/** What the forward pass left of all steps, `[T, B, H]` each. */
export interface KeptSteps {
  /** activations, as many as `kept` says */
  readonly gates: readonly Value[];
  readonly previousH: Value;
  readonly h: Value;
  /** of an LSTM */
  readonly previousC?: Value | undefined;
  readonly c?: Value | undefined;
}

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
  /** Whatever of the gradient does not depend on what comes from later steps, of all steps at once: `[T, B, H]` each. */
  factors(ops: TensorOps, kept: KeptSteps): readonly Value[];
  /**
   * @param factors - those of this step, `[B, H]` each
   * @param dNext - of the next state
   */
  stepGradient(ops: TensorOps, factors: readonly Value[], dNext: ChainState): StepGradient;
}
