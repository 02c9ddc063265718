import { DataError, linesOf, type ByteSource } from '@unroll/core';
import type { NGramModel } from './n-gram-model.js';
import { sentenceWords } from './train.js';

export interface NGramScores {
  readonly sentences: number;
  /** with one end a sentence */
  readonly words: number;
  /** those that the model does not know */
  readonly unknown: number;
  /** ln p of all words */
  readonly logProbability: number;
  /** exp(−logProbability / words) */
  readonly perplexity: number;
}

/** ln p(words and end | beginning) of one sentence. */
export function sentenceLogProbability(model: NGramModel, words: readonly string[]): number {
  let state = model.start();
  let sum = 0;
  for (const id of [...words.map((word) => model.id(word)), model.endId]) {
    const next = model.next(state, id);
    sum += next.logProbability;
    state = next.state;
  }
  return sum;
}

/**
 * How well a model predicts a text with a sentence a line; unknown words count with the probability of `<unk>`.
 *
 * @throws {DataError} `data/empty`, and as reading the text
 */
export async function evaluateNGramModel(
  model: NGramModel,
  source: ByteSource,
  { lowercase = false }: { readonly lowercase?: boolean | undefined } = {},
): Promise<NGramScores> {
  let [sentences, words, unknown, logProbability] = [0, 0, 0, 0];
  for await (const line of linesOf(source)) {
    const sentence = sentenceWords(lowercase ? line.toLowerCase() : line, model.unit);
    if (sentence.length === 0) continue;
    sentences += 1;
    words += sentence.length + 1;
    unknown += sentence.filter((word) => model.id(word) === model.unknownId).length;
    logProbability += sentenceLogProbability(model, sentence);
  }
  if (sentences === 0) throw new DataError('data/empty', `${source.name} has no words; there is nothing to predict`);
  return { sentences, words, unknown, logProbability, perplexity: Math.exp(-logProbability / words) };
}
