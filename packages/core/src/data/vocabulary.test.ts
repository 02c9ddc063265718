import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CheckpointError, DataError } from '../errors.js';
import { Vocabulary } from './vocabulary.js';

const counts = new Map([
  ['b', 3],
  ['a', 3],
  ['rare', 1],
  ['the', 9],
]);

describe('fromCounts', () => {
  test('ranks by count, then by code units, after the special tokens', () => {
    const vocabulary = Vocabulary.fromCounts(counts, { specials: { unknown: '<unk>', padding: '<pad>' } });
    expect(vocabulary.tokens).toEqual(['<pad>', '<unk>', 'the', 'a', 'b', 'rare']);
    expect(vocabulary.paddingId).toBe(0);
    expect(vocabulary.unknownId).toBe(1);
    expect(vocabulary.endId).toBeUndefined();
  });

  test('a special token that was counted keeps its rank and is there once', () => {
    const vocabulary = Vocabulary.fromCounts(new Map([...counts, ['<unk>', 5]]), { specials: { unknown: '<unk>' } });
    expect(vocabulary.tokens).toEqual(['the', '<unk>', 'a', 'b', 'rare']);
    expect(vocabulary.id('never seen')).toBe(1);
  });

  test('cuts rare tokens, but no special one', () => {
    const withRareEnd = new Map([...counts, ['<eos>', 1]]);
    const vocabulary = Vocabulary.fromCounts(withRareEnd, { specials: { end: '<eos>' }, minimumCount: 2 });
    expect(vocabulary.tokens).toEqual(['the', 'a', 'b', '<eos>']);
  });

  test.each([
    [3, ['<unk>', 'the', '<eos>']],
    [4, ['<unk>', 'the', 'a', '<eos>']],
    [0, ['<unk>', 'the', 'a', 'b', '<eos>', 'rare']],
  ])('holds at most %i tokens', (maximumSize, tokens) => {
    const withEnd = new Map([...counts, ['<eos>', 2]]);
    const specials = { unknown: '<unk>', end: '<eos>' };
    expect(Vocabulary.fromCounts(withEnd, { specials, maximumSize }).tokens).toEqual(tokens);
  });

  test('the order of counting makes no difference', () => {
    const token = fc.string({ minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(token, fc.integer({ min: 1, max: 3 })), { selector: ([t]) => t }),
        (entries) => {
          const tokens = Vocabulary.fromCounts(new Map(entries)).tokens;
          expect(Vocabulary.fromCounts(new Map(entries.toReversed())).tokens).toEqual(tokens);
        },
      ),
    );
  });
});

test('ids and tokens are inverse, and saving keeps both', () => {
  const token = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.uniqueArray(token, { minLength: 1 }), (tokens) => {
      const vocabulary = new Vocabulary(tokens, { unknown: tokens[0] });
      const loaded = Vocabulary.parse(vocabulary.serialize(), 'vocabulary.json');
      expect(loaded.tokens).toEqual(tokens);
      expect(loaded.specials).toEqual({ unknown: tokens[0] });
      expect(loaded.fingerprint()).toBe(vocabulary.fingerprint());
      tokens.forEach((each, id) => {
        expect(loaded.id(each)).toBe(id);
        expect(loaded.token(id)).toBe(each);
      });
    }),
  );
});

test('an unknown token without a token for it is named', () => {
  const vocabulary = new Vocabulary(['a']);
  expect(() => vocabulary.id('ß')).toThrow(DataError);
  expect(() => vocabulary.id('ß')).toThrow('"ß" is not in the vocabulary');
  expect(() => vocabulary.token(1)).toThrow(RangeError);
});

test('fingerprints tell order and content apart', () => {
  const prints = [['a', 'b'], ['b', 'a'], ['ab'], ['a', 'b', 'c']].map((tokens) =>
    new Vocabulary(tokens).fingerprint(),
  );
  expect(new Set(prints).size).toBe(4);
});

test.each([
  ['no JSON', '{'],
  ['another file', '{"seed": 1}'],
  ['a token twice', '{"format":"unroll-vocabulary-1","specials":{},"tokens":["a","a"]}'],
  ['a special token that is missing', '{"format":"unroll-vocabulary-1","specials":{"end":"<eos>"},"tokens":["a"]}'],
])('%s is no vocabulary', (_what, text) => {
  expect(() => Vocabulary.parse(text, 'run/vocabulary.json')).toThrow(CheckpointError);
  expect(() => Vocabulary.parse(text, 'run/vocabulary.json')).toThrow('run/vocabulary.json');
});
