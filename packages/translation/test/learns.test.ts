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
vi.setConfig({ testTimeout: 60_000 });

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Words of a few letters, and what is to be written of each; no word of one set is in the other. */
function wordPairs(write: (word: readonly string[]) => readonly string[]) {
  const words = Array.from({ length: 160 }, (_, i) =>
    Array.from({ length: 2 + (i % 3) }, (_, place) => letters[(i * 7 + place * (3 + (i % 5)) + (i >> 3)) % 6]!),
  );
  const distinct = [...new Map(words.map((word) => [word.join(' '), word])).entries()];
  const pairs = distinct.map(([source, word], i): TextPair => ({ line: i + 1, source, target: write(word).join(' ') }));
  return { train: pairs.filter((_, i) => i % 8 !== 0), valid: pairs.filter((_, i) => i % 8 === 0) };
}

const reversed = wordPairs((word) => word.toReversed());

async function learn(
  { train: trainPairs, valid: validPairs }: ReturnType<typeof wordPairs>,
  input: TranslationConfigInput,
) {
  const config = parseTranslationConfig({
    tokenization: { unit: 'word', words: 'whitespace' },
    batches: { sentences: 16 },
    ...input,
    model: {
      embeddingSize: 16,
      encoder: { hiddenSize: 16 },
      ...input.model,
      decoder: { hiddenSize: 24, ...input.model?.decoder },
    },
    training: { epochs: 30, optimizer: { name: 'adam', learningRate: 0.01 }, clipNorm: 1, evaluateEverySteps: 1000 },
  });
  const sets = { train: { name: 'train', pairs: trainPairs }, valid: { name: 'valid', pairs: validPairs } };
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
  const scores = await learn(reversed, {
    validationScore: 'bleu',
    tokenization: { unit: 'word', words: 'whitespace' },
  });
  expect(scores['perplexity']).toBeLessThan(1.05);
  expect(scores['bleu']).toBeGreaterThan(95);
});

test('an LSTM with attention after its step and input feeding does, with a share of its own tokens as input', async () => {
  const scores = await learn(reversed, {
    model: {
      encoder: { cell: 'lstm' },
      decoder: { cell: 'lstm', attends: 'after' },
      attention: { kind: 'general' },
    },
    scheduledSampling: { rate: 0.1, epochs: 10 },
  });
  expect(scores['perplexity']).toBeLessThan(1.15);
});
