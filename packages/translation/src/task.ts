import type { Task } from '@unroll/core';
import { createBatchSource } from './batches.js';
import type { TranslationConfig } from './config.js';
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
 */
export function createTranslationTask({ config, model, prepared }: TranslationTaskOptions): Task<Batch> {
  const { segmenters, splits } = prepared;
  return {
    name: 'translation',
    parameters: model.parameters,
    train: createBatchSource(splits.train, { segmenters, config, part: 'train' }),
    valid: createBatchSource(splits.valid, { segmenters, config, part: 'valid' }),
    loss: (batch, context) => translationLoss(model, batch, context),
    lossDivisor: (_batch, count) => count,
    scores: (lossSum, count) => ({ loss: lossSum / count, count, perplexity: Math.exp(lossSum / count) }),
    bestScore: { name: 'loss', better: 'lower' },
  };
}
