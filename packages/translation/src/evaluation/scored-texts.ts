import type { BleuScore } from './bleu.js';
import {
  countReferences,
  statisticsOf,
  type MetricScore,
  type Reference,
  type TranslationMetric,
} from './translation-metric.js';

/** Three metrics of the same texts. */
export interface ScoredCorpus {
  readonly bleu: ScoredTexts<BleuScore>;
  readonly chrf: ScoredTexts<MetricScore>;
  readonly ter: ScoredTexts<MetricScore>;
}

/** One metric of many texts, whose sums are kept, so that it can be had of any of them. */
export class ScoredTexts<Score extends MetricScore> {
  readonly metric: TranslationMetric<Score>;
  readonly signature: string;
  /** `[sentence]` */
  readonly rows: readonly Float64Array[];

  /** Errors as of `statisticsOf`. */
  constructor(metric: TranslationMetric<Score>, hypotheses: readonly string[], references: readonly Reference[]) {
    this.metric = metric;
    this.signature = metric.signature(countReferences(references));
    this.rows = statisticsOf(metric, hypotheses, references);
  }

  /** @param indices - all unless given */
  score(indices: Iterable<number> = this.rows.keys()): Score {
    const sums = new Float64Array(this.metric.sums.length);
    for (const index of indices) this.rows[index]!.forEach((value, i) => (sums[i]! += value));
    return this.metric.score(sums);
  }

  named(): { readonly name: string; readonly score: number; readonly signature: string } {
    return { name: this.metric.name, score: this.score().score, signature: this.signature };
  }
}
