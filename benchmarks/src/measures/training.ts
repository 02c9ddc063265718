import { compare, formatRatio, formatTiming, type Speedup } from '../harness/comparison.js';
import { measure, type MeasureOptions, type Measurement, type Subject } from '../harness/measure.js';
import type { Precision, Work } from '../harness/protocol.js';
import { ceilingProducts, models, type TrainingShape } from '../models.js';
import { operationsPerStep, tokensPerStep } from '../operations.js';
import type { BenchPeer } from '../peers/peers.js';

/** All that was measured of one model's training in one precision, in turns. */
export interface TrainingComparison {
  readonly model: string;
  readonly shape: TrainingShape;
  readonly precision: Precision;
  /** floating-point operations in the products of a step, see `operationsPerStep` */
  readonly operations: number;
  readonly tokens: number;
  readonly measurements: readonly Measurement[];
  /** of each library, measured in a process of its own in turns with the models */
  readonly ceilings: readonly Ceiling[];
  /** the first peer against each other one */
  readonly speedups: readonly Speedup[];
}

/** What the same library reaches in a large product, in the same precision. */
export interface Ceiling {
  readonly peer: string;
  /** of the fastest product, from its median */
  readonly gigaflops: number;
  readonly product: string;
}

export interface TrainingOptions extends MeasureOptions {
  readonly peers: readonly BenchPeer[];
  readonly threads: number;
  /** updates a turn */
  readonly steps: number;
}

const tokensPerTurn = 50;
const productsPerTurn = 3;

/** Measures a training step of a model, a batch-1 step of a language model, and each library's ceiling. */
export async function measureTraining(
  model: string,
  precision: Precision,
  { peers, ...options }: TrainingOptions,
): Promise<TrainingComparison> {
  const shape = models[model]!;
  const { threads, steps } = options;
  const subjects = peers.map((peer): Subject => {
    const train = { work: 'train', count: steps } as const;
    const infers = shape.task === 'language-model' && peer.infers;
    const works = infers ? [train, { work: 'infer', count: tokensPerTurn } as const] : [train];
    return { peer, shape, precision, threads, works };
  });
  const ceilings = peers
    .filter(({ hasCeiling }) => hasCeiling)
    .map((peer): Subject => ({ peer, shape: ceilingProducts, precision, threads, works: productWorks }));
  const all = await measure([...subjects, ...ceilings], options);
  const measurements = all.slice(0, subjects.length);
  return {
    model,
    shape,
    precision,
    operations: operationsPerStep(shape),
    tokens: tokensPerStep(shape),
    measurements,
    ceilings: all.slice(subjects.length).map(ceilingOf),
    speedups: compare(measurements),
  };
}

const productWorks = ceilingProducts.products.map((sizes) => ({
  work: sizes.join('x') as Work,
  count: productsPerTurn,
}));

/** The faster of the products. */
function ceilingOf({ peer, ms }: Measurement): Ceiling {
  const speeds = ceilingProducts.products.map((sizes) => {
    const product = sizes.join('x') as Work;
    const operations = 2 * sizes.reduce((total, size) => total * size, 1);
    return { peer, gigaflops: operations / ms[product]!.median / 1e6, product };
  });
  return speeds.toSorted((a, b) => b.gigaflops - a.gigaflops)[0]!;
}

/** How much of its own library's ceiling a whole training step reaches, counting its products alone. */
export function ceilingShare({ operations, ceilings }: TrainingComparison, { peer, ms }: Measurement) {
  const ceiling = ceilings.find((each) => each.peer === peer);
  const gigaflops = operations / ms.train!.median / 1e6;
  return ceiling && { gigaflops, share: gigaflops / ceiling.gigaflops };
}

/** What a person reads after a run: one line a peer, then how they compare. */
export function formatTraining(comparison: TrainingComparison): string {
  const { model, precision, measurements, ceilings, speedups } = comparison;
  const name = measurements[0]!.peer;
  return [
    `${model}, ${precision}`,
    ...measurements.map((measurement) => formatMeasurement(comparison, measurement)),
    ...ceilings.map(({ peer, gigaflops, product }) => `  ${peer} product ${product}: ${gigaflops.toFixed(0)} GFLOP/s`),
    ...speedups.map(({ against, work, memory }) => {
      const infer = work.infer ? `, batch-1 step ${formatRatio(work.infer)}` : '';
      return `  ${name} against ${against}: step ${formatRatio(work.train!)}${infer} as fast; memory ${(1 / memory).toFixed(2)}x`;
    }),
  ].join('\n');
}

function formatMeasurement(comparison: TrainingComparison, measurement: Measurement): string {
  const { peer, ms, peakBytes } = measurement;
  const speed = `${Math.round((comparison.tokens * 1000) / ms.train!.median)} tokens/s`;
  const reached = ceilingShare(comparison, measurement);
  const share = reached
    ? `, ${reached.gigaflops.toFixed(0)} GFLOP/s (${(100 * reached.share).toFixed(0)} % of ceiling)`
    : '';
  const infer = ms.infer ? `, batch-1 step ${formatTiming(ms.infer)}` : '';
  const peak = `peak ${Math.round(peakBytes / 2 ** 20)} MiB`;
  return `  ${peer.padEnd(9)} step ${formatTiming(ms.train!)}, ${speed}${share}${infer}, ${peak}`;
}
