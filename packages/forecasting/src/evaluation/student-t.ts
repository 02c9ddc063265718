/**
 * P(|T| ≥ |t|) of Student's distribution: I_x(ν/2, ½) with x = ν / (ν + t²).
 *
 * @param degrees - ν, above 0
 * @see Abramowitz & Stegun 1964, 26.7.1 and 26.5.27
 */
export function studentTwoSided(t: number, degrees: number): number {
  return Number.isFinite(t) ? incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) : 0;
}

/** I_x(a, b), by the continued fraction of Abramowitz & Stegun 26.5.8 on the side where it converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(front) / a) * betaFraction(x, a, b);
}

/** 1/(1 + d₁/(1 + d₂/(1 + …))), from its front by the method of Lentz 1976. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let value = 1;
  let numerator = Infinity;
  let denominator = 1;
  for (let i = 1; i < 10_000; i++) {
    const m = Math.floor(i / 2);
    const term =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + i - 1) * (a + i))
        : (-(a + m) * (a + b + m) * x) / ((a + i - 1) * (a + i));
    denominator = 1 / (1 + term * denominator || tiny);
    numerator = 1 + term / numerator || tiny;
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < 1e-15) break;
  }
  return value;
}

/** ln Γ(x) for x > 0, by Stirling's series from 10 on, below by Γ(x + 1) = x·Γ(x). */
function logGamma(x: number): number {
  let shift = 0;
  let large = x;
  for (; large < 10; large++) shift += Math.log(large);
  const inverse = 1 / large;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (large - 0.5) * Math.log(large) - large + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
