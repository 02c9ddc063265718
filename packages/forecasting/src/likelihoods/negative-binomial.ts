import { sigmoid, softplus, type Likelihood, type RawOutputs } from './likelihood.js';
import { digamma, logGamma, regularisedBeta } from './special-functions.js';

const smallestMean = 1e-6;
/** below it, it is a Poisson distribution for all that float64 can tell */
const smallestDispersion = 1e-4;

/**
 * Counts z = 0, 1, 2, … with mean μ and variance μ + α·μ²: μ = scale · (softplus(o₀) + 10⁻⁶),
 * α = softplus(o₁) / √scale + 10⁻⁴.
 *
 *   −ln p = ln z! + ln Γ(1/α) − ln Γ(z + 1/α) + (z + 1/α) ln(1 + αμ) − z ln(αμ)
 *
 * @see Salinas, Flunkert, Gasthaus & Januschowski 2020, sections 3.1 and 3.3
 */
export const negativeBinomial: Likelihood = {
  name: 'negative-binomial',
  outputs: 2,
  support: 'count',
  negativeLogLikelihood(value, raw, gradient) {
    const { values, at, scale } = raw;
    const z = Math.round(value * scale);
    const { mu, alpha } = parametersOf(raw);
    const r = 1 / alpha;
    const logOdds = Math.log1p(alpha * mu);
    const dMu = (mu - z) / (mu * (1 + alpha * mu));
    const dAlpha = r * r * (digamma(z + r) - digamma(r) - logOdds) + ((z + r) * mu) / (1 + alpha * mu) - z * r;
    gradient[0] = dMu * scale * sigmoid(values[at]!);
    gradient[1] = (dAlpha * sigmoid(values[at + 1]!)) / Math.sqrt(scale);
    const gammas = logGamma(z + 1) + logGamma(r) - logGamma(z + r);
    return gammas + (z + r) * logOdds - z * Math.log(alpha * mu);
  },
  mean: (raw) => parametersOf(raw).mu / raw.scale,
  /** a Poisson distribution whose mean is drawn from a gamma distribution */
  sample(raw, draws) {
    const { mu, alpha } = parametersOf(raw);
    return draws.poisson(draws.gamma(1 / alpha) * alpha * mu) / raw.scale;
  },
  cumulative(value, raw) {
    const { mu, alpha } = parametersOf(raw);
    // a little more than the value, because what was scaled and back may be a little less than whole
    const count = Math.floor(value * raw.scale + 1e-4);
    return count < 0 ? 0 : regularisedBeta(1 / (1 + alpha * mu), 1 / alpha, count + 1);
  },
};

function parametersOf({ values, at, scale }: RawOutputs): { mu: number; alpha: number } {
  return {
    mu: scale * (softplus(values[at]!) + smallestMean),
    alpha: softplus(values[at + 1]!) / Math.sqrt(scale) + smallestDispersion,
  };
}
