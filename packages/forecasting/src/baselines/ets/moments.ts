import type { LocalForecast } from '../local-forecaster.js';
import type { EtsForm } from './form.js';
import { places } from './smoothing-pass.js';

interface Future {
  /** coefficients and the last state; see `places` */
  readonly state: Float64Array;
  /** of the one-step errors */
  readonly variance: number;
  /** steps that led to the state, for the phase of the season */
  readonly length: number;
  readonly horizon: number;
}

/**
 * Means and standard deviations of the steps ahead.
 *
 * Additive errors, and multiplicative ones with a season that is added, have closed forms; where parts are multiplied,
 * the second moments of (ℓ, b) are carried along. These are exact up to one season ahead, and of the first order in the
 * variance beyond it.
 *
 * @see Hyndman, Koehler, Ord & Snyder 2008, chapter 6: classes 1, 2 and 3
 */
export function etsMoments(form: EtsForm, future: Future): LocalForecast {
  const { state, length, horizon } = future;
  const seasonality = form.season === 'none' ? 0 : state.length - places.season;
  const index = (i: number) => (seasonality > 0 ? state[places.season + ((length + i) % seasonality)]! : 0);
  const mean = new Float64Array(horizon);
  let trend = state[places.trend]!;
  let base = state[places.level]!;
  for (let i = 0; i < horizon; i++) {
    trend *= state[places.phi]!;
    base += trend;
    mean[i] = form.season === 'multiplicative' ? base * index(i) : base + index(i);
  }
  if (form.season === 'multiplicative') return { mean, deviation: multipliedDeviation(future, { mean, index }) };
  const weights = errorWeights(state, { seasonality, horizon });
  if (form.error === 'additive') {
    let sum = 1;
    const deviation = mean.map((_, i) => {
      if (i > 0) sum += weights[i]! ** 2;
      return Math.sqrt(future.variance * sum);
    });
    return { mean, deviation };
  }
  return { mean, deviation: relativeDeviation(mean, weights, future.variance) };
}

/** c(j) = α + β·(φ + … + φʲ) + γ·[m divides j]: what an error moves the mean j steps later by. */
function errorWeights(
  state: Float64Array,
  { seasonality, horizon }: { seasonality: number; horizon: number },
): Float64Array {
  let [power, sum] = [1, 0];
  return Float64Array.from({ length: horizon }, (_, j) => {
    if (j === 0) return 1;
    power *= state[places.phi]!;
    sum += power;
    const seasonal = seasonality > 0 && j % seasonality === 0 ? state[places.gamma]! : 0;
    return state[places.alpha]! + state[places.beta]! * sum + seasonal;
  });
}

/** θ(h) = μ(h)² + σ² Σ c(j)²·θ(h−j), the mean square of μ; the variance is (1 + σ²)·θ(h) − μ(h)². */
function relativeDeviation(mean: Float64Array, weights: Float64Array, variance: number): Float64Array {
  const squares = new Float64Array(mean.length);
  return mean.map((value, i) => {
    let sum = 0;
    for (let j = 1; j <= i; j++) sum += weights[j]! ** 2 * squares[i - j]!;
    squares[i] = value * value + variance * sum;
    return Math.sqrt((1 + variance) * squares[i] - value * value);
  });
}

/**
 * By M = E[u·u′] of u = (ℓ, b): u(t) = F·u + ε·K·u, F = [[1, φ], [0, φ]], K = [[α, αφ], [β, βφ]]. An error that moved an
 * index by γ moved the base that it is multiplied with by c, k seasons later, which adds 2·γ·c·σ² of μ².
 */
function multipliedDeviation(
  { state, variance, horizon }: Future,
  { mean, index }: { mean: Float64Array; index: (i: number) => number },
): Float64Array {
  const [alpha, beta, gamma, phi] = [state[0]!, state[1]!, state[2]!, state[3]!];
  const seasonality = state.length - places.season;
  const weights = errorWeights(state, { seasonality: 0, horizon });
  const [level, trend] = [state[places.level]!, state[places.trend]!];
  let [ll, lb, bb] = [level * level, level * trend, trend * trend];
  let [ofSeason, together] = [1, 0];
  const deviation = new Float64Array(horizon);
  for (let i = 0; i < horizon; i++) {
    const square = ll + 2 * phi * lb + phi * phi * bb;
    if (i > 0 && i % seasonality === 0) {
      ofSeason *= 1 + gamma * gamma * variance;
      together += 2 * gamma * weights[i]! * variance;
    }
    const spread = (1 + variance) * square * ofSeason * index(i) ** 2 - mean[i]! ** 2;
    deviation[i] = Math.sqrt(Math.max(0, spread + together * mean[i]! ** 2));
    [ll, lb, bb] = [
      square * (1 + alpha * alpha * variance),
      phi * (lb + phi * bb) + square * alpha * beta * variance,
      phi * phi * bb + square * beta * beta * variance,
    ];
  }
  return deviation;
}
