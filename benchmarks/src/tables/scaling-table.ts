import type { ScalingResult } from '../harness/bench-result.js';
import { describeHead } from './measured-on.js';
import { formatTable } from './markdown.js';

/** How the cost of a training step grows: one row for each size that was varied. */
export function formatScalingTable(result: ScalingResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const head = ['against', 'milliseconds a step, fastest', 'expected', 'fitted exponent', 'largest deviation'];
  const rows = result.axes.map(({ name, letter, power, points, fit }) => [
    name,
    points.map(({ value, ms }) => `${letter} ${value}: ${ms.minimum.toFixed(1)}`).join(', '),
    power === 1 ? `a + b·${letter}` : `a + b·${letter}²`,
    fit.exponent.toFixed(2),
    `${(100 * fit.deviation).toFixed(1)} %`,
  ]);
  return `${formatTable([head, ...rows])}\n\n${describeHead(result)}; ${result.axes[0]!.engine}.`;
}
