import { expect, test } from 'vitest';
import { casingOf, lettersOf, suffixOf, wordKey } from './word-features.js';

test.each([
  ['house', 'lower'],
  ["don't", 'lower'],
  ['élan', 'lower'],
  ['e\u0301lan', 'lower'],
  ['House', 'title'],
  ['I', 'title'],
  ["'Tis", 'title'],
  ['ǅ', 'title'],
  ['USA', 'upper'],
  ['U.S.', 'upper'],
  ['iPhone', 'mixed'],
  ['McDonald', 'mixed'],
  ['eX', 'mixed'],
  ['1,024', 'digits'],
  ['½', 'digits'],
  ['٣', 'digits'],
  ['10th', 'digits-and-letters'],
  ['A380', 'digits-and-letters'],
  ['...', 'punctuation'],
  ['$', 'punctuation'],
  ['東京', 'other'],
  ['👍🏽', 'other'],
  ['', 'other'],
])('%s is %s', (token, expected) => {
  expect(casingOf(token)).toBe(expected);
});

test('suffixes are whole code points in lower case', () => {
  expect(suffixOf('Walking', 3)).toBe('ing');
  expect(suffixOf('a👍👍', 2)).toBe('👍👍');
  expect(suffixOf('of', 3)).toBe('of');
});

test('letters of long tokens are those of both ends', () => {
  expect(lettersOf('a👍b')).toEqual(['a', '👍', 'b']);
  const long = lettersOf(`${'a'.repeat(40)}${'b'.repeat(40)}`);
  expect(long.join('')).toBe('a'.repeat(32) + 'b'.repeat(32));
  expect(lettersOf('c'.repeat(64))).toHaveLength(64);
});

test('words are looked up as the configuration says', () => {
  const options = { lowercase: true, zeroDigits: true };
  const words = { ...options, size: 1, minimumCount: 1, maximumSize: 0, vectors: null, frozen: false, replacement: 0 };
  expect(wordKey('B12-٣', words)).toBe('b00-0');
  expect(wordKey('B12', { ...words, lowercase: false, zeroDigits: false })).toBe('B12');
});
