import { regularisedBeta } from '../likelihoods/special-functions.js';

/**
 * P(|T| ≥ |t|) of Student's distribution: I_x(ν/2, ½) with x = ν / (ν + t²).
 *
 * @param degrees - ν, above 0
 * @see Abramowitz & Stegun 1964, 26.7.1 and 26.5.27
 */
export function studentTwoSided(t: number, degrees: number): number {
  if (t === 0) return 1;
  return Number.isFinite(t) ? regularisedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) : 0;
}
