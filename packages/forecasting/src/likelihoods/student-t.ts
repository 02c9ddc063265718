import { sigmoid, softplus, type Likelihood } from './likelihood.js';
import { digamma, logGamma, regularisedBeta } from './special-functions.js';

/** As of the Gaussian. */
const narrowest = 1e-4;

/**
 * Student's t with location and scale: μ = o₀, σ = softplus(o₁) + 10⁻⁴, ν = 2 + softplus(o₂), so that the variance is
 * finite.
 *
 *   −ln p = ln Γ(ν/2) − ln Γ((ν + 1)/2) + ½ ln πν + ln σ + (ν + 1)/2 · ln(1 + y²/ν),   y = (x − μ) / σ
 */
export const studentT: Likelihood = {
  name: 'student-t',
  outputs: 3,
  support: 'real',
  negativeLogLikelihood(value, { values, at }, gradient) {
    const sigma = softplus(values[at + 1]!) + narrowest;
    const nu = 2 + softplus(values[at + 2]!);
    const y = (value - values[at]!) / sigma;
    const square = y * y;
    const logTail = Math.log1p(square / nu);
    const pull = ((nu + 1) * square) / (nu + square);
    gradient[0] = (-(nu + 1) * y) / ((nu + square) * sigma);
    gradient[1] = ((1 - pull) / sigma) * sigmoid(values[at + 1]!);
    const dNu = digamma(nu / 2) - digamma((nu + 1) / 2) + (1 - pull) / nu + logTail;
    gradient[2] = 0.5 * dNu * sigmoid(values[at + 2]!);
    const constant = logGamma(nu / 2) - logGamma((nu + 1) / 2) + 0.5 * Math.log(Math.PI * nu);
    return constant + Math.log(sigma) + 0.5 * (nu + 1) * logTail;
  },
  mean: ({ values, at }) => values[at]!,
  sample({ values, at }, draws) {
    const half = 1 + 0.5 * softplus(values[at + 2]!);
    const spread = Math.sqrt(half / draws.gamma(half));
    return values[at]! + (softplus(values[at + 1]!) + narrowest) * spread * draws.normal();
  },
  cumulative(value, { values, at }) {
    const nu = 2 + softplus(values[at + 2]!);
    const y = (value - values[at]!) / (softplus(values[at + 1]!) + narrowest);
    const tail = 0.5 * regularisedBeta(nu / (nu + y * y), nu / 2, 0.5);
    return y > 0 ? 1 - tail : tail;
  },
};
