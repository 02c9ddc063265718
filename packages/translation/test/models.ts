import * as tf from '@tensorflow/tfjs-core';
import { deriveKey, randomKey, uniform, Vocabulary } from '@unroll/core';
import {
  createTranslationModel,
  parseTranslationConfig,
  type Batch,
  type Example,
  type TranslationConfigInput,
  type TranslationFacts,
} from '@unroll/translation';
import { createBatch } from '../src/batches.js';

const specials = { padding: '<pad>', unknown: '<unk>', start: '<s>', end: '</s>' };
const vocabularySize = 11;

function vocabularyOf(words: number): Vocabulary {
  const tokens = Array.from({ length: words - 4 }, (_, i) => `w${i}`);
  return new Vocabulary([...Object.values(specials), ...tokens], specials);
}

/** One vocabulary for both sides. */
export const toyFacts: TranslationFacts = (() => {
  const joint = { vocabulary: vocabularyOf(vocabularySize), merges: [] };
  return { source: joint, target: joint };
})();

/** Three pairs of different lengths, of which one copies a word that the vocabulary lacks. */
export const toyExamples: readonly Example[] = [
  { source: [4, 6, 5, 1, 3], target: [5, 11, 7, 3], sourceInTarget: [4, 6, 5, 11, 3] },
  { source: [8, 3], target: [9, 8, 8, 10, 6, 3], sourceInTarget: [8, 3] },
  { source: [10, 1, 1, 3], target: [12, 3], sourceInTarget: [10, 11, 12, 3] },
].map(({ source, target, sourceInTarget }) => ({
  source: Int32Array.from(source),
  target: Int32Array.from(target),
  sourceInTarget: Int32Array.from(sourceInTarget),
}));

function known(ids: Int32Array): Int32Array {
  return ids.map((id) => (id < vocabularySize ? id : 1));
}

/** The examples as a model reads them: without copying, words that the vocabulary lacks are unknown. */
export function toyBatch(copies: boolean, examples = toyExamples): Batch {
  const own = examples.map((example) =>
    copies ? example : { source: example.source, target: known(example.target!) },
  );
  return createBatch(own, 2);
}

/** A small model whose weights, biases among them, are all different. */
export function toyModel(input: TranslationConfigInput) {
  const config = parseTranslationConfig({
    ...input,
    tokenization: { unit: 'word', words: 'whitespace', ...input.tokenization },
    model: {
      embeddingSize: 5,
      ...input.model,
      encoder: { hiddenSize: 3, ...input.model?.encoder },
      decoder: { hiddenSize: 6, ...input.model?.decoder },
    },
  });
  const model = createTranslationModel({ config, facts: toyFacts, key: randomKey(7) });
  for (const [name, variable] of Object.entries(model.parameters)) {
    const noise = uniform(deriveKey(randomKey(8), name), variable.size);
    const values = variable.dataSync().map((value, i) => value + 0.4 * (noise[i]! - 0.5));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return model;
}
