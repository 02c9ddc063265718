import type { BenchResult } from '../harness/bench-result.js';
import type { Comparison } from '../harness/comparison.js';
import type { Measurement } from '../harness/measure.js';
import { formatTable } from './markdown.js';

const reference = 'pytorch';
const head = [
  'model',
  'precision',
  'training step',
  'PyTorch',
  'faster',
  'batch-1 step',
  'PyTorch',
  'peak memory',
  'PyTorch',
];

/** README's table of speed: medians of one run of `pnpm bench`, and what it ran on. */
export function formatSpeed(result: BenchResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const { machine, date, revision, threads } = result;
  const sets = machine.instructionSets.filter((set) => /^(avx2|avx512_bf16|avx512f|amx_bf16|asimd|bf16)$/.test(set));
  const engines = [...new Set(result.comparisons.flatMap(({ measurements }) => measurements.map((m) => m.engine)))];
  return [
    formatTable([head, ...result.comparisons.map(formatRow)]),
    `Measured on ${date.slice(0, 10)} at revision ${revision}: ${machine.cpu} (${sets.join(', ')}), ${threads} threads, Node ` +
      `${machine.node.slice(1)}; ${engines.join('; ')}.`,
  ].join('\n\n');
}

function formatRow({ model, precision, measurements, speedups }: Comparison): readonly string[] {
  const ours = measurements[0]!;
  const theirs = measurements.find(({ peer }) => peer === reference);
  const faster = speedups.find(({ against }) => against === reference);
  const both = (format: (measurement: Measurement) => string) => [format(ours), theirs ? format(theirs) : '–'];
  const [step, theirStep] = both(({ stepMs }) => `${stepMs.median.toFixed(1)} ms`);
  return [
    model,
    precision,
    step!,
    theirStep!,
    faster ? `${faster.step.toFixed(2)}×` : '–',
    ...both(({ inferMs }) => `${(inferMs.median * 1000).toFixed(0)} µs`),
    ...both(({ peakBytes }) => `${(peakBytes / 2 ** 20).toFixed(0)} MiB`),
  ];
}
