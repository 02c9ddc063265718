import { expect, test } from 'vitest';
import type { Sentence } from '../../types.js';
import { collectFeatures } from './features.js';
import { templatesFor, wordAttribute, wordShape, type Template } from './templates.js';

const sentence = (tokens: string, features = ''): Sentence => ({
  line: 1,
  tokens: tokens.split(' ').filter((token) => token !== ''),
  features: features === '' ? [] : [features.split(' ')],
});

/** Which template it is, as text: `word-1`, `word-1 word0`. */
const nameOf = (template: Template) => template.map(({ attribute, offset }) => `${attribute}${offset}`).join(' ');

function indexOf(templates: readonly Template[], name: string): number {
  const index = templates.findIndex((template) => nameOf(template) === name);
  if (index < 0) throw new Error(`there is no template ${name}`);
  return index;
}

test('the templates are those of the paper', () => {
  expect(templatesFor(1).map(nameOf)).toEqual([
    'word-2',
    'word-1',
    'word0',
    'word1',
    'word2',
    'word-1 word0',
    'word0 word1',
    'lower-1',
    'lower0',
    'lower1',
    'shape-1',
    'shape0',
    'shape1',
    'prefix10',
    'prefix20',
    'prefix30',
    'prefix40',
    'suffix10',
    'suffix20',
    'suffix30',
    'suffix40',
    'feature0-2',
    'feature0-1',
    'feature00',
    'feature01',
    'feature02',
    'feature0-2 feature0-1',
    'feature0-1 feature00',
    'feature00 feature01',
    'feature01 feature02',
    'feature0-2 feature0-1 feature00',
    'feature0-1 feature00 feature01',
    'feature00 feature01 feature02',
    'word0 feature00',
  ]);
});

test('what a word shows of itself', () => {
  expect(wordShape('McCartney-2ab')).toBe('XxXx-dx');
  expect(wordShape('ÉCOLE 東京 ٣')).toBe('X x d');
  expect(wordAttribute('lower', 'ÉCOLE')).toBe('école');
  expect(wordAttribute('suffix3', 'baking')).toBe('ing');
  expect(wordAttribute('prefix2', 'baking')).toBe('ba');
  expect(wordAttribute('suffix2', 'a👍🏽')).toBe('👍🏽');
  expect(wordAttribute('suffix4', 'bake')).toBe('^bake$');
});

test('tokens share a feature where they share its values; what is rare is one feature of its template', () => {
  const sentences = [sentence('we bake bread', 'P V N'), sentence('we bake', 'P V'), sentence('cold bread', 'A N')];
  const { space, encoded } = collectFeatures(sentences, { featureColumns: 1, minimumCount: 2 });
  const at = (i: number, token: number, name: string) =>
    encoded[i]![token * space.templates.length + indexOf(space.templates, name)]!;
  const own = (name: string) => indexOf(space.templates, name);
  expect(at(0, 0, 'word0')).toBe(at(1, 0, 'word0'));
  expect(at(0, 0, 'word0')).not.toBe(at(0, 1, 'word0'));
  // "cold" is there once, "bread" after "bake" too.
  expect(at(2, 0, 'word0')).toBe(own('word0'));
  expect(at(0, 2, 'word-1 word0')).toBe(own('word-1 word0'));
  expect(at(0, 1, 'word-1 word0')).toBe(at(1, 1, 'word-1 word0'));
  expect(at(0, 1, 'word-1 word0')).toBeGreaterThanOrEqual(space.templates.length);
  // Nothing before the first token, which is a value of its own.
  expect(at(0, 0, 'word-1')).toBe(at(2, 0, 'word-1'));
  expect(at(0, 0, 'word-1')).not.toBe(own('word-1'));
  expect(at(0, 2, 'feature0-2 feature0-1 feature00')).toBe(own('feature0-2 feature0-1 feature00'));
  const rows = new Set(encoded.flatMap((array) => Array.from(array)));
  expect(Math.max(...rows)).toBeLessThan(space.size);
  sentences.forEach((each, i) => expect(space.encode(each)).toEqual(encoded[i]));
});

test('no template has a feature twice, and none shares one with another', () => {
  const sentences = [sentence('a b a b c', '1 2 1 2 3'), sentence('b a c a', '2 1 3 1')];
  const { space, encoded } = collectFeatures(sentences, { featureColumns: 1, minimumCount: 1 });
  const templateOf = new Map<number, number>();
  encoded.forEach((array) =>
    array.forEach((row, i) => {
      const template = i % space.templates.length;
      expect(templateOf.get(row) ?? template).toBe(template);
      templateOf.set(row, template);
    }),
  );
  // Each value is there, so no token has the feature of what is rare.
  expect(Math.min(...templateOf.keys())).toBe(space.templates.length);
  expect(templateOf.size).toBe(space.size - space.templates.length);
});

test('what training does not have is the feature of what is rare', () => {
  const training = [sentence('old old new new'), sentence('old new')];
  const { space } = collectFeatures(training, { featureColumns: 0, minimumCount: 1 });
  const row = space.encode(sentence('old Zug'));
  const at = (token: number, name: string) => row[token * space.templates.length + indexOf(space.templates, name)]!;
  for (const name of ['word0', 'lower0', 'suffix20', 'word-1 word0']) {
    expect(at(1, name)).toBe(indexOf(space.templates, name));
  }
  expect(at(0, 'word0')).toBeGreaterThanOrEqual(space.templates.length);
  // Both words are known, but not in this order before the end.
  expect(space.encode(sentence('new old'))[indexOf(space.templates, 'word0 word1')]).toBe(
    indexOf(space.templates, 'word0 word1'),
  );
});

test('a sentence with other feature columns is refused', () => {
  const { space } = collectFeatures([sentence('a b', 'X Y')], { featureColumns: 1, minimumCount: 1 });
  expect(() => space.encode(sentence('a b'))).toThrow('line 1: the sentence has 0 feature columns, the model reads 1');
});
