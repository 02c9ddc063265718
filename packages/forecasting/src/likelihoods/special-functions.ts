/** From here on, Stirling's series with the terms below is exact to float64. */
const stirlingFrom = 10;

/**
 * ln Γ(x), by Stirling's series after Γ(x) = Γ(x + n) / (x·(x + 1)·…·(x + n − 1)):
 *
 *   (x − ½) ln x − x + ½ ln 2π + Σ B₂ₖ / (2k·(2k − 1)·x²ᵏ⁻¹)
 *
 * @param x - above 0
 */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  for (; shifted < stirlingFrom; shifted++) product *= shifted;
  const y = 1 / (shifted * shifted);
  const series =
    1 / 12 + y * (-1 / 360 + y * (1 / 1260 + y * (-1 / 1680 + y * (1 / 1188 + y * (-691 / 360360 + y / 156)))));
  const main = (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI);
  return main + series / shifted - Math.log(product);
}

/**
 * ψ(x) = d ln Γ(x) / dx, by ψ(x) = ψ(x + 1) − 1/x and
 *
 *   ln x − 1/(2x) − Σ B₂ₖ / (2k·x²ᵏ)
 *
 * @param x - above 0
 */
export function digamma(x: number): number {
  let sum = 0;
  let shifted = x;
  for (; shifted < stirlingFrom; shifted++) sum -= 1 / shifted;
  const y = 1 / (shifted * shifted);
  const series = 1 / 12 + y * (-1 / 120 + y * (1 / 252 + y * (-1 / 240 + y * (1 / 132 + y * (-691 / 32760 + y / 12)))));
  return sum + Math.log(shifted) - 0.5 / shifted - y * series;
}

/**
 * The regularised lower incomplete gamma function P(a, x), the distribution function of a gamma with scale 1.
 *
 * @param a - above 0
 * @param x - at least 0
 */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    // x^a e^−x / Γ(a) · Σ x^n / (a·(a + 1)·…·(a + n))
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  return (
    1 -
    front /
      continuedFraction(
        (n) => -n * (n - a),
        (n) => x + 2 * n + 1 - a,
      )
  );
}

/**
 * The regularised incomplete beta function I_x(a, b).
 *
 * @param x - 0 … 1
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logGamma(a) - logGamma(b) + logGamma(a + b));
  const numerator = (n: number) => {
    const m = Math.floor(n / 2);
    return n % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  return front / (a * continuedFraction(numerator, () => 1));
}

/** b₀ + a₁ / (b₁ + a₂ / (b₂ + …)), by the method of Lentz 1976. */
function continuedFraction(a: (n: number) => number, b: (n: number) => number): number {
  const tiny = 1e-300;
  let value = b(0) || tiny;
  let c = value;
  let d = 0;
  for (let n = 1; n < 10_000; n++) {
    d = 1 / (b(n) + a(n) * d || tiny);
    c = b(n) + a(n) / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return value;
}
