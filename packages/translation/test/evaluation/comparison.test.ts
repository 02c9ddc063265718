import { randomKey } from '@unroll/core';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareTranslations, corpusInterval, createBleu } from '../../src/index.js';

interface GoldenTest {
  readonly pValue: number;
  readonly mean: number;
  readonly margin: number;
}

const { paired } = JSON.parse(readFileSync(new URL('../golden/sacrebleu.json', import.meta.url), 'utf8')) as {
  readonly paired: {
    readonly references: readonly string[];
    readonly systems: { readonly baseline: readonly string[]; readonly other: readonly string[] };
    readonly bs: Readonly<Record<string, GoldenTest>>;
    readonly ar: Readonly<Record<string, GoldenTest>>;
  };
};
const systems = [
  { name: 'new', hypotheses: paired.systems.other },
  { name: 'old', hypotheses: paired.systems.baseline },
] as const;

const metrics = ['BLEU', 'chrF2', 'TER'];

/** Four standard errors of two counts of 2000. */
const tolerance = (p: number) => 4 * Math.sqrt((2 * p * (1 - p)) / 2000);

test('the bootstrap agrees with that of sacreBLEU up to its random numbers', () => {
  const { references, bs } = paired;
  const { results } = compareTranslations(...systems, { references, key: randomKey(1), trials: 2000 });
  expect(results.map(({ metric }) => metric)).toEqual(metrics);
  for (const { metric, pValue, interval } of results) {
    const { pValue: p, mean, margin } = bs[metric]!;
    expect(Math.abs(pValue - p)).toBeLessThan(tolerance(p));
    expect(Math.abs(interval!.mean - mean)).toBeLessThan(margin / 10);
    expect(Math.abs(interval!.margin / margin - 1)).toBeLessThan(0.1);
  }
});

test('the interval of one system is that of a comparison', () => {
  const { references } = paired;
  const settings = { key: randomKey(1), trials: 200 };
  const { results } = compareTranslations(...systems, { ...settings, references, metrics: [createBleu()] });
  const { hypotheses } = systems[0];
  expect(corpusInterval(createBleu(), { hypotheses, references }, settings)).toEqual(results[0]!.interval);
});

test('randomisation agrees with that of sacreBLEU up to its random numbers, and has no intervals', () => {
  const { references, ar } = paired;
  const settings = { references, key: randomKey(1), test: 'randomization', trials: 2000 } as const;
  const { results } = compareTranslations(...systems, settings);
  expect(results.map(({ metric }) => metric)).toEqual(metrics);
  for (const { metric, pValue, interval } of results) {
    expect(Math.abs(pValue - ar[metric]!.pValue)).toBeLessThan(tolerance(ar[metric]!.pValue));
    expect(interval).toBeUndefined();
  }
});

test('a comparison says in a sentence what is better, and lower is better for TER', () => {
  const references = Array.from({ length: 40 }, (_, i) => `number ${i} is a good number today`);
  const good = { name: 'good', hypotheses: references };
  const bad = { name: 'bad', hypotheses: references.map((text, i) => (i % 2 ? text : `x ${text} y`)) };
  const key = randomKey(2);
  const better = compareTranslations(good, bad, { references, key, trials: 500 });
  expect(better.results.map(({ verdict }) => verdict)).toEqual(['better', 'better', 'better']);
  expect(better.words).toMatch(
    /^good beats bad: BLEU 100\.00 against \d\d\.\d\d, \d+ points more; that is more than chance/,
  );
  expect(better.words).toMatch(/by paired bootstrap resampling over 40 sentences \(p = 0\.002\)\.$/);
  const worse = compareTranslations(bad, good, { references, key, trials: 500 });
  expect(worse.results.map(({ verdict }) => verdict)).toEqual(['worse', 'worse', 'worse']);
  const same = compareTranslations(bad, bad, { references, key, trials: 50 });
  expect(same.results.map(({ pValue, verdict }) => [pValue, verdict])).toEqual(metrics.map(() => [1, 'undecided']));
});

test('the same key gives the same numbers', () => {
  const settings = { references: paired.references, key: randomKey(3), trials: 100 };
  expect(compareTranslations(...systems, settings)).toEqual(compareTranslations(...systems, settings));
});

test('a handful of sentences proves nothing', () => {
  const references = ['the cat is on the mat', 'it is raining'];
  const good = { name: 'good', hypotheses: references };
  const bad = { name: 'bad', hypotheses: ['a cat', 'rain'] };
  const { test: used, results } = compareTranslations(good, bad, { references, key: randomKey(4) });
  expect(used).toBe('randomization');
  expect(results.map(({ verdict }) => verdict)).toEqual(metrics.map(() => 'undecided'));
});
