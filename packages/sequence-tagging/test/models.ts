import { randomKey } from '@unroll/core';
import {
  createTaggingModel,
  parseSequenceTaggingConfig,
  prepareSentences,
  type SequenceTaggingConfigInput,
} from '@unroll/sequence-tagging';
import { toyCorpus, type ToyColumn } from './toy-corpus.js';

/** A small model of the toy corpus with new weights, and the corpus prepared for it. */
export async function toyModel(columns: readonly ToyColumn[], input: SequenceTaggingConfigInput = {}) {
  const config = parseSequenceTaggingConfig({
    ...input,
    model: {
      words: { size: 6 },
      characters: { kind: 'lstm', size: 4, hiddenSize: 3 },
      featureSize: 3,
      hiddenSize: 5,
      layers: 1,
      ...input.model,
    },
  });
  const corpus = toyCorpus(columns);
  const prepared = await prepareSentences({ train: corpus, valid: corpus }, config);
  const model = createTaggingModel({ config, facts: prepared.facts, key: randomKey(5) });
  return { config, corpus, prepared, model };
}
