import { Vocabulary } from '@unroll/core';
import { blankSymbol } from '../src/index.js';
import { parseAudioRecognitionConfig, type AudioRecognitionConfigInput } from '../src/config.js';
import type { SearchedModel } from '../src/search/transcript-search.js';

/** A model as the search knows it: its configuration and symbols. */
export function searchedModel(symbols: readonly string[], config: AudioRecognitionConfigInput = {}): SearchedModel {
  return {
    config: parseAudioRecognitionConfig({ task: 'transcribe', ...config }),
    facts: {
      task: 'transcribe',
      sampleRate: 8000,
      featureSize: 1,
      classes: new Vocabulary([]),
      symbols: new Vocabulary([blankSymbol, ...symbols]),
    },
  };
}

/** Irregular log-probabilities `[steps, symbols]` that sum to 1 in every step. @param sharpness - 0 = uniform */
export function irregularSteps(steps: number, symbols: number, { sharpness = 3, shift = 0 } = {}): Float32Array {
  const values = new Float32Array(steps * symbols);
  for (let t = 0; t < steps; t++) {
    const row = Array.from(
      { length: symbols },
      (_, c) => sharpness * Math.sin(1.7 * t * t + 2.3 * c * (t + 1) + c + shift),
    );
    const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    row.forEach((value, c) => (values[t * symbols + c] = value - total));
  }
  return values;
}

/** ln p of every text that a CTC model can write in so many steps, by its ids: the sum over all alignments, one by one. */
export function listTexts(logProbabilities: Float32Array, symbols: number): Map<string, number> {
  const steps = logProbabilities.length / symbols;
  const found = new Map<string, number>();
  for (let number = 0; number < symbols ** steps; number++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(number / symbols ** t) % symbols);
    const ids = path.filter((id, t) => id !== 0 && id !== path[t - 1]);
    const probability = Math.exp(path.reduce((sum, id, t) => sum + logProbabilities[t * symbols + id]!, 0));
    found.set(ids.join(' '), (found.get(ids.join(' ')) ?? 0) + probability);
  }
  return new Map(Array.from(found, ([text, probability]) => [text, Math.log(probability)]));
}
