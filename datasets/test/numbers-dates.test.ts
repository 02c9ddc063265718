import { beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '@unroll/datasets';
import { readAll } from './look-alike.js';
import { readText, valuesOf } from './read-numbers-dates.js';

interface Pair {
  readonly en: string;
  readonly de: string;
}

const splits: Record<string, readonly Pair[]> = {};

beforeAll(async () => {
  const { splits: sources } = await openDataset('numbers-dates', { mirror: '', cacheDirectory: '/dev/null/never' });
  for (const [name, source] of Object.entries(sources)) {
    const en = (await readAll(source)).toString().trimEnd().split('\n');
    const de = (await readAll(source.target!)).toString().trimEnd().split('\n');
    splits[name] = en.map((text, index) => ({ en: text, de: de[index]! }));
  }
});

describe('numbers and dates', () => {
  test('say the same in both languages, each in its one form', () => {
    const wrong = Object.values(splits)
      .flat()
      .map(({ en, de }) => ({ en, de, said: readText(en, 'en'), besides: readText(de, 'de') }))
      .filter(({ said, besides }) => said !== besides || /NaN|undefined|another|-0-/.test(said));
    expect(wrong).toEqual([]);
  });

  test('follow from each other in both directions, and no two sides are equal', () => {
    const all = Object.values(splits).flat();
    expect(all).toHaveLength(42_000);
    expect(new Set(all.map(({ en }) => en)).size).toBe(42_000);
    expect(new Set(all.map(({ de }) => de)).size).toBe(42_000);
    expect(all.filter(({ en, de }) => en === de)).toEqual([]);
  });

  test('of one split occur in no other, in whatever form', () => {
    const values = (split: string) => new Set(splits[split]!.flatMap(({ en }) => valuesOf(readText(en, 'en'))));
    const [train, valid, test] = ['train', 'valid', 'test'].map(values) as [Set<string>, Set<string>, Set<string>];
    expect(Math.min(train.size / 20, valid.size, test.size)).toBeGreaterThan(900);
    expect([...valid, ...test].filter((value) => train.has(value))).toEqual([]);
    expect([...test].filter((value) => valid.has(value))).toEqual([]);
    // Held-out numbers are no years of dates to learn from.
    const numbers = [...valid, ...test]
      .filter((value) => value.startsWith('number'))
      .map((value) => Number(value.slice(7)));
    expect(numbers.filter((value) => value < 100 || (value >= 1700 && value < 2050))).toEqual([]);
  });

  test('have all forms in every split', () => {
    const forms = (split: string) =>
      [...new Set(splits[split]!.map(({ en }) => readText(en, 'en').replace(/ \d.*$/, '')))].sort();
    expect(forms('train')).toHaveLength(22);
    expect(forms('valid')).toEqual(forms('train'));
    expect(forms('test')).toEqual(forms('train'));
  });
});
