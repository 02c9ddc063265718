import { randomKey } from '@unroll/core';
import { expect, test } from 'vitest';
import {
  collectFacts,
  createBatchSource,
  createSegmenters,
  encodeExample,
  parseTranslationConfig,
  type Batch,
  type TextPair,
  type TranslationConfigInput,
} from '../src/index.js';
import { pairsOf, smallPairs } from './pairs.js';

const key = randomKey(4);
const words = { unit: 'word', words: 'whitespace' } as const;

async function sourceOf(input: TranslationConfigInput, part: 'train' | 'valid', pairs: readonly TextPair[]) {
  const config = parseTranslationConfig(input);
  const segmenters = await createSegmenters(await collectFacts(pairs, config), config.tokenization);
  const examples = pairs.map((pair) => encodeExample(pair, { segmenters, copy: config.model.copy }));
  const source = createBatchSource({ pairs, examples }, { segmenters, config, part });
  const batchesOf = (epoch: number, from = 0) => [...(source.batches(epoch, key, from) as Iterable<Batch>)];
  return { source, segmenters, batchesOf };
}

test('a batch is padded, time first; inputs begin with the start, targets end with the end', async () => {
  const pairs = pairsOf('a b c = x y', 'd = z');
  const { batchesOf, segmenters } = await sourceOf({ tokenization: words }, 'valid', pairs);
  const [batch, ...others] = batchesOf(0);
  expect(others).toEqual([]);
  const { vocabulary } = segmenters.source;
  const rows = (ids: Int32Array) => {
    const texts = Array.from({ length: 2 }, (_, row) => Array.from(ids).filter((_, i) => i % 2 === row));
    return texts.map((row) => row.map((id) => vocabulary.token(id)).join(' '));
  };
  // by length of the target
  expect(rows(batch!.source.ids)).toEqual(['d </s> <pad> <pad>', 'a b c </s>']);
  expect(rows(batch!.target.inputs)).toEqual(['<s> z <pad>', '<s> x y']);
  expect(rows(batch!.target.targets)).toEqual(['z </s> <pad>', 'x y </s>']);
  expect(batch).toMatchObject({
    batchSize: 2,
    count: 5,
    source: { timeSteps: 4, batchSize: 2, lengths: Int32Array.of(2, 4) },
    target: { timeSteps: 3, lengths: Int32Array.of(2, 3) },
  });
  expect(batch!.epoch).toBeUndefined();
  expect(batch!.source.inTarget).toBeUndefined();
});

const many = Array.from({ length: 300 }, (_, i): TextPair => {
  const text = (length: number) => Array.from({ length }, (_, place) => `w${(i * 7 + place) % 50}`).join(' ');
  return { line: i + 1, source: text(1 + (i % 23)), target: text(1 + ((i * 5) % 19)) };
});

test('every pair is in one batch of an epoch, within both limits, in another order each epoch', async () => {
  const limits = { sentences: 20, tokens: 150 };
  const { batchesOf, source } = await sourceOf({ tokenization: words, batches: limits }, 'train', many);
  const all = [batchesOf(0), batchesOf(1)];
  for (const [epoch, batches] of all.entries()) {
    expect(batches).toHaveLength(source.batchesPerEpoch);
    expect(batches.reduce((sum, { batchSize }) => sum + batchSize, 0)).toBe(many.length);
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(
      many.reduce((sum, { target }) => sum + target.split(' ').length + 1, 0),
    );
    for (const batch of batches) {
      expect(batch.epoch).toBe(epoch);
      expect(batch.batchSize).toBeLessThanOrEqual(limits.sentences);
      expect(batch.batchSize * Math.max(batch.source.timeSteps, batch.target.timeSteps)).toBeLessThanOrEqual(
        limits.tokens,
      );
    }
  }
  expect(batchesOf(0)).toEqual(all[0]);
  expect(all[1]!.map(({ source }) => source.ids)).not.toEqual(all[0]!.map(({ source }) => source.ids));
});

