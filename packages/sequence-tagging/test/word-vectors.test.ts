import { randomKey, Vocabulary, type ByteSource } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  createWordVectors,
  parseSequenceTaggingConfig,
  prepareSentences,
  readWordVectors,
  type SequenceTaggingConfigInput,
} from '../src/index.js';
import { sentencesOf, setOf } from './small-corpus.js';

/** In pieces of a few bytes, so that every line and letter is torn somewhere. */
function sourceOf(content: string | Uint8Array, piece = 7): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name: 'vectors.txt',
    size: bytes.length,
    async *bytes() {
      for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece));
    },
  };
}

const plain = async (content: string | Uint8Array, wanted: readonly string[], piece?: number) => {
  const { size, rows } = await readWordVectors(sourceOf(content, piece), new Set(wanted));
  return { size, rows: Object.fromEntries([...rows].map(([word, row]) => [word, [...row]])) };
};

describe('files of vectors', () => {
  const expected = { size: 3, rows: { zoë: [0.5, -1, 25e-2], '👍': [4, 5, 6] } };
  const rows = 'the 1 2 3\nzoë 0.5 -1 25e-2\n👍 4 5 6\n';

  test.each([
    ['GloVe', rows],
    ['word2vec', `3 3\n${rows}`],
    ['fastText', `3 3\n${rows.replaceAll('\n', ' \n')}`],
    ['Windows', rows.replaceAll('\n', '\r\n')],
    ['without a last line end', rows.trimEnd()],
    ['empty lines', `${rows}\n\n`],
    ['tabs', rows.replaceAll(' ', '\t')],
    ['a word twice', `${rows}zoë 9 9 9\n`],
  ])('%s', async (_, text) => {
    for (const piece of [1, 7, 1000]) expect(await plain(text, ['zoë', '👍', 'absent'], piece)).toEqual(expected);
  });

  test('words with spaces, and words that are numbers', async () => {
    const text = '0 1 2\n. . . 3 4\n. 5 6\n12 7 8\n';
    expect(await plain(text, ['0', '. . .', '.', '12'])).toEqual({
      size: 2,
      rows: { '0': [1, 2], '. . .': [3, 4], '.': [5, 6], '12': [7, 8] },
    });
  });
});

const zeros = new Uint8Array(40);
describe('files that are none', () => {
  test.each([
    ['a row too short', 'a 1 2 3\nb 1 2\n', 'line 2: it has 2 numbers, the vectors before have 3'],
    ['a row too long', 'a 1 2 3\nb 1 2 3 4\n', 'line 2: it has more than 3 numbers, the vectors before have 3'],
    [
      'a row of another width than the header',
      '2 4\na 1 2 3\nb 1 2 3\n',
      'line 2: it has 3 numbers, the vectors before have 4',
    ],
    ['a word for a number', 'a 1 2 3\nb 1 x 3\n', 'line 2: "x" is no number'],
    ['not a number', 'a 1 2 3\nb 1 nan 3\n', 'line 2: "nan" is no number'],
    [
      'running text',
      'It was the best of times,\nit was the worst of times\n',
      'line 1: a word and its numbers are needed',
    ],
    ['a header alone', '2 3\n', 'vectors.txt has no vector'],
    ['nothing', '', 'vectors.txt has no vector'],
    [
      'cut short',
      '3 2\na 1 2\nb 3 4\n',
      'vectors.txt was cut short: its first line says 3 vectors, it has 2; get it again',
    ],
    ['no numbers', '3 0\na\n', 'line 1: it says that vectors have no numbers'],
    ['one line without end', 'x'.repeat(3_000_000), 'line 1: it is longer than any line of a file of vectors'],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, ...zeros]), 'vectors.txt is compressed; unpack it first'],
    ['binary word2vec', new Uint8Array([...new TextEncoder().encode('2 4\nthe '), ...zeros]), 'vectors.txt is binary'],
    ['binary of fastText', new Uint8Array([0xba, 0x16, 0x4f, 0x2f, ...zeros, 10, ...zeros]), 'vectors.txt is binary'],
  ])('%s', async (_, content, message) => {
    await expect(plain(content, ['a', 'b', 'the'], 50_000)).rejects.toThrow(message);
  });
});

describe('a table', () => {
  const rows = new Map([
    ['rome', Float32Array.of(3, -4)],
    ['Rome', Float32Array.of(1, 1)],
    ['ann', Float32Array.of(0, 5)],
  ]);
  const vocabulary = new Vocabulary([
    '<unk>',
    'Rome',
    'ROME',
    'Ann',
    'x',
    ...Array.from({ length: 400 }, (_, i) => `y${i}`),
  ]);

  test('has what is written alike, then what is so in lower case, and random numbers of the same size', () => {
    const { values, found, size } = createWordVectors({ name: 'v', size: 2, rows }, vocabulary, randomKey(1));
    expect(size).toBe(2);
    expect([...found.subarray(0, 5)]).toEqual([0, 1, 1, 1, 0]);
    expect([...values.subarray(2, 8)]).toEqual([1, 1, 3, -4, 0, 5]);
    const drawn = [...values.subarray(8)];
    const meanSquare = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length;
    // (1 + 1 + 9 + 16 + 0 + 25) / 6
    expect(Math.abs(meanSquare / (52 / 6) - 1)).toBeLessThan(0.15);
  });

  test('without any of the words is a mistake', () => {
    const create = () =>
      createWordVectors({ name: 'v.vec', size: 2, rows }, new Vocabulary(['<unk>', 'x']), randomKey(1));
    expect(create).toThrow('v.vec has none of the words of the data');
  });
});

describe('preparing with vectors', () => {
  const train = setOf('train', sentencesOf('Ann/N saw/V Rome/N', 'rare/N saw/V'));
  const valid = setOf('valid', sentencesOf('Oslo/N saw/V Nowhere/N'));
  const vectors = sourceOf('ann 1 2\nsaw 3 4\nrome 5 6\noslo 7 8\nunasked 9 9\n');
  const prepare = (words: NonNullable<SequenceTaggingConfigInput['model']>['words']) =>
    prepareSentences({ train, valid }, parseSequenceTaggingConfig({ model: { words } }), { vectors });

  test('words of other splits come in where they have a vector; the share is said', async () => {
    const { facts, wordVectors, notes, config } = await prepare({ vectors: 'vectors.txt' });
    expect(facts.words.tokens).toEqual(['<unk>', 'saw', 'ann', 'rare', 'rome', 'oslo']);
    expect(facts.wordCounts).toEqual([0, 2, 1, 1, 1, 0]);
    expect([...wordVectors!.found]).toEqual([0, 1, 1, 0, 1, 1]);
    expect(notes).toEqual(['75.0 % of the words of training have vectors in vectors.txt, 80.0 % of its tokens']);
    expect(config.model.words.size).toBe(2);
  });

  test('a rare word with a vector stays', async () => {
    const { facts } = await prepare({ vectors: 'vectors.txt', minimumCount: 2 });
    expect(facts.words.tokens).toEqual(['<unk>', 'saw', 'ann', 'rome', 'oslo']);
    expect(facts.wordCounts).toEqual([1, 2, 1, 1, 0]);
  });

  test('a file that is not there is named', async () => {
    const config = parseSequenceTaggingConfig({ model: { words: { vectors: '/nowhere/glove.txt' } } });
    await expect(prepareSentences({ train, valid }, config)).rejects.toThrow('cannot read /nowhere/glove.txt');
  });
});
