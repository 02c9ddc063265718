import type { TaggingResult } from '../harness/bench-result.js';
import { tokensPerSecond } from '../measures/tagging.js';
import { formatTable } from './markdown.js';
import { describeHead } from './measured-on.js';

const whole = (value: number) => Math.round(value).toLocaleString('en-US');

/** Tokens a second of every peer with either head, and what a CRF costs. */
export function formatTaggingTable(result: TaggingResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const { comparisons, crf } = result.tagging;
  const rows = comparisons.flatMap((comparison) =>
    comparison.measurements.map((measurement) => {
      const { training, tagging } = tokensPerSecond(comparison, measurement);
      const speedup = comparison.speedups.find(({ against }) => against === measurement.peer);
      const faster = (work: 'train' | 'tag') => (speedup ? `${speedup.work[work]!.median.toFixed(2)}×` : '–');
      return [comparison.shape.head, measurement.peer, whole(training), faster('train'), whole(tagging), faster('tag')];
    }),
  );
  const header = ['head', 'peer', 'training, tokens/s', 'unroll faster', 'tagging, tokens/s', 'unroll faster'];
  const share = `The CRF itself takes ${((100 * crf.crfMs) / crf.stepMs).toFixed(1)} % of unroll's training step.`;
  const engines = new Set(comparisons.flatMap(({ measurements }) => measurements.map(({ engine }) => engine)));
  return `${formatTable([header, ...rows])}\n\n${share}\n\n${describeHead(result)}; ${[...engines].join('; ')}.`;
}
