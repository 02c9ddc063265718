import type { SpeedResult, TensorFlowResult, TranslationResult } from '../harness/bench-result.js';
import type { Measurement } from '../harness/measure.js';
import type { RunHead } from '../harness/run-head.js';
import { fastest } from '../measures/latency.js';
import { ceilingShare, type TrainingComparison } from '../measures/training.js';
import { formatTable } from './markdown.js';
import { describeHead } from './measured-on.js';

const reference = 'pytorch';
const nothing = 'Nothing has been measured yet.';

/** README's tables of speed, from one run of `pnpm bench`: training, then steps at batch 1 and the command line. */
export function formatSpeed(result: SpeedResult | undefined): string {
  if (result === undefined) return nothing;
  const tables = [trainingTable(result.training), stepTable(result)].filter((table) => table !== undefined);
  return [...tables, measuredOn(result, [...result.training, ...result.latency])].join('\n\n');
}

function trainingTable(comparisons: readonly TrainingComparison[]): string | undefined {
  const head = ['model', 'precision', 'training step', 'PyTorch', 'faster', 'of ceiling', 'peak memory', 'PyTorch'];
  const rows = comparisons.map((comparison) => {
    const ours = comparison.measurements[0]!;
    const theirs = find(comparison, reference);
    const faster = comparison.speedups.find(({ against }) => against === reference);
    return [
      comparison.model,
      comparison.precision,
      step(ours),
      step(theirs),
      faster ? `${faster.work.train!.median.toFixed(2)}×` : '–',
      share(comparison, ours),
      memory(ours),
      memory(theirs),
    ];
  });
  return rows.length === 0 ? undefined : formatTable([head, ...rows]);
}

/** What does one thing at a time. */
function stepTable({ latency, commandLine }: SpeedResult): string | undefined {
  const steps = latency.map((comparison) => {
    const [ours, theirs] = ['unroll', reference].map((peer) => fastest(comparison, peer)?.ms.infer!.median);
    const { layers, hiddenSize } = comparison.shape;
    const name = `step at batch 1, ${layers} × ${hiddenSize} LSTM`;
    return [name, microseconds(ours), microseconds(theirs), ours && theirs ? `${(theirs / ours).toFixed(2)}×` : '–'];
  });
  const processes = commandLine
    ? [
        [
          `\`unroll-lm generate\`, ${commandLine.generation.model}`,
          characters(commandLine.generation.charactersPerSecond),
        ],
        ['start of `unroll-lm --help`', milliseconds(commandLine.helpMs.median)],
        [`\`unroll-lm generate --length 1\`, ${commandLine.small}`, milliseconds(commandLine.generateMs.median)],
      ].map((cells) => [...cells, '–', '–'])
    : [];
  const rows = [...steps, ...processes];
  return rows.length === 0 ? undefined : formatTable([['one at a time', 'unroll', 'PyTorch', 'faster'], ...rows]);
}

/** The table of all peers on the page of the benchmarks: each model's row is a peer. */
export function formatPeers(result: SpeedResult | undefined): string {
  if (result === undefined) return nothing;
  const steps = result.latency.flatMap(({ shape, measurements }) =>
    measurements.map(({ peer, threads, ms }) => [
      `${shape.layers} × ${shape.hiddenSize}`,
      peer,
      String(threads),
      microseconds(ms.infer!.median),
    ]),
  );
  const tables = [
    trainingPeers(result.training),
    formatTable([['LSTM at batch 1', 'peer', 'threads', 'step'], ...steps]),
  ];
  return [...tables, measuredOn(result, [...result.training, ...result.latency])].join('\n\n');
}

/** The same of the translator alone. */
export function formatTranslation(result: TranslationResult | undefined): string {
  if (result === undefined) return nothing;
  const comparisons = [result.translation];
  return [trainingPeers(comparisons), measuredOn(result, comparisons)].join('\n\n');
}

/** The same of the language model on TensorFlow; how much faster is that of unroll on TensorFlow. */
export function formatTensorFlow(result: TensorFlowResult | undefined): string {
  if (result === undefined) return nothing;
  return [trainingPeers(result.tensorflow), measuredOn(result, result.tensorflow)].join('\n\n');
}

function trainingPeers(comparisons: readonly TrainingComparison[]): string {
  const head = [
    'model',
    'precision',
    'peer',
    'training step',
    'unroll faster',
    'GFLOP/s',
    'of ceiling',
    'ceiling',
    'memory',
  ];
  const rows = comparisons.flatMap((comparison) =>
    comparison.measurements.map((measurement) => {
      const faster = comparison.speedups.find(({ against }) => against === measurement.peer);
      const ceiling = comparison.ceilings.find(({ peer }) => peer === measurement.peer);
      return [
        comparison.model,
        comparison.precision,
        measurement.peer,
        step(measurement),
        faster ? `${faster.work.train!.median.toFixed(2)}×` : '–',
        (comparison.operations / measurement.ms.train!.median / 1e6).toFixed(0),
        share(comparison, measurement),
        ceiling ? ceiling.gigaflops.toFixed(0) : '–',
        memory(measurement),
      ];
    }),
  );
  return formatTable([head, ...rows]);
}

/** Machine, revision and engines of a result. */
function measuredOn(head: RunHead, measured: readonly { readonly measurements: readonly Measurement[] }[]): string {
  const engines = new Set(measured.flatMap(({ measurements }) => measurements.map(({ engine }) => engine)));
  return `${describeHead(head)}; ${[...engines].join('; ')}.`;
}

function find({ measurements }: TrainingComparison, peer: string): Measurement | undefined {
  return measurements.find((measurement) => measurement.peer === peer);
}

const step = (of: Measurement | undefined) => (of ? `${of.ms.train!.median.toFixed(1)} ms` : '–');
const memory = (of: Measurement | undefined) => (of ? `${(of.peakBytes / 2 ** 20).toFixed(0)} MiB` : '–');
const microseconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(1000 * ms).toFixed(0)} µs`);
const milliseconds = (ms: number) => `${ms.toFixed(0)} ms`;
const characters = (perSecond: number) => `${perSecond.toFixed(0)} characters/s`;

function share(comparison: TrainingComparison, measurement: Measurement): string {
  const reached = ceilingShare(comparison, measurement);
  return reached ? `${(100 * reached.share).toFixed(0)} %` : '–';
}
