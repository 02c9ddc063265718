import { deriveKey, randomKey, uniform, Vocabulary } from '@unroll/core';
import {
  createRecognitionModel,
  parseAudioRecognitionConfig,
  type AudioRecognitionConfigInput,
  type RecognitionFacts,
  type RecognitionModel,
} from '@unroll/audio-recognition';
import { toneRate } from './tones.js';

const featureSize = 6;

/** A small model with new weights, of features that nobody computed. */
export function smallModel(input: AudioRecognitionConfigInput = {}): RecognitionModel {
  const config = parseAudioRecognitionConfig({
    ...input,
    features: { mels: featureSize, ...input.features },
    model: { hiddenSize: 5, layers: 2, embeddingSize: 4, ...input.model },
  });
  const facts: RecognitionFacts = {
    task: config.task,
    sampleRate: toneRate,
    featureSize,
    classes: new Vocabulary(config.task === 'transcribe' ? [] : ['no', 'perhaps', 'yes']),
    symbols: new Vocabulary(config.task === 'transcribe' ? ['<blank>', 'a', 'b', 'c'] : []),
    mean: new Float32Array(featureSize),
    deviation: new Float32Array(featureSize).fill(1),
  };
  return createRecognitionModel({ config, facts, key: randomKey(7) });
}

/** `[frame, feature]` numbers that differ everywhere. */
export function frames(count: number, seed = 1): Float32Array {
  return uniform(deriveKey(randomKey(seed), 'frames'), count * featureSize).map((value) => 2 * value - 1);
}
