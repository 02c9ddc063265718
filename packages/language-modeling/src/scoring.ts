import type { Vocabulary } from '@unroll/core';
import { boundaryId } from './decode.js';
import { tokenLogProbabilities, type EvaluationOptions } from './metrics.js';
import { createCodec } from './tokenization/create-codec.js';
import type { LanguageModel } from './types.js';

export interface ScoredToken {
  readonly token: string;
  /** the vocabulary has it; otherwise the score is that of `<unk>` */
  readonly known: boolean;
  /** ln p(token | all before it in the sentence); `null` for a first token that nothing precedes */
  readonly logProbability: number | null;
}

export interface SentenceScore {
  readonly sentence: string;
  readonly tokens: readonly ScoredToken[];
  /** ln p(sentence), the sum over its tokens, in nats */
  readonly logProbability: number;
  /** exp(−logProbability / scored tokens) */
  readonly perplexity: number;
}

/**
 * Log-probabilities of single sentences, each read from an empty state.
 *
 * A sentence follows the end of a line and is followed by one: `<eos>` of word models, the line break of character
 * models whose text had any. Where the model has no such token, the first token cannot be scored.
 */
export async function* scoreSentences(
  model: LanguageModel,
  vocabulary: Vocabulary,
  { sentences, ...options }: EvaluationOptions & { readonly sentences: Iterable<string> | AsyncIterable<string> },
): AsyncGenerator<SentenceScore, void> {
  const codec = createCodec(model.config.text);
  const boundary = boundaryId(vocabulary);
  const edge = boundary === undefined ? [] : [vocabulary.token(boundary)];
  for await (const sentence of sentences) {
    const tokens = [...(await codec.tokenize(sentence)), ...edge];
    const ids = Int32Array.from([...edge, ...tokens], (token) => vocabulary.id(token));
    const scores = await tokenLogProbabilities(model, ids, options);
    const offset = edge.length - 1;
    const logProbability = scores.reduce((sum, score) => sum + score, 0);
    yield {
      sentence,
      tokens: tokens.map((token, i) => ({
        token,
        known: vocabulary.has(token),
        logProbability: scores[i + offset] ?? null,
      })),
      logProbability,
      perplexity: Math.exp(-logProbability / Math.max(1, scores.length)),
    };
  }
}
