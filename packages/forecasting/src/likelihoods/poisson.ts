import { sigmoid, softplus, type Likelihood, type RawOutputs } from './likelihood.js';
import { logGamma, lowerGamma } from './special-functions.js';

const smallest = 1e-6;

/**
 * Counts z = 0, 1, 2, … with mean λ = scale · (softplus(o₀) + 10⁻⁶).
 *
 *   −ln p = λ − z ln λ + ln z!
 */
export const poisson: Likelihood = {
  name: 'poisson',
  outputs: 1,
  support: 'count',
  negativeLogLikelihood(value, raw, gradient) {
    const count = Math.round(value * raw.scale);
    const lambda = rate(raw);
    gradient[0] = (1 - count / lambda) * raw.scale * sigmoid(raw.values[raw.at]!);
    return lambda - count * Math.log(lambda) + logGamma(count + 1);
  },
  mean: (raw) => rate(raw) / raw.scale,
  sample: (raw, draws) => draws.poisson(rate(raw)) / raw.scale,
  cumulative(value, raw) {
    // a little more than the value, because what was scaled and back may be a little less than whole
    const count = Math.floor(value * raw.scale + 1e-4);
    return count < 0 ? 0 : 1 - lowerGamma(count + 1, rate(raw));
  },
};

function rate({ values, at, scale }: RawOutputs): number {
  return scale * (softplus(values[at]!) + smallest);
}
