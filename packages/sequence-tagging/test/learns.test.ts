import { deriveKey, randomKey, train } from '@unroll/core';
import {
  createTaggingModel,
  createTaggingTask,
  networkTagger,
  parseSequenceTaggingConfig,
  prepareSentences,
  type SequenceTaggingConfigInput,
} from '@unroll/sequence-tagging';
import { expect, test, vi } from 'vitest';
import { toyCorpus, type ToyColumn } from './toy-corpus.js';

// many small networks take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

/** Trains on the toy corpus, and says which of its tags the model then gets right. */
async function learn(columns: readonly ToyColumn[], input: SequenceTaggingConfigInput) {
  const config = parseSequenceTaggingConfig({
    batches: { sentences: 4 },
    ...input,
    model: {
      words: { size: 12 },
      characters: { kind: 'lstm', size: 6, hiddenSize: 6 },
      featureSize: 4,
      hiddenSize: 12,
      layers: 1,
      ...input.model,
    },
    training: {
      epochs: 16,
      optimizer: { name: 'adam', learningRate: 0.04 },
      clipNorm: 1,
      evaluateEverySteps: 1000,
    },
  });
  const corpus = toyCorpus(columns);
  const prepared = await prepareSentences({ train: corpus, valid: corpus }, config);
  const key = randomKey(config.seed);
  const model = createTaggingModel({ config, facts: prepared.facts, key: deriveKey(key, 'model') });
  const task = createTaggingTask({ config, model, prepared });
  const scores: Record<string, number>[] = [];
  for await (const event of train(task, { config: config.training, key, clock: () => 0 })) {
    if (event.type === 'evaluation') scores.push(event.scores);
  }
  const tagger = networkTagger({ model });
  const tags: (readonly string[])[][] = [];
  for await (const { columns } of tagger.tag(corpus.sentences)) tags.push(columns.map((column) => column.tags));
  tagger.dispose!();
  expect(tags).toEqual(corpus.sentences.map((sentence) => sentence.tags));
  return scores;
}

const rates = { input: 0, layers: 0, output: 0 };

test('a BiLSTM with a CRF and letters by LSTM learns chunks by heart', async () => {
  const scores = await learn(['chunk'], { model: { dropout: rates } });
  expect(scores.at(-1)!['f1']).toBe(1);
  expect(scores.at(-1)!['accuracy']).toBe(1);
});

test('a BiGRU with a softmax and letters by convolution learns parts of speech by heart, with dropout', async () => {
  const scores = await learn(['pos'], {
    model: {
      head: 'softmax',
      cell: 'gru',
      suffixes: [2],
      words: { size: 0 },
      characters: { kind: 'cnn', size: 8, filters: 16 },
      dropout: { input: 0.1, layers: 0.1, output: 0.1 },
    },
  });
  expect(scores.at(-1)!['accuracy']).toBe(1);
});

test('three columns at once: chunks, parts of speech, and several labels a token', async () => {
  const scores = await learn(['chunk', 'pos', 'features'], {
    data: { labelSeparator: '|' },
    model: { dropout: rates },
  });
  const last = scores.at(-1)!;
  expect([last['mean'], last['chunk.f1'], last['pos.accuracy'], last['features.f1']]).toEqual([1, 1, 1, 1]);
  const first = scores[0]!;
  expect(first['mean']).toBeCloseTo((first['chunk.f1']! + first['pos.accuracy']! + first['features.f1']!) / 3, 12);
});

test('adversarial training with class weights learns, too', async () => {
  const scores = await learn(['pos'], {
    adversarial: { epsilon: 0.1 },
    model: { head: 'softmax', classWeights: 'balanced', dropout: rates },
  });
  expect(scores.at(-1)!['accuracy']).toBe(1);
});
