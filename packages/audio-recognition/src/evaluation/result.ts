import type { ClassScores } from '../types.js';
import type { Confusion } from './confusion.js';
import type { KeywordScores } from './keywords.js';
import type { PrecisionRecall } from './precision-recall.js';

/** What a model said of one recording whose label is known. */
export interface ScoredClip {
  readonly name: string;
  readonly gold: string;
  /** `[class]`, sums to 1 */
  readonly probabilities: Float32Array;
  readonly seconds: number;
  readonly speaker?: string | undefined;
}

/** How well a model names classes or speakers. */
export interface ClassEvaluation {
  readonly scores: ClassScores;
  /** length of all recordings, in seconds */
  readonly seconds: number;
  /** in the order of the model; those that occur in truth or prediction */
  readonly classes: readonly EvaluatedClass[];
  readonly confusion: Confusion;
  /** −ln p(label), mean over recordings whose label training has */
  readonly logLossNats: number;
  /** as many as were asked for, the most confident first */
  readonly errors: readonly ClipError[];
  readonly errorCount: number;
  /** accuracy of each speaker, where these are known */
  readonly bySpeaker?: readonly SpeakerAccuracy[];
}

export interface EvaluatedClass extends PrecisionRecall {
  readonly name: string;
  readonly gold: number;
  readonly predicted: number;
  readonly matched: number;
  /** absent where all clips are of the class, or none */
  readonly asKeyword?: KeywordSummary;
}

/** A class as a keyword: its `keywordScores`, without the points. */
export type KeywordSummary = Omit<KeywordScores, 'points'>;

export interface ClipError {
  readonly name: string;
  readonly gold: string;
  readonly predicted: string;
  /** p(predicted) */
  readonly probability: number;
  /** p(gold); absent for a label that training does not have */
  readonly goldProbability?: number;
}

export interface SpeakerAccuracy {
  readonly speaker: string;
  readonly clips: number;
  readonly accuracy: number;
}
