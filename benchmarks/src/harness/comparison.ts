import type { Measurement, Timing } from './measure.js';
import type { Work } from './protocol.js';

/** How many times faster the first peer was: other / first, so 1 is equal and more is better. */
export interface Speedup {
  readonly against: string;
  readonly threads: number;
  /** of each work that both did */
  readonly work: Readonly<Partial<Record<Work, Ratio>>>;
  /** peak resident memory: other / first */
  readonly memory: number;
}

export interface Ratio {
  /** ratio of medians: the one to report */
  readonly median: number;
  /** ratio of minima */
  readonly minimum: number;
  /** least and largest ratio of the medians of a round */
  readonly rounds: readonly [number, number];
}

/** The first measurement against each other one. */
export function compare(measurements: readonly Measurement[]): readonly Speedup[] {
  const [first, ...others] = measurements;
  if (first === undefined) return [];
  return others.map((other) => ({
    against: other.peer,
    threads: other.threads,
    work: Object.fromEntries(
      Object.entries(first.ms).flatMap(([work, timing]) => {
        const theirs = other.ms[work as Work];
        return timing && theirs ? [[work, ratio(timing, theirs)]] : [];
      }),
    ),
    memory: other.peakBytes / first.peakBytes,
  }));
}

function ratio(ours: Timing, theirs: Timing): Ratio {
  // a slow peer may have sat the last rounds out
  const rounds = theirs.rounds.map((ms, round) => ms / ours.rounds[round]!);
  return {
    median: theirs.median / ours.median,
    minimum: theirs.minimum / ours.minimum,
    rounds: [Math.min(...rounds), Math.max(...rounds)],
  };
}

/** What a person reads of a ratio: `1.50x (minima 1.48x, rounds 1.40-1.61x)`. */
export function formatRatio({ median, minimum, rounds }: Ratio): string {
  const [least, largest] = rounds.map((round) => round.toFixed(2));
  return `${median.toFixed(2)}x (minima ${minimum.toFixed(2)}x, rounds ${least}-${largest}x)`;
}

/** `50.0 ms (min 40.0, spread 20.0 %)`. */
export function formatTiming({ median, minimum, spread }: Timing): string {
  const [value, least, unit] = median >= 1 ? [median, minimum, 'ms'] : [1000 * median, 1000 * minimum, 'us'];
  return `${value.toFixed(1)} ${unit} (min ${least.toFixed(1)}, spread ${(100 * spread).toFixed(1)} %)`;
}
