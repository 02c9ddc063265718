import { compare, formatRatio, formatTiming, type Speedup } from '../harness/comparison.js';
import { measure, type MeasureOptions, type Measurement, type Subject } from '../harness/measure.js';
import type { StackShape } from '../models.js';
import type { BenchPeer } from '../peers/peers.js';

/** A step of stacked LSTM layers at batch 1 in float32, in turns. */
export interface LatencyComparison {
  readonly shape: StackShape;
  /** every peer on all threads; PyTorch on one as well, which is often faster for so little work */
  readonly measurements: readonly Measurement[];
  readonly speedups: readonly Speedup[];
}

export interface LatencyOptions extends MeasureOptions {
  readonly peers: readonly BenchPeer[];
  readonly threads: number;
}

const stepsPerTurn = 200;
const works = [{ work: 'infer', count: stepsPerTurn }] as const;

export async function measureLatency(
  shape: StackShape,
  { peers, threads, ...options }: LatencyOptions,
): Promise<LatencyComparison> {
  const subjects = peers.flatMap((peer): readonly Subject[] => {
    const counts = peer.name === 'pytorch' && threads > 1 ? [threads, 1] : [threads];
    return counts.map((count) => ({ peer, shape, precision: 'float32', threads: count, works }));
  });
  const measurements = await measure(subjects, options);
  return { shape, measurements, speedups: compare(measurements) };
}

/** The fastest of a peer's, over the numbers of threads it was measured with. */
export function fastest({ measurements }: LatencyComparison, peer: string): Measurement | undefined {
  const own = measurements.filter((measurement) => measurement.peer === peer);
  return own.toSorted((a, b) => a.ms.infer!.median - b.ms.infer!.median)[0];
}

export function formatLatency({ shape, measurements, speedups }: LatencyComparison): string {
  const name = measurements[0]!.peer;
  return [
    `step at batch 1, ${shape.layers} x ${shape.hiddenSize} LSTM, float32`,
    ...measurements.map(({ peer, threads, ms }) => `  ${peer.padEnd(9)} ${on(threads)}: ${formatTiming(ms.infer!)}`),
    ...speedups.map(
      ({ against, threads, work }) =>
        `  ${name} against ${against} ${on(threads)}: ${formatRatio(work.infer!)} as fast`,
    ),
  ].join('\n');
}

function on(threads: number): string {
  return `on ${threads} thread${threads === 1 ? '' : 's'}`;
}
