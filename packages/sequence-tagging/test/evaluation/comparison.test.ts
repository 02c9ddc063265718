import { randomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { compareTaggers, compareWithBest, evaluateTagger } from '../../src/index.js';
import { column, cut, sentence, TableTagger } from './table-tagger.js';

const key = randomKey(5);

/** Sentences of one span each; `right(i)` says whether the tagger finds that of sentence i. */
function evaluate(name: string, count: number, right: (i: number) => boolean) {
  const sentences = Array.from({ length: count }, () => sentence('a b c', 'B-X I-X O'));
  const answers = sentences.map((_, i) => [{ tags: cut(right(i) ? 'B-X I-X O' : 'O O B-X') }]);
  return evaluateTagger(new TableTagger(name, [column('x')], answers), sentences);
}

/** p of approximate randomisation by all ways of changing sides, of sentences of one true and one found span. */
function exactPValue(a: readonly boolean[], b: readonly boolean[]): number {
  const differences = a.map((isRight, i) => Number(isRight) - Number(b[i]));
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  let atLeast = 0;
  for (let sides = 0; sides < 2 ** a.length; sides++) {
    const sum = differences.reduce((total, d, i) => total + ((sides >> i) % 2 === 1 ? d : -d), 0);
    if (Math.abs(sum) >= observed) atLeast++;
  }
  return atLeast / 2 ** a.length;
}

describe('two taggers on the same sentences', () => {
  test('p is that of all ways of changing sides', async () => {
    const a = [true, true, true, true, false, true, true, false, true, true];
    const b = [false, true, false, false, false, true, false, true, false, true];
    const [mine, other] = [await evaluate('net', 10, (i) => a[i]!), await evaluate('base', 10, (i) => b[i]!)];
    const { pValue, value, againstValue } = compareTaggers(mine, other, { key, trials: 20_000 });
    expect([value, againstValue]).toEqual([0.8, 0.4]);
    // 0.22 by counting; the standard error of 20,000 trials is 0.003
    expect(exactPValue(a, b)).toBeCloseTo(0.21875, 10);
    expect(Math.abs(pValue - exactPValue(a, b))).toBeLessThan(0.012);
  });

  test('a clear difference is told from chance, either way round', async () => {
    const [good, bad] = [
      await evaluate('net', 60, (i) => i % 10 !== 0),
      await evaluate('base', 60, (i) => i % 2 === 0),
    ];
    const better = compareTaggers(good, bad, { key });
    expect(better.verdict).toBe('better');
    expect(better.words).toBe(
      'net beats base: F1 90.00 against 50.00, 40 points more; that is more than chance by approximate randomisation over 60 sentences (p < 0.001).',
    );
    const worse = compareTaggers(bad, good, { key });
    expect(worse.pValue).toBeCloseTo(better.pValue, 2);
    expect(worse.words).toMatch(/^base is worse than net: .*40 points less.*net is the one to use\.$/);
  });

  test('equal ones are not told apart', async () => {
    const same = await evaluate('net', 5, () => true);
    expect(compareTaggers(same, { ...same, tagger: 'twin' }, { key })).toMatchObject({
      pValue: 1,
      verdict: 'undecided',
    });
    const [a, b] = [await evaluate('a', 40, (i) => i % 4 !== 0), await evaluate('b', 40, (i) => i % 4 !== 1)];
    expect(compareTaggers(a, b, { key }).words).toMatch(
      /^a is no better than b.*F1 75.00 against 75.00; that may well be chance/,
    );
  });

  test('the same key gives the same p', async () => {
    const [a, b] = [await evaluate('a', 30, (i) => i % 4 !== 0), await evaluate('b', 30, (i) => i % 3 !== 0)];
    expect(compareTaggers(a, b, { key })).toEqual(compareTaggers(a, b, { key }));
  });

  test('the rival is the best of several', async () => {
    const net = await evaluate('net', 20, () => true);
    const rivals = [await evaluate('weak', 20, (i) => i < 2), await evaluate('strong', 20, (i) => i < 15)];
    const found = compareWithBest(net, rivals, { key })!;
    expect([found.against, found.rivals]).toEqual(['strong', 2]);
    expect(found.words).toMatch(/^net is no better than strong, the best of 2, as far/);
    expect(compareWithBest(net, [], { key })).toBeUndefined();
  });

  test('they must have had the same sentences', async () => {
    const [a, b] = [await evaluate('a', 3, () => true), await evaluate('b', 4, () => true)];
    expect(() => compareTaggers(a, b, { key })).toThrow(/a was evaluated on 3 sentences and b on 4/);
  });
});
