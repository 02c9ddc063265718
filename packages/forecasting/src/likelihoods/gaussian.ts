import { sigmoid, softplus, type Likelihood } from './likelihood.js';
import { normalDistribution } from './normal-distribution.js';

/** No narrower than this, in scaled units: a constant stretch would otherwise end in infinite density. */
const narrowest = 1e-4;

/**
 * The normal distribution: μ = o₀, σ = softplus(o₁) + 10⁻⁴.
 *
 *   −ln p = ln σ + ½ ln 2π + ½ y²,   y = (x − μ) / σ
 */
export const gaussian: Likelihood = {
  name: 'gaussian',
  outputs: 2,
  support: 'real',
  negativeLogLikelihood(value, { values, at }, gradient) {
    const sigma = softplus(values[at + 1]!) + narrowest;
    const y = (value - values[at]!) / sigma;
    gradient[0] = -y / sigma;
    gradient[1] = ((1 - y * y) / sigma) * sigmoid(values[at + 1]!);
    return Math.log(sigma) + 0.5 * Math.log(2 * Math.PI) + 0.5 * y * y;
  },
  mean: ({ values, at }) => values[at]!,
  sample: ({ values, at }, draws) => values[at]! + (softplus(values[at + 1]!) + narrowest) * draws.normal(),
  cumulative: (value, { values, at }) =>
    normalDistribution((value - values[at]!) / (softplus(values[at + 1]!) + narrowest)),
};
