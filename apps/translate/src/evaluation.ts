import {
  countWords,
  evaluateTranslator,
  perplexityOf,
  scoreTranslations,
  type EvaluateTranslatorOptions,
  type NamedPairs,
  type TranslationEvaluation,
} from '@unroll/translation';
import type { OpenModels } from './models.js';

export interface EvaluatePairsOptions extends Partial<
  Pick<EvaluateTranslatorOptions, 'bleu' | 'translate' | 'worst' | 'onProgress'>
> {
  /** pairs that were learnt from, for what is said of rare words */
  readonly train?: NamedPairs | undefined;
}

/** Translations of a split beside its targets, and how probable the models find the targets. */
export async function evaluatePairs(
  { models, segmenters, translator }: Pick<OpenModels, 'models' | 'segmenters' | 'translator'>,
  { pairs }: NamedPairs,
  { train, ...options }: EvaluatePairsOptions = {},
): Promise<TranslationEvaluation> {
  const targets = train?.pairs.map(({ target }) => target);
  const wordCount = targets && countWords(targets, options.bleu);
  const perplexity = perplexityOf(await scoreTranslations(models, pairs, { segmenters }));
  return evaluateTranslator(translator, pairs, { ...options, perplexity, wordCount });
}
