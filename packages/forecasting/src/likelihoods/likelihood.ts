import type { Draws } from './draws.js';

/** A network's raw outputs for one value: `values[at]`, `values[at + 1]`, … */
export interface RawOutputs {
  values: ArrayLike<number>;
  at: number;
  /** data = scaled value · scale: enters likelihoods of counts, which have no other units */
  scale: number;
}

/**
 * A family of distributions over the next value of a series, with parameters from a network's raw outputs. Plain
 * functions of numbers, in float64; values come and go scaled, counts are turned into whole numbers inside.
 */
export interface Likelihood {
  readonly name: string;
  /** raw outputs of one value */
  readonly outputs: number;
  /** what can be observed at all */
  readonly support: 'real' | 'non-negative' | 'count';

  /**
   * −ln p(value), in nats.
   *
   * @param gradient - `[outputs]`, overwritten with the derivative by each raw output
   */
  negativeLogLikelihood(value: number, raw: RawOutputs, gradient: Float64Array): number;

  /** the expected value, scaled */
  mean(raw: RawOutputs): number;

  /** a random value, scaled */
  sample(raw: RawOutputs, draws: Draws): number;

  /** P(X ≤ value), of a scaled value */
  cumulative(value: number, raw: RawOutputs): number;
}

/** ln(1 + eˣ) without overflow: how a raw output becomes a positive parameter. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + e⁻ˣ), the derivative of `softplus`. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x));
}
