/**
 * The level of the standard normal distribution below which a share `p` of it lies, to about 1e-12: Newton's method on
 *
 *   Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + …)
 *
 * @param p - in (0, 1)
 *
 * @see Marsaglia 2004, "Evaluating the normal distribution", for the series
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  // The tail's bound φ(z)/|z| starts Newton on the side from which it converges without overshooting.
  let z = p < 0.02 ? -Math.sqrt(-2 * Math.log(p * Math.sqrt(-4 * Math.PI * Math.log(p)))) : (p - 0.5) * 2.5;
  for (let i = 0; i < 60; i++) {
    const step = (normalDistribution(z) - p) / density(z);
    z -= Math.max(-0.5, Math.min(0.5, step));
    if (Math.abs(step) < 1e-13 * (1 + Math.abs(z))) break;
  }
  return z;
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Φ(z), with full relative precision for z < 0. */
export function normalDistribution(z: number): number {
  // Far out in the tail ½ and the series cancel; there the continued fraction is exact.
  if (z < -4) return density(z) * tailRatio(-z);
  if (z > 4) return 1 - normalDistribution(-z);
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** (1 − Φ(z)) / φ(z) = 1/(z + 1/(z + 2/(z + 3/(z + …)))), by Laplace, for z > 0. */
function tailRatio(z: number): number {
  let fraction = z;
  for (let k = 60; k > 0; k--) fraction = z + k / fraction;
  return 1 / fraction;
}
