import { deriveKey, randomKey, train } from '@unroll/core';
import {
  createTranslationModel,
  createTranslationTask,
  parseTranslationConfig,
  preparePairs,
  type TextPair,
  type TranslationConfigInput,
} from '@unroll/translation';
import { expect, test, vi } from 'vitest';

// many small networks take their time on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Words of a few letters, and the same words backwards. */
const reversed = Array.from({ length: 24 }, (_, i): TextPair => {
  const word = Array.from(
    { length: 3 + (i % 2) },
    (_, place) => letters[(i * 5 + place * (1 + (i % 4)) + (i >> 3)) % 6]!,
  );
  return { line: i + 1, source: word.join(' '), target: word.toReversed().join(' ') };
});

/** Trains on the words, and says how well it then writes them. */
async function learn(input: TranslationConfigInput) {
  const config = parseTranslationConfig({
    tokenization: { unit: 'word', words: 'whitespace' },
    batches: { sentences: 4 },
    ...input,
    model: {
      embeddingSize: 16,
      ...input.model,
      encoder: { hiddenSize: 16, ...input.model?.encoder },
      decoder: { hiddenSize: 24, ...input.model?.decoder },
    },
    training: { epochs: 16, optimizer: { name: 'adam', learningRate: 0.02 }, clipNorm: 1, evaluateEverySteps: 1000 },
  });
  const sets = { train: { name: 'train', pairs: reversed }, valid: { name: 'valid', pairs: reversed } };
  const prepared = await preparePairs(sets, config);
  const key = randomKey(config.seed);
  const model = createTranslationModel({ config, facts: prepared.facts, key: deriveKey(key, 'model') });
  const task = createTranslationTask({ config, model, prepared });
  const scores: Record<string, number>[] = [];
  for await (const event of train(task, { config: config.training, key, clock: () => 0 })) {
    if (event.type === 'evaluation') scores.push(event.scores);
  }
  model.dispose();
  return scores.at(-1)!;
}

test('a conditional GRU learns to write words backwards, and says so by BLEU', async () => {
  const scores = await learn({
    validationScore: 'bleu',
    tokenization: { unit: 'word', words: 'whitespace' },
  });
  expect(scores['perplexity']).toBeLessThan(1.1);
  expect(scores['bleu']).toBeGreaterThan(90);
});

test('an LSTM with attention after its step and input feeding does, with a share of its own tokens as input', async () => {
  const scores = await learn({
    model: {
      encoder: { cell: 'lstm' },
      decoder: { cell: 'lstm', attends: 'after' },
      attention: { kind: 'general' },
    },
    scheduledSampling: { rate: 0.1, epochs: 20 },
  });
  expect(scores['perplexity']).toBeLessThan(1.15);
});