test.each([0, 0.3])(
  'a run goes on in the middle of an epoch with the batches that it would have had: dropout %d',
  async (mergeDropout) => {
    const { batchesOf } = await sourceOf(
      { tokenization: { merges: 60, mergeDropout }, batches: { sentences: 8, tokens: 300 } },
      'train',
      many.slice(0, 60),
    );
    expect(batchesOf(3, 4)).toEqual(batchesOf(3).slice(4));
  },
);

test('byte-pair dropout cuts words into other pieces each epoch, in training alone', async () => {
  const input: TranslationConfigInput = { tokenization: { merges: 40, mergeDropout: 0.3 } };
  const training = await sourceOf(input, 'train', smallPairs);
  const ids = (batches: readonly Batch[]) => batches.map(({ target }) => target.targets);
  expect(ids(training.batchesOf(0))).toEqual(ids(training.batchesOf(0)));
  expect(training.batchesOf(1)[0]!.count).not.toBe(training.batchesOf(0)[0]!.count);
  const validation = await sourceOf(input, 'valid', smallPairs);
  expect(ids(validation.batchesOf(1))).toEqual(ids(validation.batchesOf(0)));
  expect(validation.batchesOf(0)[0]!.count).toBeLessThan(training.batchesOf(0)[0]!.count);
});

test('batches of dropped merges have every pair once, and little padding by the lengths that came out', async () => {
  const input: TranslationConfigInput = { tokenization: { merges: 60, mergeDropout: 0.4 }, batches: { sentences: 10 } };
  const long = ['dampfschiff', 'fahrplan', 'wiederkehr', 'handschuh', 'regenbogen'];
  const same = Array.from({ length: 300 }, (_, i): TextPair => {
    const text = Array.from({ length: 6 }, (_, place) => long[(i * 3 + place * (1 + (i % 4))) % 5]!).join(' ');
    return { line: i + 1, source: text, target: text };
  });
  const { batchesOf, source, segmenters } = await sourceOf(input, 'train', same);
  const batches = batchesOf(2);
  expect(batches).toHaveLength(source.batchesPerEpoch);
  const texts = batches.flatMap(({ batchSize, target }) =>
    Array.from({ length: batchSize }, (_, row) => {
      const ids = target.targets.filter((_, i) => i % batchSize === row).subarray(0, target.lengths[row]! - 1);
      return segmenters.target.join(Array.from(ids, (id) => segmenters.target.vocabulary.token(id)));
    }),
  );
  expect(texts.toSorted()).toEqual(same.map(({ target }) => target).toSorted());
  const places = batches.reduce((sum, { batchSize, target }) => sum + batchSize * target.timeSteps, 0);
  expect(batches.reduce((sum, { count }) => sum + count, 0) / places).toBeGreaterThan(0.9);
});

test('what a model copies is padded as its source', async () => {
  const pairs = pairsOf('a Lou = a', 'b = b');
  const { batchesOf, segmenters } = await sourceOf(
    { tokenization: { ...words, joint: false }, model: { copy: true } },
    'valid',
    pairs,
  );
  const { vocabulary } = segmenters.target;
  const { source } = batchesOf(0)[0]!;
  const { size, endId } = vocabulary;
  const [first, second, third] = [0, 2, 4].map((at) => [...source.inTarget!.subarray(at, at + 2)]);
  expect(first).toEqual([vocabulary.id('b'), vocabulary.id('a')]);
  expect(second).toEqual([endId, size]);
  expect(third).toEqual([0, endId]);
});

test('a very long pair is a batch by itself, and the others are as they were', async () => {
  const textOf = (length: number) => Array.from({ length }, (_, i) => `w${i % 50}`).join(' ');
  const long = [...many, { line: 301, source: textOf(10_000), target: textOf(3) }];
  const { batchesOf } = await sourceOf({ tokenization: words }, 'valid', long);
  const alone = batchesOf(0).filter(({ source }) => source.timeSteps > 30);
  expect(alone).toMatchObject([{ batchSize: 1, count: 4, source: { timeSteps: 10_001 } }]);
  expect(batchesOf(0).reduce((sum, { batchSize }) => sum + batchSize, 0)).toBe(301);
});
