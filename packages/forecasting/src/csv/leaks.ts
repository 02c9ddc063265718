import type { Panel } from '../types.js';
import type { ColumnRoles } from './columns.js';

/** A correlation that no honest covariate reaches. */
const leak = 0.9999;

/**
 * Warns of covariates that are the target itself or a linear copy of it at the same step: known for the future they say
 * what is to be forecast.
 */
export function warnOfLeaks(panel: Panel, roles: ColumnRoles, onProgress: (line: string) => void): void {
  for (const kind of ['known', 'past'] as const) {
    for (const [column, { index, name, categorical }] of roles[kind].entries()) {
      if (categorical) continue;
      for (const [channel, targetName] of panel.targetNames.entries()) {
        const same = roles.targets[channel] === index;
        if (!same && correlation(panel, { kind, column, channel }) < leak) continue;
        const what = same
          ? 'is the target itself'
          : `is ${targetName} in other units or a copy (correlation 1 at the same step)`;
        const consequence =
          kind === 'known'
            ? 'it says what is to be forecast, and will not be known of the future'
            : 'a model reads the past of the target anyway';
        onProgress(`warning: the ${kind} covariate ${name} ${what}: ${consequence}`);
        break;
      }
    }
  }
}

interface Pair {
  readonly kind: 'known' | 'past';
  readonly column: number;
  readonly channel: number;
}

/** Of the values that both have, pooled over series around their own means; 0 where either is constant. */
function correlation({ series }: Panel, { kind, column, channel }: Pair): number {
  let [xx, yy, xy] = [0, 0, 0];
  for (const one of series) {
    const x = one[kind][column]!;
    const y = one.targets[channel]!;
    let [count, sumX, sumY] = [0, 0, 0];
    for (let step = 0; step < y.length; step++) {
      if (x[step] !== x[step] || y[step] !== y[step]) continue;
      count += 1;
      sumX += x[step]!;
      sumY += y[step]!;
    }
    for (let step = 0; step < y.length; step++) {
      if (x[step] !== x[step] || y[step] !== y[step]) continue;
      const dx = x[step]! - sumX / count;
      const dy = y[step]! - sumY / count;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
  }
  return xx > 0 && yy > 0 ? Math.abs(xy) / Math.sqrt(xx * yy) : 0;
}
