import type { TextPair, TranslateOptions, Translator } from '../types.js';
import { judgeTexts, type JudgeOptions } from './judge-texts.js';
import type { TranslationEvaluation } from './result.js';

export interface EvaluateTranslatorOptions extends JudgeOptions {
  /** how the translator writes */
  readonly translate?: Omit<TranslateOptions, 'nBest' | 'attention' | 'streaming' | 'prefixes' | 'signal'> | undefined;
  /** after each sentence */
  readonly onProgress?: ((done: { readonly sentences: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Translates sentences whose translation is known, and judges what was written.
 *
 * @throws {DataError} `data/empty` without a sentence
 * @throws the signal's reason when aborted
 */
export async function evaluateTranslator(
  translator: Translator,
  pairs: readonly TextPair[],
  options: EvaluateTranslatorOptions = {},
): Promise<TranslationEvaluation> {
  const { translate = {}, onProgress, signal } = options;
  const hypotheses: string[] = [];
  let [milliseconds, unfinished] = [0, 0];
  let since = performance.now();
  const sources = pairs.map(({ source }) => source);
  for await (const { hypotheses: best } of translator.translate(sources, { ...translate, signal })) {
    milliseconds += performance.now() - since;
    signal?.throwIfAborted();
    hypotheses.push(best[0]!.text);
    if (!best[0]!.finished) unfinished++;
    onProgress?.({ sentences: hypotheses.length });
    since = performance.now();
  }
  const references = pairs.map(({ target }) => target);
  const lines = pairs.map(({ line }) => line);
  const judged = judgeTexts({ name: translator.name, hypotheses, references, sources, lines }, options);
  return { ...judged, seconds: milliseconds / 1000, habits: { ...judged.habits, unfinished } };
}
