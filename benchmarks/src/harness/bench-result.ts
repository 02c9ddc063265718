import type { AudioSpeed } from '../measures/audio.js';
import type { CommandLineResult } from '../measures/command-line.js';
import type { PrecisionCurve } from '../measures/curves.js';
import type { ForecastingSpeed } from '../measures/forecasting.js';
import type { LatencyComparison } from '../measures/latency.js';
import type { ScalingResultAxis } from '../measures/scaling.js';
import type { TaggingSpeed } from '../measures/tagging.js';
import type { TrainingComparison } from '../measures/training.js';
import type { RunHead } from './run-head.js';

/** Of the files that `pnpm bench` writes; tables are made from those of this version alone. */
export const resultVersion = 2;

/** What every file begins with. */
export interface ResultHead extends RunHead {
  readonly version: typeof resultVersion;
}

/** What `benchmarks/results/<date>-<revision>.json` holds. */
export interface SpeedResult extends ResultHead {
  readonly kind: 'speed';
  readonly rounds: number;
  readonly steps: number;
  readonly training: readonly TrainingComparison[];
  readonly latency: readonly LatencyComparison[];
  /** absent where it was not asked for */
  readonly commandLine?: CommandLineResult;
}

/** What `benchmarks/results/<date>-<revision>-scaling.json` holds. */
export interface ScalingResult extends ResultHead {
  readonly kind: 'scaling';
  readonly rounds: number;
  readonly steps: number;
  readonly axes: readonly ScalingResultAxis[];
}

/** What `benchmarks/results/<date>-<revision>-curves.json` holds. */
export interface CurvesResult extends ResultHead {
  readonly kind: 'curves';
  readonly curves: readonly PrecisionCurve[];
}

/** What `benchmarks/results/<date>-<revision>-forecasting.json` holds. */
export interface ForecastingResult extends ResultHead {
  readonly kind: 'forecasting';
  readonly rounds: number;
  readonly forecasting: ForecastingSpeed;
}

/** What `benchmarks/results/<date>-<revision>-tagging.json` holds. */
export interface TaggingResult extends ResultHead {
  readonly kind: 'tagging';
  readonly rounds: number;
  readonly tagging: TaggingSpeed;
}

/** What `benchmarks/results/<date>-<revision>-translation.json` holds. */
export interface TranslationResult extends ResultHead {
  readonly kind: 'translation';
  readonly rounds: number;
  readonly steps: number;
  readonly translation: TrainingComparison;
}

/** What `benchmarks/results/<date>-<revision>-tensorflow.json` holds. */
export interface TensorFlowResult extends ResultHead {
  readonly kind: 'tensorflow';
  readonly rounds: number;
  readonly steps: number;
  readonly tensorflow: readonly TrainingComparison[];
}

/** What `benchmarks/results/<date>-<revision>-audio.json` holds. */
export interface AudioResult extends ResultHead {
  readonly kind: 'audio';
  readonly rounds: number;
  readonly audio: AudioSpeed;
}

export type BenchResult =
  | SpeedResult
  | ScalingResult
  | CurvesResult
  | ForecastingResult
  | TaggingResult
  | TranslationResult
  | AudioResult
  | TensorFlowResult;
