import { createFeatures, parseAudioRecognitionConfig, type AudioRecognitionConfig } from '@unroll/audio-recognition';
import { madeSound } from '../../made-data.js';
import type { LogMelShape } from '../../models.js';
import { timeRepetitions, type Session, type StartOf } from './session.js';

/** Log-mel features of a whole recording. */
export function startLogMel({ shape }: StartOf<LogMelShape>): Session {
  const { sampleRate, seconds } = shape;
  const extractor = createFeatures(featureConfig(shape), sampleRate);
  const sound = madeSound(seconds * sampleRate);
  return {
    parameters: 0,
    run: (_work, repetitions) => {
      let features: Float32Array = new Float32Array();
      const { ms } = timeRepetitions(repetitions, () => (features = extractor.extract(sound)));
      return { ms, meanDecibels: features.reduce((sum, value) => sum + value, 0) / features.length };
    },
  };
}

/** Not normalised: decibels. */
export function featureConfig(shape: LogMelShape): AudioRecognitionConfig['features'] {
  const { sampleRate, windowLength, hopLength, fftSize, mels, lowHertz } = shape;
  return parseAudioRecognitionConfig({
    features: {
      convention: 'librosa',
      kind: 'log-mel',
      windowSeconds: windowLength / sampleRate,
      hopSeconds: hopLength / sampleRate,
      fftSize,
      mels,
      lowHertz,
      normalization: 'none',
    },
  }).features;
}
