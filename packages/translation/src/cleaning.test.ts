import { describe, expect, test } from 'vitest';
import { cleanPairs, countWords, describeDropped, dropEmptyPairs } from './cleaning.js';
import { parseTranslationConfig, type TranslationConfigInput } from './config.js';

function clean(
  texts: readonly (readonly [string, string])[],
  cleaning: NonNullable<TranslationConfigInput['data']>['cleaning'],
) {
  const pairs = texts.map(([source, target], index) => ({ line: index + 1, source, target }));
  return cleanPairs(pairs, parseTranslationConfig({ data: { cleaning } }).data);
}

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');

describe('cleaning', () => {
  const pairs = [
    ['a dog', 'ein Hund'],
    ['', 'leer'],
    ['Berlin', ' Berlin '],
    [words(8), words(6)],
    [words(2), words(7)],
    ['a dog', 'ein Hund'],
    ['a dog', 'der Hund'],
    ['a cat', 'ein Hund'],
    ['blank', ' \t '],
    ['a dog', 'der Hund'],
  ] as const;

  test('leaves out by each reason, and counts a pair once', () => {
    const result = clean(pairs, { maximumWords: 7, maximumRatio: 3, dropDuplicates: true, dropEqualSides: true });
    expect(result.pairs.map(({ line }) => line)).toEqual([1, 7, 8]);
    expect(result.dropped).toEqual({ empty: 2, 'equal-sides': 1, 'too-long': 1, ratio: 1, duplicate: 2 });
    expect(result.examples).toEqual({
      empty: [2, 9],
      'equal-sides': [3],
      'too-long': [4],
      ratio: [5],
      duplicate: [6, 10],
    });
    expect(describeDropped('x.tsv', result)).toBe(
      'x.tsv: 7 of 10 pairs left out: 2 with an empty side (lines 2, 9); 1 with equal sides (line 3); 1 too long (data.cleaning.maximumWords) (line 4); 1 of too different lengths (data.cleaning.maximumRatio) (line 5); 2 repeated (lines 6, 10)',
    );
  });

  test('knows all translations of a text again', () => {
    const targets = ['ein Hund', 'der Hund', 'den Hund', 'dem Hund', 'den Hund', 'dem Hund', 'ein Hund'];
    const result = clean(
      targets.map((target) => ['a dog', target] as const),
      { dropDuplicates: true },
    );
    expect(result.pairs.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  test('keeps what it is told to keep, and pairs at the limits', () => {
    const all = clean(pairs, { maximumWords: 0, maximumRatio: 0 });
    expect(all.dropped).toEqual({ empty: 2, 'equal-sides': 0, 'too-long': 0, ratio: 0, duplicate: 0 });
    const limits = { maximumWords: 8, maximumRatio: 3.5 };
    expect(clean(pairs, limits).dropped).toMatchObject({ 'too-long': 0, ratio: 0 });
    expect(clean(pairs, { ...limits, maximumWords: 7 }).dropped).toMatchObject({ 'too-long': 1 });
    expect(clean(pairs, { ...limits, maximumRatio: 3.4 }).dropped).toMatchObject({ ratio: 1 });
  });

  test('leaves out of other splits nothing but the empty', () => {
    const result = dropEmptyPairs(pairs.map(([source, target], index) => ({ line: index + 1, source, target })));
    expect(result.pairs.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7, 8, 10]);
    expect(result.dropped.empty).toBe(2);
  });

  test('names three lines of many, and says nothing of nothing', () => {
    const many = clean(
      Array.from({ length: 1234 }, () => ['', '']),
      {},
    );
    expect(describeDropped('x', many)).toBe(
      'x: 1,234 of 1,234 pairs left out: 1,234 with an empty side (lines 1, 2, 3, …)',
    );
    expect(describeDropped('x', clean([['a', 'b']], {}))).toBeUndefined();
  });
});

test.each([
  ['', 0],
  [' \t ', 0],
  ['one', 1],
  [' two  words ', 2],
  ['no\u00a0break\u202fspaces\u3000here', 4],
  ['tab\tand\vothers', 3],
  ['ein großes Café', 3],
  ['один два', 2],
  ['犬が走る', 4],
  ['犬 dog', 2],
  ['สวัสดี', 6],
])('%j has %i words', (text, count) => {
  expect(countWords(text)).toBe(count);
});
