import { bootstrapInterval, type RandomKey, type ScoreInterval } from '@unroll/core';
import { createBleu, type BleuOptions, type BleuScore } from './evaluation/bleu.js';
import { createChrf, type ChrfOptions } from './evaluation/chrf.js';
import { createTer, type TerOptions } from './evaluation/ter.js';
import {
  addRows,
  corpusScore,
  sentenceScore,
  statisticsOf,
  type MetricScore,
  type Reference,
  type SignedScore,
  type TranslationMetric,
} from './evaluation/translation-metric.js';
import type { TranslationScores } from './types.js';

/** BLEU of many translations: see `createBleu`. Errors as of `statisticsOf`. */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly Reference[],
  options: BleuOptions = {},
): SignedScore<BleuScore> {
  return corpusScore(createBleu(options), hypotheses, references);
}

/** BLEU of one translation, with `effectiveOrder` unless set otherwise: else whatever has less than four words gets next to nothing. */
export function sentenceBleu(
  hypothesis: string,
  reference: Reference,
  options: BleuOptions = {},
): SignedScore<BleuScore> {
  return sentenceScore(createBleu({ effectiveOrder: true, ...options }), hypothesis, reference);
}

/** chrF of many translations, chrF++ with `wordOrder: 2`: see `createChrf`. Errors as of `statisticsOf`. */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly Reference[],
  options: ChrfOptions = {},
): SignedScore<MetricScore> {
  return corpusScore(createChrf(options), hypotheses, references);
}

export function sentenceChrf(
  hypothesis: string,
  reference: Reference,
  options: ChrfOptions = {},
): SignedScore<MetricScore> {
  return sentenceScore(createChrf(options), hypothesis, reference);
}

/** Translation edit rate of many translations: see `createTer`. Errors as of `statisticsOf`. */
export function corpusTer(
  hypotheses: readonly string[],
  references: readonly Reference[],
  options: TerOptions = {},
): SignedScore<MetricScore> {
  return corpusScore(createTer(options), hypotheses, references);
}

export function sentenceTer(
  hypothesis: string,
  reference: Reference,
  options: TerOptions = {},
): SignedScore<MetricScore> {
  return sentenceScore(createTer(options), hypothesis, reference);
}

/**
 * BLEU as multi-bleu.perl counts it, which papers on tokenised text report: words at white space, in lower case, without
 * smoothing. It depends on who tokenised, so it compares with nothing but numbers of the same text.
 */
export const tokenizedBleu: BleuOptions = { tokenizer: 'none', lowercase: true, smoothing: 'none' };

/**
 * Where a score lies in 95 % of the samples when sentences are drawn anew, as sacreBLEU's `--confidence`: `bootstrapInterval` of
 * core. Errors as of `statisticsOf`.
 */
export function corpusInterval(
  metric: TranslationMetric,
  { hypotheses, references }: { readonly hypotheses: readonly string[]; readonly references: readonly Reference[] },
  { key, trials = 1000 }: { readonly key: RandomKey; readonly trials?: number | undefined },
): ScoreInterval {
  const rows = statisticsOf(metric, hypotheses, references);
  return bootstrapInterval(rows, { score: (sums) => metric.score(sums).score, key, trials });
}

/**
 * What BLEU is made of, by name, so that it adds up over batches: `Task.scores` gets the sums of `LossResult.statistics`. Errors as
 * of `statisticsOf`.
 */
export function bleuStatistics(
  hypotheses: readonly string[],
  references: readonly Reference[],
  options: BleuOptions = {},
): Readonly<Record<string, number>> {
  const metric = createBleu(options);
  const sums = addRows(statisticsOf(metric, hypotheses, references), metric.sums.length);
  return Object.fromEntries(metric.sums.map((name, i) => [name, sums[i]!]));
}

/** @param statistics - sums of what `bleuStatistics` returned, with the same options; other names do not matter */
export function bleuFromStatistics(
  statistics: Readonly<Record<string, number>>,
  options: BleuOptions = {},
): SignedScore<BleuScore> {
  const metric = createBleu(options);
  const score = metric.score(metric.sums.map((name) => statistics[name] ?? 0));
  return { ...score, name: metric.name, signature: metric.signature(1) };
}

/** The scores that every evaluation has, of texts that anyone wrote. Errors as of `statisticsOf`. */
export function scoreTexts(
  hypotheses: readonly string[],
  references: readonly Reference[],
  { bleu = {} }: { readonly bleu?: BleuOptions | undefined } = {},
): TranslationScores {
  const { score, signature } = corpusBleu(hypotheses, references, bleu);
  return {
    sentences: hypotheses.length,
    bleu: score,
    signature,
    chrf: corpusChrf(hypotheses, references).score,
    ter: corpusTer(hypotheses, references).score,
  };
}
