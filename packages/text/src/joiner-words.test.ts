import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { cutWords, joinerMark, joinWords } from './joiner-words.js';

const single = (text: string) =>
  text
    .split(' ')
    .filter((part) => part !== '')
    .join(' ');

test('letters, digits and punctuation are parted, and marks tell where no space was', () => {
  expect(cutWords("Don't pay $20.50 (today) ...")).toEqual("Don ￭'￭ t pay $ ￭20 ￭. ￭50 (￭ today ￭) ...".split(' '));
  expect(cutWords('B2B e-mail, 3D?!')).toEqual('B ￭2￭ B e ￭-￭ mail ￭, 3￭ D ￭? ￭!'.split(' '));
  expect(cutWords('')).toEqual([]);
});

test('a combining mark stays with what it follows', () => {
  expect(cutWords('cafe\u0301s 1\u0301 ?\u0301')).toEqual(['cafe\u0301s', '1\u0301', '?\u0301']);
});

const odd = fc.constantFrom(
  ' ',
  '.',
  "'",
  '-',
  '7',
  'ß',
  'Ж',
  '漢',
  '\u0301',
  '\u00a0',
  '\u200d',
  '😀',
  '\t',
  '￭',
  '￮',
  '.',
  '</s>',
);
const texts = fc.oneof(
  fc.array(odd, { maxLength: 12 }).map((characters) => characters.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

test('any line without two spaces in a row comes back exactly', () => {
  fc.assert(
    fc.property(texts.map(single), (line) => {
      expect(joinWords(cutWords(line))).toBe(line);
    }),
    { numRuns: 2000 },
  );
});

test('no word is empty or has a space or a mark inside of it', () => {
  fc.assert(
    fc.property(texts, (line) => {
      for (const word of cutWords(line)) {
        expect(word.replaceAll(joinerMark, '')).not.toBe('');
        expect(word).not.toContain(' ');
        expect(word.slice(1, -1)).not.toContain(joinerMark);
      }
    }),
    { numRuns: 500 },
  );
});

test('marks of the text itself come back', () => {
  for (const line of ['￭', 'a ￭, b', '￭￭', '￮', '￮.', 'x￮￭.y', '. ￮']) expect(joinWords(cutWords(line))).toBe(line);
});

test('words that no text has, as a model may write them, are joined as well as they can be', () => {
  expect(joinWords(['￭', 'a', '￭', '￭', 'b'])).toBe('ab');
  expect(joinWords(['a￭', '￭b', '￭', ','])).toBe('ab,');
  expect(joinWords(['￮', 'a￮'])).toBe('￮ a￮');
});
