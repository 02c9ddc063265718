import { expect, test } from 'vitest';
import { lengthsOf } from '../../lengths.js';
import type { LanguageModelShape, TaggerShape, TranslatorShape } from '../../models.js';
import { startLanguageModel } from './language-model.js';
import { startProducts } from './products.js';
import { timeRepetitions } from './session.js';
import { startStack } from './stack.js';
import { startTagger } from './tagger.js';
import { startTranslator } from './translator.js';

const request = { request: 'start', precision: 'float32', threads: 1, seed: 1 } as const;
const twice = { count: 2, budgetMs: 10_000 };
const learning = { learningRate: 0.1, clipNorm: 5 };

const languageModel: LanguageModelShape = {
  task: 'language-model',
  vocabularySize: 11,
  embeddingSize: 3,
  hiddenSize: 4,
  layers: 2,
  timeSteps: 5,
  batchSize: 2,
  dropout: 0,
  ...learning,
};

const tagger: TaggerShape = {
  task: 'tagger',
  cell: 'gru',
  bidirectional: true,
  vocabularySize: 13,
  embeddingSize: 3,
  hiddenSize: 4,
  layers: 2,
  tags: 7,
  timeSteps: 6,
  shortest: 2,
  batchSize: 3,
  ...learning,
};

const translator: TranslatorShape = {
  task: 'translator',
  vocabularySize: 13,
  embeddingSize: 3,
  hiddenSize: 4,
  timeSteps: 6,
  shortest: 2,
  batchSize: 3,
  ...learning,
};

test('a language model trains and generates, with the parameters that its shape says', async () => {
  const session = startLanguageModel({ ...request, shape: languageModel });
  const cells = 3 * 16 + 4 * 16 + 16 + (4 * 16 + 4 * 16 + 16);
  expect(session.parameters).toBe(11 * 3 + cells + 4 * 11 + 11);
  const trained = await session.run('train', twice);
  expect(trained.ms).toHaveLength(2);
  expect(Math.abs(trained.lossNats! - Math.log(11))).toBeLessThan(0.3);
  expect((await session.run('infer', twice)).ms).toHaveLength(2);
});

test('a tagger trains on its real words: a GRU keeps both biases, and each direction is a cell', async () => {
  const session = startTagger({ ...request, shape: tagger, lengths: lengthsOf(tagger) });
  const cells = 2 * ((3 + 4) * 12 + 24) + 2 * ((8 + 4) * 12 + 24);
  expect(session.parameters).toBe(13 * 3 + cells + 8 * 7 + 7);
  const trained = await session.run('train', twice);
  expect(trained.ms).toHaveLength(2);
  expect(Math.abs(trained.lossNats! - Math.log(7))).toBeLessThan(0.5);
});

test('a translator trains on its real words, with a GRU of each direction, a context as wide as both, and a deep output', async () => {
  const session = startTranslator({ ...request, shape: translator, lengths: lengthsOf(translator) });
  const encoder = 2 * ((3 + 4) * 12 + 24);
  const attention = 8 * 4 + 4 + 4 * 4 + 4;
  const decoder = (3 + 8 + 4) * 12 + 24;
  const output = (4 + 8 + 3) * 3 + 3 + 3 * 13 + 13;
  expect(session.parameters).toBe(2 * 13 * 3 + encoder + (8 * 4 + 4) + attention + decoder + output);
  const trained = await session.run('train', twice);
  expect(trained.ms).toHaveLength(2);
  expect(Math.abs(trained.lossNats! - Math.log(13))).toBeLessThan(0.5);
});

test('a stack takes steps, and a product has the sizes that it is named by', async () => {
  const stack = startStack({ ...request, shape: { task: 'stack', hiddenSize: 5, layers: 2 } });
  expect(stack.parameters).toBe(2 * (10 * 20 + 20));
  expect((await stack.run('infer', twice)).ms).toHaveLength(2);
  const products = startProducts({ ...request, shape: { task: 'products', products: [[2, 3, 4]] } });
  expect((await products.run('2x3x4', twice)).ms).toHaveLength(2);
});

test('repetitions end with the budget, but for the first', () => {
  const slow = () => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  };
  expect(timeRepetitions({ count: 3, budgetMs: 0 }, slow).ms).toHaveLength(1);
  expect(timeRepetitions({ count: 3, budgetMs: 1000 }, slow).ms).toHaveLength(3);
});
