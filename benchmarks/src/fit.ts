/** A measured cost: `y` at size `x`, both positive. */
export interface CostPoint {
  readonly x: number;
  readonly y: number;
}

/** How a cost grows, told in two ways. */
export interface CostFit {
  /** slope of ln y over ln x by least squares: 1 is proportional, less where a fixed cost weighs on small sizes */
  readonly exponent: number;
  /** of y = fixed + factor·x^power, by least squares of relative errors */
  readonly fixed: number;
  readonly factor: number;
  /** largest |fitted / measured − 1| */
  readonly deviation: number;
}

/** @param power - how the cost should grow @param points - of at least two sizes */
export function fitCost(points: readonly CostPoint[], power: number): CostFit {
  const logs = points.map(({ x, y }) => ({ u: Math.log(x), v: Math.log(y), weight: 1 }));
  const powers = points.map(({ x, y }) => ({ u: x ** power, v: y, weight: y ** -2 }));
  const { intercept, slope } = fitLine(powers);
  const errors = powers.map(({ u, v }) => Math.abs((intercept + slope * u) / v - 1));
  return { exponent: fitLine(logs).slope, fixed: intercept, factor: slope, deviation: Math.max(...errors) };
}

interface WeightedPoint {
  readonly u: number;
  readonly v: number;
  readonly weight: number;
}

/** v = intercept + slope·u, by weighted least squares. */
function fitLine(points: readonly WeightedPoint[]): { readonly intercept: number; readonly slope: number } {
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (value: (point: WeightedPoint) => number) =>
    points.reduce((sum, point) => sum + point.weight * value(point), 0) / total;
  const [u, v] = [mean((point) => point.u), mean((point) => point.v)];
  const covariance = mean((point) => (point.u - u) * (point.v - v));
  const slope = covariance / mean((point) => (point.u - u) ** 2);
  return { intercept: v - slope * u, slope };
}
