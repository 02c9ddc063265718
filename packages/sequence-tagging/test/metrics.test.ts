import { fc } from '@fast-check/vitest';
import { Vocabulary } from '@unroll/core';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  addStatistics,
  mainScore,
  noStatistics,
  scoresOfStatistics,
  tagStatistics,
  type SchemeName,
  type ScoredColumn,
} from '../src/index.js';
import { countAsConlleval, type ConllevalCounts } from './conlleval-counts.js';

const words = (text: string) => (text === '' ? [] : text.split(' '));
const column = (scheme: SchemeName): ScoredColumn => ({ scheme, multiLabel: false });

type Pair = readonly [readonly string[], readonly string[]];

function sum(pairs: readonly Pair[], of: ScoredColumn) {
  return pairs.map(([gold, predicted]) => tagStatistics(gold, predicted, of)).reduce(addStatistics, noStatistics);
}

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly sentences: readonly (readonly [string, string])[];
    readonly counts: ConllevalCounts;
    readonly scores: Readonly<Record<'accuracy' | 'precision' | 'recall' | 'f1', number>>;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/conlleval.json', import.meta.url), 'utf8')) as Golden;

describe('span scores are those of conlleval', () => {
  test.each(golden.cases)('on random tags of $name, as a script from the definition has them', (one) => {
    const pairs = one.sentences.map(([gold, predicted]) => [words(gold), words(predicted)] as const);
    const sums = sum(pairs, column('iobes'));
    expect(sums).toEqual(one.counts);
    const scores = scoresOfStatistics(sums);
    for (const name of ['accuracy', 'precision', 'recall', 'f1'] as const) {
      expect(scores[name]).toBeCloseTo(one.scores[name], 12);
    }
  });

  test('on any tags, as another algorithm counts', () => {
    const tag = fc.constantFrom(
      'O',
      ...['B', 'I', 'E', 'S'].flatMap((prefix) => [prefix, `${prefix}-PER`, `${prefix}-LOC`, `${prefix}-a-b`]),
    );
    const pair = fc.array(fc.tuple(tag, tag, fc.boolean()), { maxLength: 12 }).map((rows): Pair => [
      rows.map(([gold]) => gold),
      // half of them are right, or there would be hardly a span to match
      rows.map(([gold, other, isRight]) => (isRight ? gold : other)),
    ]);
    const property = fc.property(fc.array(pair, { maxLength: 4 }), (pairs) => {
      for (const scheme of ['iob1', 'iob2', 'ioe1', 'ioe2', 'iobes'] as const) {
        expect(sum(pairs, column(scheme))).toEqual(countAsConlleval(pairs));
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('with L and U of BILOU as E and S', () => {
    const gold = words('B-X L-X U-Y O');
    const predicted = words('B-X L-X L-Y O');
    expect(sum([[gold, predicted]], column('bilou'))).toEqual({
      tokens: 4,
      correct: 3,
      matched: 2,
      gold: 2,
      predicted: 2,
    });
  });
});

test('of a column without spans every tag but O counts', () => {
  const sums = tagStatistics(words('NN O VB O'), words('NN JJ NN O'), column('none'));
  expect(sums).toEqual({ tokens: 4, correct: 2, matched: 1, gold: 2, predicted: 3 });
  expect(scoresOfStatistics(sums)).toEqual({ tokens: 4, accuracy: 0.5, precision: 1 / 3, recall: 0.5, f1: 0.4 });
});

test('of several labels each counts by itself, and their order does not', () => {
  const labels: ScoredColumn = { scheme: 'none', multiLabel: true };
  const sums = tagStatistics(words('Case=Nom|Number=Sing _ A'), words('Number=Sing|Case=Nom A _'), labels);
  expect(sums).toEqual({ tokens: 3, correct: 1, matched: 2, gold: 3, predicted: 3 });
  const commas = { ...labels, labelSeparator: ',' };
  expect(tagStatistics(['a,b'], ['b,c'], commas)).toEqual({ tokens: 1, correct: 0, matched: 1, gold: 2, predicted: 2 });
});

test('what would divide by zero is 0, as conlleval has it', () => {
  expect(scoresOfStatistics(noStatistics)).toEqual({ tokens: 0, accuracy: 0, precision: 0, recall: 0, f1: 0 });
  const none = tagStatistics(words('B-X O'), words('O O'), column('iob2'));
  expect(scoresOfStatistics(none)).toEqual({ tokens: 2, accuracy: 0.5, precision: 0, recall: 0, f1: 0 });
});

test('predictions of another length are refused', () => {
  expect(() => tagStatistics(['O', 'O'], ['O'], column('iob2'))).toThrow(/2 tokens has 1 predicted tags/);
});

test.each([
  { of: 'spans', options: { scheme: 'iob2' }, tags: ['O', 'B-X'], score: 'f1' },
  { of: 'a tag for every token', options: { scheme: 'none' }, tags: ['DET', 'NN'], score: 'accuracy' },
  { of: 'marks, with O for none,', options: { scheme: 'none' }, tags: ['O', 'COMMA'], score: 'f1' },
  { of: 'labels', options: { scheme: 'none', multiLabel: true }, tags: ['x', 'y'], score: 'f1' },
] as const)('$of are judged by $score', ({ options, tags, score }) => {
  expect(mainScore({ multiLabel: false, ...options, tags: new Vocabulary(tags) })).toBe(score);
});
