import { breathe, createBuckets } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { createBatch } from '../batches.js';
import { encodeExample } from '../examples.js';
import { createSegmenters, type Segmenters } from '../tokenization/create-segmenter.js';
import type { Batch, TextPair, TranslationModel } from '../types.js';
import { checkAgreement } from './agreement.js';

/** How probable a model finds a translation that somebody gave. */
export interface PairScore {
  /** of the target, with `</s>` */
  readonly tokens: readonly string[];
  /** ln p of each token given the source and the tokens before it */
  readonly tokenLogProbabilities: Float64Array;
  /** ln p(target and `</s>` | source): the sum, in nats */
  readonly logProbability: number;
  /** exp(−log p / tokens) */
  readonly perplexity: number;
}

export interface ScoringOptions {
  /** of the models; made from their facts unless given */
  readonly segmenters?: Segmenters | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores of given translations, in their order. Of several models the probabilities of every token are averaged, as in translating.
 *
 * @param pairs - at least the texts, as the configuration normalises them
 * @throws {ConfigError} `config/ensemble` if the models differ in their vocabularies, or in whether they copy
 */
export async function scoreTranslations(
  models: readonly TranslationModel[],
  pairs: readonly Pick<TextPair, 'source' | 'target'>[],
  options: ScoringOptions = {},
): Promise<readonly PairScore[]> {
  checkAgreement(models);
  const { facts, config } = models[0]!;
  const segmenters = options.segmenters ?? (await createSegmenters(facts, config.tokenization));
  const examples = pairs.map((pair) => encodeExample(pair, { segmenters, copy: config.model.copy }));
  const lengths = examples.map(({ source, target }) => Math.max(source.length, target!.length));
  const { vocabulary } = segmenters.target;
  const limits = { items: config.batches.sentences, tokens: config.batches.tokens };
  const scores: PairScore[] = [];
  for (const items of createBuckets(lengths, limits).batches()) {
    options.signal?.throwIfAborted();
    const batch = createBatch(
      Array.from(items, (item) => examples[item]!),
      vocabulary.startId!,
    );
    const losses = models.map((model) => tokenLosses(model, batch));
    for (const [row, item] of items.entries()) {
      const tokens = [...segmenters.target.tokens(pairs[item]!.target), vocabulary.token(vocabulary.endId!)];
      scores[item] = scoreOf(tokens, (t) => meanLogProbability(losses, t * batch.batchSize + row));
    }
    await breathe();
  }
  return scores;
}

/** exp of the mean negative log-probability of a token. */
export function perplexityOf(scores: readonly Pick<PairScore, 'tokens' | 'logProbability'>[]): number {
  const sum = scores.reduce((total, { logProbability }) => total + logProbability, 0);
  return Math.exp(-sum / scores.reduce((total, { tokens }) => total + tokens.length, 0));
}

function scoreOf(tokens: readonly string[], logProbabilityAt: (time: number) => number): PairScore {
  const tokenLogProbabilities = Float64Array.from(tokens, (_, time) => logProbabilityAt(time));
  const logProbability = tokenLogProbabilities.reduce((sum, each) => sum + each, 0);
  return { tokens, tokenLogProbabilities, logProbability, perplexity: Math.exp(-logProbability / tokens.length) };
}

/** `[target time · batch]`, −ln p */
function tokenLosses(model: TranslationModel, { source, target }: Batch): Float32Array {
  const losses = tf.tidy(() => {
    const encoded = model.encode(source);
    return model.crossEntropy(encoded, model.decode(encoded, target), target).losses;
  });
  const values = losses.dataSync<'float32'>();
  losses.dispose();
  return values;
}

function meanLogProbability(losses: readonly Float32Array[], place: number): number {
  if (losses.length === 1) return -losses[0]![place]!;
  return Math.log(losses.reduce((sum, each) => sum + Math.exp(-each[place]!), 0) / losses.length);
}
