import type { Comparison } from './comparison.js';
import type { Machine } from './machine.js';

/** What `benchmarks/results/<date>-<revision>.json` holds. */
export interface BenchResult {
  /** ISO 8601 */
  readonly date: string;
  readonly revision: string;
  readonly command: string;
  readonly machine: Machine;
  /** by other programs, when it began */
  readonly busyCores: number;
  readonly rounds: number;
  readonly steps: number;
  readonly threads: number;
  readonly comparisons: readonly Comparison[];
}
