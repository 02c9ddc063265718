import type { TranslationScores } from '../types.js';

/** One sentence: what stood there, what was to be written, and what was written. */
export interface JudgedTranslation {
  /** from 1 */
  readonly line: number;
  /** absent where only translations and references were given */
  readonly source?: string;
  /** at least one */
  readonly references: readonly string[];
  readonly hypothesis: string;
  /** of this sentence alone, with effective order */
  readonly bleu: number;
  readonly chrf: number;
  readonly ter: number;
}

/** A score with how it was computed. */
export interface NamedScore {
  /** `BLEU`, `chrF2`, `chrF2++`, `TER` */
  readonly name: string;
  readonly score: number;
  readonly signature: string;
}

/** How well sentences were translated. */
export interface TranslationEvaluation {
  /** of the translator, or of the file of translations */
  readonly name: string;
  readonly scores: TranslationScores;
  /** BLEU, chrF, chrF++, TER, and BLEU at white space in lower case, which papers on tokenised text report */
  readonly metrics: readonly NamedScore[];
  /** precisions, brevity penalty and lengths of BLEU, as sacreBLEU writes them */
  readonly bleuDetails: string;
  /** share of sentences that are exactly a reference */
  readonly exactSentences: number;
  /** that translating took; absent for text that no model wrote now */
  readonly seconds?: number;
  /** by words of the source, of the first reference where there is no source; groups without sentences are left out */
  readonly byLength: readonly LengthGroup[];
  /** by how often training has a word of the target side; absent where that is not known */
  readonly byFrequency?: readonly FrequencyGroup[];
  readonly habits: TranslationHabits;
  /** words that references have and translations lack, most often first */
  readonly missedWords: readonly WordErrors[];
  /** words that translations have and references lack, most often first */
  readonly addedWords: readonly WordErrors[];
  /** the worst by chrF of those that are no reference, at most as many as were asked for */
  readonly worst: readonly JudgedTranslation[];
  /** all, in order */
  readonly sentences: readonly JudgedTranslation[];
}

export interface LengthGroup {
  /** words of the source, both included; Infinity: no limit */
  readonly from: number;
  readonly to: number;
  readonly sentences: number;
  readonly bleu: number;
  readonly chrf: number;
  readonly ter: number;
  /** tokens of translations / tokens of references */
  readonly lengthRatio: number;
}

/** Words that training has about as often (compare-mt's word accuracy, Neubig et al. 2019). */
export interface FrequencyGroup {
  /** how often training has them, both included; Infinity: no limit */
  readonly from: number;
  readonly to: number;
  /** in references; of several the first */
  readonly words: number;
  /** in translations */
  readonly written: number;
  /** in both, each word at most as often as the sentence's reference has it */
  readonly matched: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** What translations do that references do not. */
export interface TranslationHabits {
  /** tokens of translations / tokens of references */
  readonly lengthRatio: number;
  /** translations without a word */
  readonly empty: number;
  /** translations that the limit of length ended; absent where that is not known */
  readonly unfinished?: number;
  /** share of words that are `<unk>` */
  readonly unknownWords: number;
  /** share of words that the source has, too: names, numbers, and what was copied; absent without sources */
  readonly copiedWords?: { readonly translations: number; readonly references: number };
  /** share of three words in a row that the sentence had before */
  readonly repeats: { readonly translations: number; readonly references: number };
}

export interface WordErrors {
  readonly word: string;
  readonly count: number;
  /** how often references (of added words: translations) have it */
  readonly of: number;
}
