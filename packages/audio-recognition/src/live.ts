import { DataError, logSoftmaxRows } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { createSoundChecks } from './audio/check-sound.js';
import { concatenate, createResampler } from './audio/resample.js';
import { detailsOf } from './decode.js';
import { createFeatures } from './features/extractor.js';
import { createFeatureStream } from './features/feature-stream.js';
import { requireStreaming } from './model-stream.js';
import { createTranscriptSearch } from './search/transcript-search.js';
import type { LiveRecognizer, Recognition, RecognitionModel, RecognizeOptions } from './types.js';

export interface LiveOptions extends RecognizeOptions {
  /** in hertz, of what is pushed; the model's unless given */
  readonly sampleRate?: number | undefined;
}

/**
 * A result that grows while sound comes. Pieces of any length give the features, hidden vectors and results of the whole; nothing that
 * is kept grows with time but the text, and with `times` or `posteriors` the log-probabilities. Silence is not trimmed, and `data.clipSeconds` is
 * not regarded: both need the end.
 *
 * @throws {ConfigError} `config/streaming` for a model, normalisation or pooling that needs the whole
 */
export function createLiveRecognizer(model: RecognitionModel, options: LiveOptions = {}): LiveRecognizer {
  requireStreaming(model.config.model);
  const { facts, config } = model;
  const { sampleRate = facts.sampleRate } = options;
  const resampler = createResampler(sampleRate, facts.sampleRate);
  const features = createFeatureStream({ features: config.features, facts });
  const { minimumSamples } = createFeatures(config.features, facts.sampleRate);
  const checks = createSoundChecks(1);
  const answer = config.task === 'transcribe' ? createTranscriber(model, options) : createClassifier(model);
  const stream = model.stream();
  let received = 0;
  let samples = 0;
  let ended = false;
  const advance = (frames: Float32Array) => {
    if (frames.length === 0) return;
    const steps = stream.push(frames);
    if (steps.length > 0) answer.push(steps);
  };
  const hear = (piece: Float32Array) => {
    samples += piece.length;
    advance(features.push(piece));
  };
  const result = (isWhole: boolean, warnings: readonly string[]): Recognition => ({
    name: 'live',
    seconds: received / sampleRate,
    warnings,
    ...answer.result(isWhole),
  });
  return {
    push: (piece) => {
      if (ended) throw new DataError('data/ended', 'this recording has ended; begin another one for further sound');
      received += piece.length;
      checks.push(piece);
      hear(resampler.push(piece));
      return result(false, []);
    },
    end: () => {
      if (ended) throw new DataError('data/ended', 'this recording has ended already; begin another one');
      ended = true;
      hear(resampler.end());
      const warnings = [...checks.warnings()];
      if (samples < minimumSamples) {
        warnings.push(
          `too short: it has ${samples} samples at ${facts.sampleRate} Hz, one frame needs ${minimumSamples}; it was filled with zeros`,
        );
        hear(new Float32Array(minimumSamples - samples));
      }
      advance(features.end());
      stream.dispose();
      return result(true, warnings);
    },
  };
}

type Answer = Omit<Recognition, 'name' | 'seconds' | 'warnings'>;

/** Steps of a model to results. */
interface Answering {
  /** @param steps - of a `ModelStream`, at least one */
  push(steps: Float32Array): void;
  result(isWhole: boolean): Answer;
}

function createTranscriber(model: RecognitionModel, options: LiveOptions): Answering {
  const search = createTranscriptSearch(model, options);
  const keeps = options.times === true || options.posteriors === true;
  const kept: Float32Array[] = [];
  return {
    push: (logits) => {
      const logProbabilities = logSoftmaxRows(logits, model.facts.symbols.size);
      search.push(logProbabilities);
      if (keeps) kept.push(logProbabilities);
    },
    result: (isWhole) => {
      if (!isWhole) return { transcripts: search.best(options.nBest) };
      const transcripts = search.end(options.nBest);
      return { transcripts, ...(keeps && detailsOf(concatenate(kept), transcripts, { model, ...options })) };
    },
  };
}

function createClassifier(model: RecognitionModel): Answering {
  const pooled = model.runningPool();
  const isSpeaker = model.config.task === 'speaker';
  return {
    push: (steps) => pooled.push(steps),
    result: () => {
      const [probabilities, embedding] = tf.tidy(() => {
        const vector = pooled.vector();
        const scores = tf.softmax(model.classLogits(vector));
        return [scores, vector].map((tensor) => tensor.dataSync().slice() as Float32Array);
      });
      return { probabilities: probabilities!, ...(isSpeaker && { embedding: embedding! }) };
    },
  };
}
