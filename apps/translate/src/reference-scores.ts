import { UsageError } from '@unroll/core/errors';
import {
  corpusScore,
  createBleu,
  createChrf,
  createTer,
  sentenceScore,
  type BleuOptions,
  type MetricScore,
  type SignedScore,
  type TranslationMetric,
} from '@unroll/translation';

const metricNames = ['bleu', 'chrf', 'chrf++', 'ter'] as const;
export type MetricName = (typeof metricNames)[number];

export interface BleuFlags {
  readonly tokenize?: BleuOptions['tokenizer'];
  readonly lowercase?: boolean;
  readonly smooth?: BleuOptions['smoothing'];
  readonly smoothValue?: number;
}

/** BLEU as the flags ask for it. */
export function bleuOptions({ tokenize, lowercase, smooth, smoothValue }: BleuFlags): BleuOptions {
  return { tokenizer: tokenize, lowercase, smoothing: smooth, smoothingValue: smoothValue };
}

/** @throws {UsageError} `usage/metrics` for a name that is none */
export function checkedMetrics(names: readonly string[] = ['bleu', 'chrf', 'ter']): readonly MetricName[] {
  return names.map((name) => {
    const found = metricNames.find((each) => each === name);
    if (found !== undefined) return found;
    throw new UsageError('usage/metrics', `--metrics ${name} is no metric; there are ${metricNames.join(', ')}`);
  });
}

/** Of a whole file; TER never minds the case, as in sacreBLEU. */
export function createMetric(name: MetricName, flags: BleuFlags): TranslationMetric {
  const { lowercase } = flags;
  switch (name) {
    case 'bleu':
      return createBleu(bleuOptions(flags));
    case 'chrf':
      return createChrf({ lowercase });
    case 'chrf++':
      return createChrf({ lowercase, wordOrder: 2 });
    case 'ter':
      return createTer();
  }
}

/** Scores of every line, by metric. Of BLEU orders that a line is too short for are left out. */
export function lineScores(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { names, flags }: { readonly names: readonly MetricName[]; readonly flags: BleuFlags },
): readonly Readonly<Record<string, number>>[] {
  const metrics = names.map((name) => {
    const metric =
      name === 'bleu' ? createBleu({ ...bleuOptions(flags), effectiveOrder: true }) : createMetric(name, flags);
    return [name, metric] as const;
  });
  return hypotheses.map((hypothesis, i) =>
    Object.fromEntries(
      metrics.map(([name, metric]) => [name, sentenceScore(metric, hypothesis, references[i]!).score]),
    ),
  );
}

/** A score of a whole file, and how it was computed. */
export type FileScore = SignedScore<MetricScore> & { readonly metric: MetricName; readonly details?: string };

export function fileScores(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { names, flags }: { readonly names: readonly MetricName[]; readonly flags: BleuFlags },
): readonly FileScore[] {
  return names.map((metric) => ({ metric, ...corpusScore(createMetric(metric, flags), hypotheses, references) }));
}
