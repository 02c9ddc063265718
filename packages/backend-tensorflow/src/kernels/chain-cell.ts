import type { TensorOps, Value } from '../tensor-ops.js';

/** Values of one step, each `[B, H]`. */
export interface ChainState {
  readonly h: Value;
  /** of an LSTM */
  readonly c?: Value | undefined;
}

/** What the forward pass keeps of a step for the backward pass. */
export interface KeptStep {
  /** activations, `[B, H]` each, as many as `gates` says */
  readonly gates: readonly Value[];
  readonly previous: ChainState;
  readonly next: ChainState;
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
  /** G: parts of a product */
  readonly parts: number;
  /** how many activations a step keeps */
  readonly kept: number;
  /** @returns the next state, and the activations that are kept */
  step(
    ops: TensorOps,
    products: { readonly input: Value; readonly state: Value },
    previous: ChainState,
  ): { readonly next: ChainState; readonly gates: readonly Value[] };
  /** @param dH - of the next state, as `dC` */
  stepGradient(ops: TensorOps, kept: KeptStep, dH: Value, dC: Value | undefined): StepGradient;
}
