import { expect, test } from 'vitest';
import { parseTranslationConfig, preparePairs, type TextPair } from '../src/index.js';
import { pairsOf, smallPairs } from './pairs.js';

const config = parseTranslationConfig({ tokenization: { unit: 'word' }, data: { validationFraction: 0.25 } });
const named = (name: string, pairs: readonly TextPair[]) => ({ name, pairs });

test('the training split is cleaned, others lose their empty pairs alone, and it is said what was left out', async () => {
  const long = pairsOf(`${'a '.repeat(200)} = b`, ' = b', 'a = b');
  const train = named('train.tsv', [...smallPairs, ...long]);
  const { splits, dropped, notes } = await preparePairs({ train, valid: named('valid.tsv', long) }, config);
  expect(splits.train.pairs).toHaveLength(smallPairs.length + 1);
  expect(splits.valid.pairs.map(({ line }) => line)).toEqual([1, 3]);
  expect(dropped['train']).toMatchObject({ 'too-long': 1, empty: 1 });
  expect(dropped['valid']).toMatchObject({ 'too-long': 0, empty: 1 });
  expect(notes[0]).toContain('train.tsv: 2 of 9 pairs left out');
  expect(splits.valid.examples[0]!.source).toHaveLength(201);
});

test('nothing is learnt from other splits', async () => {
  const train = named('train', smallPairs);
  const other = named('other', pairsOf('Xenia = Xenia'));
  const { facts } = await preparePairs({ train, valid: other, test: other }, config);
  expect(facts.source.vocabulary.has('Xenia')).toBe(false);
});

test('pairs are held out where no validation split is given, the same for a seed', async () => {
  const train = named('train', smallPairs);
  const { splits } = await preparePairs({ train }, config);
  expect(splits.valid.pairs).toHaveLength(2);
  expect(splits.valid.name).toBe('train (held out)');
  const lines = [...splits.train.pairs, ...splits.valid.pairs].map(({ line }) => line);
  expect(lines.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  const again = await preparePairs({ train }, config);
  expect(again.splits.valid.pairs).toEqual(splits.valid.pairs);
  const heldOut = new Set<string>();
  for (let seed = 2; seed < 8; seed++) {
    const other = await preparePairs({ train }, { ...config, seed });
    heldOut.add(other.splits.valid.pairs.map(({ line }) => line).join());
  }
  expect(heldOut.size).toBeGreaterThan(2);
});

test('all translations of a text are learnt, or all are held out', async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `text ${index % 8} = translation ${index}`);
  const { splits } = await preparePairs({ train: named('train', pairsOf(...texts)) }, config);
  const sources = (split: { readonly pairs: readonly TextPair[] }) => new Set(split.pairs.map(({ source }) => source));
  expect(splits.valid.pairs).toHaveLength(10);
  expect(splits.train.pairs).toHaveLength(30);
  const learnt = sources(splits.train);
  expect([...sources(splits.valid)].filter((source) => learnt.has(source))).toEqual([]);
});

test.each([
  ['no pair', [], 'train.tsv has no pair of texts; give pairs to learn from'],
  [
    'empty sides alone',
    pairsOf(' = a', 'a = '),
    /^unroll: train.tsv: 2 of 2 pairs left out: .*; give pairs to learn from$/,
  ],
  [
    'one pair and no validation',
    pairsOf('a = b'),
    /1 different source text, too few to hold some out; give more, or a validation file/,
  ],
])('%s is one clear line', async (_, pairs, message) => {
  await expect(preparePairs({ train: named('train.tsv', pairs) }, config)).rejects.toThrow(message);
});

test('it is said how much of a split has no id, and which pairs are very long', async () => {
  const valid = named('valid', [
    ...pairsOf('ein Hund 漢字 ist = a'),
    { ...smallPairs[0]!, line: 7, source: 'ein '.repeat(1000) },
  ]);
  const { notes } = await preparePairs({ train: named('train', smallPairs), valid }, config);
  expect(notes).toEqual([
    'valid: the pair of line 7 has more than 1,000 tokens; computing with it takes long',
    'valid: 0.1 % of the source tokens are not in the vocabulary',
  ]);
});
