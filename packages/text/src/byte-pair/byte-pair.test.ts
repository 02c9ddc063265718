import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { createBytePairEncoder } from './encode.js';
import { learnBytePairs } from './learn.js';
import { charactersOf, wordEnd, type Merge } from './pieces.js';

const words = fc
  .array(
    fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀', 'ß'), minLength: 1, maxLength: 9 }), fc.nat(9)),
    {
      maxLength: 12,
    },
  )
  .map((entries) => new Map(entries.map(([word, count]) => [word, count + 1])));

/** The algorithm as the paper has it: all pairs are counted again for every merge. */
function learnSlowly(counts: ReadonlyMap<string, number>, merges: number, minimumFrequency: number): readonly Merge[] {
  const learnt: Merge[] = [];
  let all = [...counts].map(([word, count]) => ({ pieces: charactersOf(word), count }));
  while (learnt.length < merges) {
    const pairs = new Map<string, number>();
    for (const { pieces, count } of all) {
      for (let i = 1; i < pieces.length; i++) {
        const pair = `${pieces[i - 1]} ${pieces[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    }
    const ranked = [...pairs].sort(
      ([a, countA], [b, countB]) => countB - countA || compare(b.split(' '), a.split(' ')),
    );
    const best = ranked[0];
    if (!best || best[1] < minimumFrequency) break;
    const [left, right] = best[0].split(' ') as [string, string];
    learnt.push([left, right]);
    all = all.map(({ pieces, count }) => ({ pieces: mergePair(pieces, left, right), count }));
  }
  return learnt;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a[0] === b[0] ? 1 : 0;
  return a[at]! < b[at]! ? -1 : a[at] === b[at] ? 0 : 1;
}

function mergePair(pieces: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const fits = pieces[i] === left && pieces[i + 1] === right;
    out.push(fits ? left + right : pieces[i]!);
    if (fits) i += 1;
  }
  return out;
}

test('the most frequent pair is merged first, the last by code units between equals', () => {
  const counts = new Map([
    ['low', 5],
    ['lower', 2],
    ['newest', 6],
    ['widest', 3],
  ]);
  expect(learnBytePairs(counts, { merges: 5 })).toEqual([
    ['s', 't</w>'],
    ['e', 'st</w>'],
    ['l', 'o'],
    ['w', 'est</w>'],
    ['n', 'e'],
  ]);
});

test('kept counts give the merges of counting anew each time', () => {
  fc.assert(
    fc.property(
      words,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      (counts, merges, minimumFrequency) => {
        const learnt = learnBytePairs(counts, { merges, minimumFrequency });
        expect(learnt).toEqual(learnSlowly(counts, merges, minimumFrequency));
      },
    ),
    { numRuns: 500 },
  );
});

test('learning ends with the last pair that is frequent enough', () => {
  const counts = new Map([
    ['abab', 1],
    ['c', 50],
  ]);
  expect(learnBytePairs(counts, { merges: 100 })).toEqual([]);
  expect(learnBytePairs(counts, { merges: 100, minimumFrequency: 1 })).toHaveLength(3);
});

test('order of the words makes no difference', () => {
  fc.assert(
    fc.property(words, (counts) => {
      const reversed = new Map([...counts].toReversed());
      expect(learnBytePairs(reversed, { merges: 20 })).toEqual(learnBytePairs(counts, { merges: 20 }));
    }),
  );
});

const text = (pieces: readonly string[]) => pieces.join('').slice(0, -wordEnd.length);

test('the words that were learnt from become one piece when all their pairs were merged', () => {
  const counts = new Map([
    ['tree', 3],
    ['trees', 2],
  ]);
  const { encode } = createBytePairEncoder(learnBytePairs(counts, { merges: 100 }));
  expect(encode('tree')).toEqual(['tree</w>']);
  expect(encode('trees')).toEqual(['trees</w>']);
  expect(encode('threes')).toEqual(['t', 'h', 'r', 'e', 'e', 's</w>']);
  expect(encode('')).toEqual([]);
});

test('merges are made in the order in which they were learnt, wherever they fit', () => {
  const { encode } = createBytePairEncoder([
    ['b', 'c'],
    ['a', 'b'],
    ['bc', 'bc'],
    ['a', 'a'],
  ]);
  expect(encode('abcbcx')).toEqual(['a', 'bcbc', 'x</w>']);
  expect(encode('aaax')).toEqual(['aa', 'a', 'x</w>']);
});

test('pieces give the word back, whatever the merges and the dropout', () => {
  fc.assert(
    fc.property(
      words,
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (counts, word, rate) => {
        const { encode } = createBytePairEncoder(learnBytePairs(counts, { merges: 20 }));
        let drawn = 0;
        const random = () => (drawn++ * 0.37) % 1;
        for (const each of [word, ...counts.keys()]) {
          expect(text(encode(each))).toBe(each);
          expect(text(encode(each, { rate, random }))).toBe(each);
        }
      },
    ),
  );
});

test('a word that spells the mark of word ends is told from one that ends', () => {
  const merges = learnBytePairs(
    new Map([
      ['</wx', 200],
      ['a</w>b', 50],
      ['a</w>c', 50],
    ]),
    { merges: 100 },
  );
  expect(merges).toContainEqual(['>', 'b</w>']);
  expect(merges.filter(([left, right]) => (left + right).endsWith(wordEnd) && !right.endsWith(wordEnd))).toEqual([]);
  const { encode } = createBytePairEncoder([
    ['<', '/'],
    ['</', 'w'],
    ['</w', '>'],
  ]);
  expect(encode('</w>x')).toEqual(['</w', '>', 'x</w>']);
});

test('dropout of 0 drops nothing, of 1 all', () => {
  const { encode } = createBytePairEncoder([
    ['a', 'b'],
    ['ab', 'c</w>'],
  ]);
  expect(encode('abc', { rate: 0, random: () => 0 })).toEqual(['abc</w>']);
  expect(encode('abc', { rate: 1, random: () => 0.999 })).toEqual(['a', 'b', 'c</w>']);
});

test('a share of the merges is dropped, each time others', () => {
  const { encode } = createBytePairEncoder([['a', 'b</w>']]);
  let drawn = 0;
  const random = () => (drawn++ * 0.6180339887) % 1;
  const split = Array.from({ length: 1000 }, () => encode('ab', { rate: 0.3, random })).filter(
    ({ length }) => length === 2,
  );
  expect(split.length).toBeGreaterThan(280);
  expect(split.length).toBeLessThan(320);
});

test('a piece that is not known is taken apart into those that are', () => {
  const merges: readonly Merge[] = [
    ['a', 'b'],
    ['ab', 'c'],
    ['abc', 'd</w>'],
  ];
  const { encode } = createBytePairEncoder(merges, { isKnown: (piece) => piece === 'ab' });
  expect(encode('abcd')).toEqual(['ab', 'c', 'd</w>']);
});

test('a word of 20,000 characters takes no minutes', () => {
  const { encode } = createBytePairEncoder([
    ['a', 'b'],
    ['ab', 'ab'],
    ['abab', 'abab'],
    ['c', 'a'],
  ]);
  const started = performance.now();
  expect(encode('ab'.repeat(10_000))).toHaveLength(2503);
  const varied = Array.from({ length: 20_000 }, (_, i) => 'abc'[(i * i) % 3]).join('');
  expect(text(encode(varied))).toBe(varied);
  expect(performance.now() - started).toBeLessThan(5000);
});
