import { sigmoid, softplus, type Likelihood, type RawOutputs } from './likelihood.js';
import { digamma, logGamma, lowerGamma } from './special-functions.js';

const smallest = 1e-3;

/**
 * Amounts that are often exactly zero, as intermittent demand or rain: P(0) = π = sigmoid(o₀), else a gamma distribution
 * with mean μ = softplus(o₁) + 10⁻³ and shape k = softplus(o₂) + 10⁻³.
 *
 *   −ln p(0) = −ln π
 *   −ln p(x) = −ln(1 − π) − k ln(k/μ) + ln Γ(k) − (k − 1) ln x + k·x/μ     for x > 0
 *
 * Tweedie-like: a compound of Poisson and gamma has this form, with the two parts tied to each other.
 */
export const zeroInflatedGamma: Likelihood = {
  name: 'zero-inflated-gamma',
  outputs: 3,
  support: 'non-negative',
  negativeLogLikelihood(value, raw, gradient) {
    const { values, at } = raw;
    const logit = values[at]!;
    const zero = sigmoid(logit);
    if (value === 0) {
      gradient[0] = zero - 1;
      gradient[1] = 0;
      gradient[2] = 0;
      return softplus(-logit);
    }
    const { mu, k } = parametersOf(raw);
    const logX = Math.log(value);
    const logRate = Math.log(k / mu);
    gradient[0] = zero;
    gradient[1] = (k / mu) * (1 - value / mu) * sigmoid(values[at + 1]!);
    gradient[2] = (digamma(k) - logRate - 1 - logX + value / mu) * sigmoid(values[at + 2]!);
    return softplus(logit) - k * logRate + logGamma(k) - (k - 1) * logX + (k * value) / mu;
  },
  mean: (raw) => (1 - sigmoid(raw.values[raw.at]!)) * parametersOf(raw).mu,
  sample(raw, draws) {
    if (draws.uniform() < sigmoid(raw.values[raw.at]!)) return 0;
    const { mu, k } = parametersOf(raw);
    return (draws.gamma(k) * mu) / k;
  },
  cumulative(value, raw) {
    if (value < 0) return 0;
    const zero = sigmoid(raw.values[raw.at]!);
    const { mu, k } = parametersOf(raw);
    return zero + (1 - zero) * lowerGamma(k, (k * value) / mu);
  },
};

function parametersOf({ values, at }: RawOutputs): { mu: number; k: number } {
  return { mu: softplus(values[at + 1]!) + smallest, k: softplus(values[at + 2]!) + smallest };
}
