import type { Task } from '@unroll/core';
import { cutToFit } from './activations.js';
import { createBatchSource } from './batches.js';
import type { LanguageModelConfig } from './config.js';
import { languageModelLoss, walkBatch } from './loss.js';
import { bitsPerCharacter } from './metrics.js';
import type { Batch, LanguageModel, TokenStream } from './types.js';

export interface LanguageModelingTaskOptions {
  readonly config: LanguageModelConfig;
  readonly model: LanguageModel;
  readonly train: TokenStream;
  readonly valid?: TokenStream;
}

/**
 * Read first: what the trainer needs to know of language modelling.
 *
 *   text ─ records.ts ─► code points ─ examples.ts ─► vocabulary, token streams ─ batches.ts ─► windows
 *     ─ model.ts ─► hidden vectors ─ loss.ts ─► { sum, count } ─► trainer
 *     └─ decode.ts ─► text     metrics.ts ─► perplexity, bits per character
 *
 * Validation runs the same parallel streams as training, which start without memory each; a score to report comes from
 * `evaluateLanguageModel`, which reads the text as one stream.
 */
export function createLanguageModelingTask(options: LanguageModelingTaskOptions): Task<Batch> {
  const { config, model, train, valid } = options;
  const { batches, gradientAverage } = config;
  return {
    name: 'language-modeling',
    parameters: model.parameters,
    train: createBatchSource(train, batches),
    ...(valid && { valid: createBatchSource(valid, fitToLength(valid, batches)) }),
    loss: (batch, context) => languageModelLoss(model, batch, context),
    inPieces: {
      cut: (batch, bytes) => cutToFit(batch, bytes, { config: config.model, vocabularySize: model.vocabularySize }),
      state: (batch, context) => walkBatch(model, batch, context).state,
    },
    lossDivisor: (batch, count) => (gradientAverage === 'token' ? count : batch.batchSize),
    scores: (lossSum, count) => {
      const loss = lossSum / count;
      const split = valid ?? train;
      return { loss, count, perplexity: Math.exp(loss), bitsPerCharacter: bitsPerCharacter(loss, split) };
    },
    bestScore: { name: 'loss', better: 'lower' },
  };
}

/** Fewer streams for a short text, so that each has a window to build up memory in. */
function fitToLength({ ids }: TokenStream, { batchSize, truncationSteps }: LanguageModelConfig['batches']) {
  const streams = Math.floor((ids.length - 1) / truncationSteps);
  return { batchSize: Math.max(1, Math.min(batchSize, streams)), truncationSteps };
}
