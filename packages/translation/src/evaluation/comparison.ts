import {
  approximateRandomization,
  describeVerdict,
  formatNumber,
  pairedBootstrap,
  type PairedBootstrap,
  type RandomKey,
  type ScoreInterval,
  type Verdict,
} from '@unroll/core';
import { createBleu } from './bleu.js';
import { createChrf } from './chrf.js';
import { fixed } from './text.js';
import { ScoredTexts } from './scored-texts.js';
import { createTer } from './ter.js';
import type { Reference, TranslationMetric } from './translation-metric.js';

/** What one system made of each sentence. */
export interface SystemTexts {
  readonly name: string;
  readonly hypotheses: readonly string[];
}

export interface CompareTranslationsOptions {
  /** of each sentence */
  readonly references: readonly Reference[];
  readonly key: RandomKey;
  /** BLEU, chrF and TER unless set; the first decides */
  readonly metrics?: readonly TranslationMetric[] | undefined;
  /** 'bootstrap' unless set, 'randomization' of less than 30 sentences */
  readonly test?: 'bootstrap' | 'randomization' | undefined;
  /** 1000 of 'bootstrap' and 10000 of 'randomization' unless set */
  readonly trials?: number | undefined;
}

/** One metric of both systems. */
export interface MetricComparison {
  readonly metric: string;
  readonly signature: string;
  readonly value: number;
  readonly againstValue: number;
  /** where the scores lie in 95 % of the samples; absent for 'randomization' */
  readonly interval?: ScoreInterval;
  readonly againstInterval?: ScoreInterval;
  /** how likely so large a difference is, in either direction, between systems that are equally good */
  readonly pValue: number;
  /** better and worse are said where the p-value is below 0.05 */
  readonly verdict: Verdict;
}

/** One system beside another on the same sentences: which is better, and whether that may be chance. */
export interface TranslationComparison {
  readonly name: string;
  readonly against: string;
  readonly sentences: number;
  readonly test: 'bootstrap' | 'randomization';
  readonly trials: number;
  readonly results: readonly MetricComparison[];
  /** the first of the results in a sentence */
  readonly words: string;
}

const significance = 0.05;
/** Drawn anew, so few are too much alike: the bootstrap would call any difference more than chance. */
const fewSentences = 30;
const defaultTrials = { bootstrap: 1000, randomization: 10_000 } as const;

/**
 * Whether one system translates better than another, by paired bootstrap resampling or approximate randomisation of sentences
 * (`pairedBootstrap`, `approximateRandomization` of core). These are sacreBLEU's `--paired-bs` and `--paired-ar`; p-values differ
 * from its own by the random numbers alone, and by equal systems, which here have p = 1.
 *
 * @throws {DataError} `data/line-count` if there are not as many translations as references
 */
export function compareTranslations(
  system: SystemTexts,
  against: SystemTexts,
  options: CompareTranslationsOptions,
): TranslationComparison {
  const { references, key, metrics = [createBleu(), createChrf(), createTer()] } = options;
  const test = options.test ?? (references.length < fewSentences ? 'randomization' : 'bootstrap');
  const trials = options.trials ?? defaultTrials[test];
  const results = metrics.map((metric): MetricComparison => {
    const [mine, other] = [system, against].map(
      ({ hypotheses }) => new ScoredTexts(metric, hypotheses, references),
    ) as [ScoredTexts<{ readonly score: number }>, ScoredTexts<{ readonly score: number }>];
    const [value, againstValue] = [mine.score().score, other.score().score];
    const settings = { score: (sums: ArrayLike<number>) => metric.score(sums).score, key, trials };
    const tested: Pick<PairedBootstrap, 'pValue'> & Partial<PairedBootstrap> =
      test === 'bootstrap'
        ? pairedBootstrap(mine.rows, other.rows, settings)
        : { pValue: approximateRandomization(mine.rows, other.rows, settings) };
    const isBetter = metric.better === 'higher' ? value > againstValue : value < againstValue;
    return {
      metric: metric.name,
      signature: mine.signature,
      value,
      againstValue,
      ...(tested.a && { interval: tested.a }),
      ...(tested.b && { againstInterval: tested.b }),
      pValue: tested.pValue,
      verdict: tested.pValue < significance ? (isBetter ? 'better' : 'worse') : 'undecided',
    };
  });
  const comparison = {
    name: system.name,
    against: against.name,
    sentences: references.length,
    test,
    trials,
    results,
  };
  return { ...comparison, words: describeComparison(comparison) };
}

function describeComparison({ name, against, sentences, test, results }: Omit<TranslationComparison, 'words'>): string {
  const { metric, value, againstValue, pValue, verdict } = results[0]!;
  const points = formatNumber(Number(Math.abs(value - againstValue).toPrecision(2)));
  const direction = value === againstValue ? '' : `, ${points} points ${value > againstValue ? 'more' : 'less'}`;
  const numbers = `${metric} ${fixed(value, 2)} against ${fixed(againstValue, 2)}${direction}`;
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const judged = verdict === 'undecided' ? 'may well be chance' : 'is more than chance';
  const method = test === 'bootstrap' ? 'paired bootstrap resampling' : 'approximate randomisation';
  const words = `that ${judged} by ${method} over ${formatNumber(sentences)} sentences (${p})`;
  return describeVerdict(verdict, { name, against, numbers, test: words });
}
