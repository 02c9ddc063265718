import type { CurvesResult } from '../harness/bench-result.js';
import { describeHead } from './measured-on.js';
import { formatTable } from './markdown.js';

/** Steps between two rows. */
const interval = 200;

/** The training loss of each precision, then the validation perplexity after the epoch. */
export function formatCurves(result: CurvesResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const { curves } = result;
  const [first] = curves;
  const head = ['step', ...curves.map(({ precision }) => precision), 'difference'];
  const steps = first!.losses.map(({ step }) => step).filter((step) => step % interval === 0);
  const rows = steps.map((step) => {
    const losses = curves.map((curve) => curve.losses.find((point) => point.step === step)!.lossNats);
    return row(String(step), losses, 3);
  });
  const perplexities = curves.map(({ validPerplexity }) => validPerplexity);
  return `${formatTable([head, ...rows, row('validation perplexity', perplexities, 2)])}\n\n${describeHead(result)}.`;
}

function row(name: string, values: readonly number[], decimals: number): readonly string[] {
  const difference = values[1]! - values[0]!;
  return [name, ...values.map((value) => value.toFixed(decimals)), difference.toFixed(decimals)];
}
