import type { Task } from '@unroll/core';
import { createBatchSource } from './batches.js';
import type { TranslationConfig } from './config.js';
import { greedyBleu, greedyStatistics } from './evaluation/greedy-bleu.js';
import { translationLoss } from './loss.js';
import type { PreparedPairs } from './prepare-pairs.js';
import type { Batch, TranslationModel } from './types.js';

export interface TranslationTaskOptions {
  readonly config: TranslationConfig;
  readonly model: TranslationModel;
  readonly prepared: Pick<PreparedPairs, 'segmenters' | 'splits'>;
}

/**
 * Read first: what the trainer needs to know of translation.
 *
 *   files ─ records.ts, formats/, cleaning.ts ─► pairs ─ prepare-pairs.ts: tokenization/, examples.ts ─► facts, examples
 *     ─ batches.ts ─► batch ─ model.ts: encoder.ts, decoder/, attention/ ─► hidden vectors ─ loss.ts ─► { sum, count } ─► trainer
 *     └─ decode.ts, search/ ─► translations     metrics.ts, evaluation/ ─► scores
 *
 * The best weights are those with the lowest loss on the validation split, or with the highest BLEU of its greedy translations
 * (`validationScore`).
 */
export function createTranslationTask({ config, model, prepared }: TranslationTaskOptions): Task<Batch> {
  const { segmenters, splits } = prepared;
  const byBleu = config.validationScore === 'bleu';
  return {
    name: 'translation',
    parameters: model.parameters,
    train: createBatchSource(splits.train, { segmenters, config, part: 'train' }),
    valid: createBatchSource(splits.valid, { segmenters, config, part: 'valid' }),
    loss: (batch, context) => {
      const loss = translationLoss(model, batch, context);
      if (context.training || !byBleu) return loss;
      return { ...loss, statistics: greedyStatistics(model, batch, segmenters) };
    },
    lossDivisor: (_batch, count) => count,
    scores: (lossSum, count, statistics) => ({
      loss: lossSum / count,
      count,
      perplexity: Math.exp(lossSum / count),
      ...(byBleu && { bleu: greedyBleu(statistics, config) }),
    }),
    bestScore: byBleu ? { name: 'bleu', better: 'higher' } : { name: 'loss', better: 'lower' },
  };
}
