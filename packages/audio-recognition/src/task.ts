import type { Statistics, Task } from '@unroll/core';
import { createBatchSource } from './batches.js';
import type { AudioRecognitionConfig } from './config.js';
import { recognitionLoss } from './loss.js';
import { classScoresOf } from './metrics.js';
import type { PreparedRecordings } from './prepare-recordings.js';
import type { Batch, RecognitionModel } from './types.js';

export interface RecognitionTaskOptions {
  readonly config: AudioRecognitionConfig;
  readonly model: RecognitionModel;
  readonly prepared: Pick<PreparedRecordings, 'facts' | 'splits' | 'noise'>;
}

/**
 * Read first: what the trainer needs to know of audio recognition.
 *
 *   files ─ records.ts, formats/, audio/ ─► recordings ─ prepare-recordings.ts: features/, transcripts.ts, examples.ts ─► facts, examples
 *     ─ batches.ts, augmentation/ ─► batch ─ model.ts: front.ts, core's Stack, pooling.ts ─► hidden vectors ─ loss.ts ─► { sum, count } ─► trainer
 *     └─ decode.ts, search/, recognizer.ts, live.ts ─► classes, voices, transcripts     metrics.ts, evaluation/ ─► scores
 *
 * The best weights are those with the highest accuracy on the validation split; of transcribe those with the lowest symbol error rate of greedy
 * transcripts.
 */
export function createRecognitionTask({ config, model, prepared }: RecognitionTaskOptions): Task<Batch> {
  const { facts, splits, noise } = prepared;
  const classes = (statistics: Statistics) => {
    const { accuracy, macroF1 } = classScoresOf(statistics, facts.classes.size);
    return { accuracy, macroF1 };
  };
  const transcribes = config.task === 'transcribe';
  return {
    name: 'audio-recognition',
    parameters: model.parameters,
    ...(Object.keys(model.buffers).length > 0 && { buffers: model.buffers }),
    train: createBatchSource(splits.train.examples, { config, facts, noise, part: 'train' }),
    valid: createBatchSource(splits.valid.examples, { config, facts, part: 'valid' }),
    loss: (batch, context) => recognitionLoss(model, batch, context),
    // 0 where augmentation has made every recording of a batch too short for its transcript
    lossDivisor: (_batch, count) => Math.max(1, count),
    scores: (lossSum, count, statistics) => ({
      loss: lossSum / count,
      count,
      ...(transcribes ? { cer: statistics['errors']! / Math.max(1, statistics['symbols']!) } : classes(statistics)),
    }),
    bestScore: transcribes ? { name: 'cer', better: 'lower' } : { name: 'accuracy', better: 'higher' },
  };
}
