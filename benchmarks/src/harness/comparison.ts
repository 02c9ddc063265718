import type { ModelShape } from '../models.js';
import type { Measurement } from './measure.js';
import type { Precision } from './protocol.js';

/** All that was measured of one model in one precision, in turns. */
export interface Comparison {
  readonly model: string;
  readonly shape: ModelShape;
  readonly precision: Precision;
  readonly measurements: readonly Measurement[];
  /** the first peer against each other one */
  readonly speedups: readonly Speedup[];
}

/** How many times faster the first peer was: other / first, so 1 is equal and more is better. */
export interface Speedup {
  readonly against: string;
  /** training step, ratio of medians */
  readonly step: number;
  /** training step, ratio of minima */
  readonly stepMinima: number;
  /** least and largest ratio of the medians of a round */
  readonly stepRounds: readonly [number, number];
  /** batch-1 step, ratio of medians */
  readonly infer: number;
  /** start-up, ratio of medians */
  readonly start: number;
  /** peak resident memory: other / first */
  readonly memory: number;
}

export function compare(measurements: readonly Measurement[]): readonly Speedup[] {
  const [first, ...others] = measurements;
  if (first === undefined) return [];
  return others.map((other) => {
    const rounds = first.roundStepMs.map((ms, round) => other.roundStepMs[round]! / ms);
    return {
      against: other.peer,
      step: other.stepMs.median / first.stepMs.median,
      stepMinima: other.stepMs.minimum / first.stepMs.minimum,
      stepRounds: [Math.min(...rounds), Math.max(...rounds)],
      infer: other.inferMs.median / first.inferMs.median,
      start: other.startMs.median / first.startMs.median,
      memory: other.peakBytes / first.peakBytes,
    };
  });
}

/** What a person reads after a run: one line a peer, then how they compare. */
export function formatComparison({ model, precision, measurements, speedups }: Comparison): string {
  const peers = measurements.map(formatMeasurement);
  const ratios = speedups.map(
    (s) =>
      `  ${measurements[0]!.peer} against ${s.against}: step ${s.step.toFixed(2)}x ` +
      `(minima ${s.stepMinima.toFixed(2)}x, rounds ${s.stepRounds.map((r) => r.toFixed(2)).join('-')}x), ` +
      `batch-1 step ${s.infer.toFixed(2)}x, start-up ${s.start.toFixed(2)}x as fast; memory ${(1 / s.memory).toFixed(2)}x`,
  );
  return [`${model}, ${precision}`, ...peers, ...ratios].join('\n');
}

function formatMeasurement(m: Measurement): string {
  const step = `${m.stepMs.median.toFixed(1)} ms a step (min ${m.stepMs.minimum.toFixed(1)}, spread ${percent(m.stepMs.spread)})`;
  const speed = `${Math.round(m.tokensPerSecond)} tokens/s`;
  const infer = `batch-1 step ${Math.round(m.inferMs.median * 1000)} us`;
  const rest = `start-up ${Math.round(m.startMs.median)} ms, peak ${Math.round(m.peakBytes / 2 ** 20)} MiB`;
  return `  ${m.peer.padEnd(8)} ${step}, ${speed}, ${infer}, ${rest}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
