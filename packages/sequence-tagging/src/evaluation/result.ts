import type { PrecisionRecall, TagStatistics } from '../metrics.js';
import type { Span, TagScores } from '../types.js';

/** How well a tagger does on sentences whose tags are known. */
export interface TaggingEvaluation {
  readonly tagger: string;
  readonly sentences: number;
  readonly tokens: number;
  /** share of sentences in which every tag of every column is right */
  readonly exactSentences: number;
  /** that tagging took, without the counting */
  readonly seconds: number;
  readonly columns: readonly ColumnEvaluation[];
  /** `[column][sentence]`: what the scores are summed from, for `compareTaggers` */
  readonly bySentence: readonly (readonly TagStatistics[])[];
}

export interface ColumnEvaluation {
  readonly column: string;
  /** what precision, recall and F1 count */
  readonly counted: 'spans' | 'tags' | 'labels';
  readonly scores: TagScores;
  /** the score that it is judged by */
  readonly mainScore: 'f1' | 'accuracy';
  /** by falling count of `gold`, then of `predicted` */
  readonly classes: readonly ClassScores[];
  readonly averages: ClassAverages;
  /** of the tags of tokens; absent where a token has several labels */
  readonly confusion?: Confusion;
  /** of words that training does not have; absent where it is not known which those are */
  readonly unknownWords?: WordGroupScores;
  readonly knownWords?: WordGroupScores;
  /** absent for a tagger without probabilities */
  readonly calibration?: {
    /** of the probability of each token's tag */
    readonly tokens: Calibration;
    /** of the probability of each span that was found; absent where there are none */
    readonly spans?: Calibration;
  };
  /** as many as were asked for; the most confident first, else in the order of the file */
  readonly errors: readonly TaggingError[];
  /** all of them */
  readonly errorCount: number;
  readonly errorKinds: Readonly<Partial<Record<ErrorKind, number>>>;
}

/** Precision, recall and F1 of one type of span, one tag or one label. */
export interface ClassScores extends PrecisionRecall {
  readonly name: string;
  readonly gold: number;
  readonly predicted: number;
  readonly matched: number;
}

export interface ClassAverages {
  /** of all items at once, which is the score of the column */
  readonly micro: PrecisionRecall;
  /** the mean over classes that occur in truth or prediction */
  readonly macro: PrecisionRecall;
  /** the mean weighted by how often a class truly occurs */
  readonly weighted: PrecisionRecall;
}

/** Which tag was taken for which. */
export interface Confusion {
  /** K, those of truth and prediction, by falling count in truth */
  readonly tags: readonly string[];
  /** `[K · K]`: row = true tag, column = predicted */
  readonly counts: readonly number[];
}

export interface WordGroupScores {
  readonly tokens: number;
  /** NaN where there are none */
  readonly accuracy: number;
}

/** Whether probabilities mean what they say. */
export interface Calibration {
  readonly count: number;
  /** of equal width over 0 … 1, lowest first */
  readonly bins: readonly ReliabilityBin[];
  /** Σ count of bin / count · |accuracy − confidence| over bins (Naeini, Cooper & Hauskrecht 2015) */
  readonly expectedError: number;
  /** mean (p − y)², where y is 1 for what is right (Brier 1950) */
  readonly brier: number;
  /** mean −(y ln p + (1 − y) ln(1 − p)), in nats; probabilities are kept 1e-12 from 0 and 1 */
  readonly logLossNats: number;
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** mean probability; NaN for an empty bin */
  readonly confidence: number;
  /** share that is right; NaN for an empty bin */
  readonly accuracy: number;
}

/**
 * tag: another tag, of a column without spans. Of spans: missed: nothing was found there; spurious: nothing is there; type: of these
 * bounds, but another type; bounds: of this type, but other bounds; both: neither fits, or several are mixed up.
 */
export type ErrorKind = 'tag' | 'missed' | 'spurious' | 'type' | 'bounds' | 'both';

/** A token, or a stretch of spans that overlap, where truth and prediction differ. */
export interface TaggingError {
  readonly kind: ErrorKind;
  /** of the sentence in its file, from 1 */
  readonly line: number;
  /** tokens `start` … `end` − 1 are concerned */
  readonly start: number;
  readonly end: number;
  /** these, and up to `contextTokens` before and behind: a sentence can be very long */
  readonly tokens: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** spans that differ; of a column without them one token with its tag */
  readonly gold: readonly Span[];
  readonly predicted: readonly Span[];
  /** the least of the probabilities of the predicted tags from `start` to `end` */
  readonly probability?: number;
}
