import { DataError, type Vocabulary } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  createCodec,
  decodeTokens,
  encodeText,
  parseLanguageModelConfig,
  prepareText,
  tokenizerNames,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';
import { byteSource, textSource } from './sources.js';

// a property is checked on many texts
vi.setConfig({ testTimeout: 30_000 });

const small = { batches: { batchSize: 1, truncationSteps: 1 } };

function configure(text: LanguageModelConfigInput['text']) {
  return parseLanguageModelConfig({ ...small, text });
}

/** What a stream of ids says. */
function decode(ids: Iterable<number>, vocabulary: Vocabulary, text: LanguageModelConfigInput['text']): string {
  return decodeTokens(ids, vocabulary, createCodec(configure(text).text));
}

describe('characters', () => {
  test('encoding then decoding is the identity, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, size) => {
          const source = textSource(text, 'text', size);
          const { vocabulary, splits } = await prepareText({ train: source, valid: source }, configure({}));
          expect(decode(splits.train.ids, vocabulary, {})).toBe(text.replace(/^\uFEFF/, ''));
          expect(splits.train.characters).toBe(splits.train.ids.length);
        },
      ),
    );
  });

  test('ids take one byte up to 256 tokens, two up to 65,536, then four', async () => {
    const ids = async (distinct: number) => {
      const text = String.fromCodePoint(...Array.from({ length: distinct }, (_, i) => 0x10000 + i));
      const source = textSource(text, 'text', 4096);
      return (await prepareText({ train: source, valid: source }, configure({}))).splits.train.ids;
    };
    expect(await ids(255)).toBeInstanceOf(Uint8Array); // and <unk>
    expect(await ids(256)).toBeInstanceOf(Uint16Array);
    expect(await ids(65_536)).toBeInstanceOf(Int32Array);
  });

  test('a character that only the validation text has becomes <unk>', async () => {
    const raw = { train: textSource('abcabc'), valid: textSource('abz') };
    const { vocabulary, splits } = await prepareText(raw, configure({}));
    expect(vocabulary.has('z')).toBe(false);
    expect([...splits.valid.ids]).toEqual([vocabulary.id('a'), vocabulary.id('b'), vocabulary.unknownId]);
  });

  test('every character is in one split alone, and in its place', async () => {
    const fractions = fc.double({ min: 0.2, max: 0.8, noNaN: true });
    const texts = fc
      .string({ unit: 'binary', minLength: 20, maxLength: 40 })
      .filter((text) => !text.startsWith('\uFEFF'));
    await fc.assert(
      fc.asyncProperty(texts, fractions, async (text, validationFraction) => {
        const { vocabulary, splits } = await prepareText(
          { train: textSource(text) },
          configure({ validationFraction }),
        );
        const train = decode(splits.train.ids, vocabulary, {});
        expect(text.startsWith(train)).toBe(true);
        expect(splits.train.ids).toHaveLength(Math.floor((1 - validationFraction) * Array.from(text).length));
        const rest = Array.from(text).slice(splits.train.ids.length);
        expect([...splits.valid.ids]).toEqual(rest.map((character) => vocabulary.id(character)));
      }),
      { numRuns: 30 },
    );
  });

  test('the end is held out before the vocabulary is made', async () => {
    const { vocabulary, splits } = await prepareText(
      { train: textSource('aéaéaéaéaéaéaéaé€€€€') },
      configure({ validationFraction: 0.2 }),
    );
    expect(decode(splits.train.ids, vocabulary, {})).toBe('aéaéaéaéaéaéaéaé');
    expect(splits.valid.ids).toHaveLength(4);
    expect(vocabulary.has('€')).toBe(false);
  });
});

describe('words', () => {
  const words = { unit: 'word' } as const;

  test('white space separates, every line break is a token', async () => {
    const source = textSource('  a b\t c \r\n\nd  e');
    const { vocabulary, splits } = await prepareText({ train: source, valid: source }, configure(words));
    expect([...splits.train.ids].map((id) => vocabulary.token(id))).toEqual([
      'a',
      'b',
      'c',
      '<eos>',
      '<eos>',
      'd',
      'e',
    ]);
    expect(decode(splits.train.ids, vocabulary, words)).toBe('a b c\n\nd e');
    expect(splits.train.characters).toBe(16);
  });

  test('white space is what Unicode calls so', async () => {
    const tokenize = (line: string) => createCodec(configure(words).text).tokenize(line);
    const unit = fc.constantFrom('a', 'é', '🙂', ' ', '\t', '\v', '\f', '\r', '\u00a0', '\u2003', '\u3000', '\ufeff');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit }), async (line) => {
        expect(await tokenize(line)).toEqual(line.split(/\s+/u).filter((word) => word !== ''));
      }),
    );
  });

  test('encoding then decoding is the identity on lines of words', async () => {
    const word = fc.stringMatching(/^[a-zé€🙂]{1,5}$/u);
    const line = fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join(' ')}\n`);
    const lines = fc.array(line, { minLength: 2, maxLength: 5 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const source = textSource(text, 'text', size);
        const { vocabulary, splits } = await prepareText({ train: source, valid: source }, configure(words));
        expect(decode(splits.train.ids, vocabulary, words)).toBe(text);
      }),
    );
  });

  test('without line ends, a line break is white space', async () => {
    const source = textSource('a b\nc\n');
    const { vocabulary } = await prepareText(
      { train: source, valid: source },
      configure({ ...words, endOfLine: false }),
    );
    expect(vocabulary.tokens).toEqual(['<unk>', 'a', 'b', 'c']);
  });

  test('a text with its own <unk> has one <unk>; words beyond the size become it', async () => {
    const source = textSource('the <unk> of the <unk> and the\n'.repeat(2));
    const { vocabulary, splits } = await prepareText(
      { train: source, valid: source },
      configure({ ...words, maximumSize: 4 }),
    );
    expect(vocabulary.tokens).toEqual(['the', '<unk>', '<eos>', 'and']);
    expect([...splits.train.ids.subarray(0, 4)]).toEqual([0, 1, 1, 0]);
  });

  test('no word is torn when the end is held out', async () => {
    const text = 'alpha beta gamma delta epsilon zeta eta theta';
    const { vocabulary, splits } = await prepareText(
      { train: textSource(text) },
      configure({ ...words, validationFraction: 0.45 }),
    );
    expect(decode(splits.train.ids, vocabulary, words)).toBe('alpha beta gamma delta epsilon');
    expect(splits.valid.ids).toHaveLength(3);
  });

  test.each(tokenizerNames)('%s gives the same words however the bytes are cut', async (tokenizer) => {
    const text =
      "Don't panic; the state-of-the-art isn't 3.5% away.\nSie sagt: Grüße!\nどうもありがとう。さようなら。\n";
    const streams = await Promise.all(
      [1, 5, 1000].map((size) => {
        const source = textSource(text, 'text', size);
        return prepareText({ train: source, valid: source }, configure({ ...words, tokenizer }));
      }),
    );
    const [first, ...others] = streams.map(({ vocabulary, splits }) =>
      [...splits.train.ids].map((id) => vocabulary.token(id)),
    );
    expect(first!.length).toBeGreaterThan(5);
    for (const other of others) expect(other).toEqual(first);
  });

  test('the tokenizers of natural are the ones that are named', async () => {
    const tokens = (tokenizer: 'word' | 'word-punctuation' | 'treebank') =>
      createCodec(configure({ ...words, tokenizer }).text).tokenize("I can't go.");
    expect(await tokens('word')).toEqual(['I', 'can', 't', 'go']);
    expect(await tokens('word-punctuation')).toEqual(['I', 'can', "'", 't', 'go', '.']);
    expect(await tokens('treebank')).toEqual(['I', 'ca', "n't", 'go', '.']);
  });

  test('a very long line is cut at white space; a word of that length is refused', async () => {
    const long = 'word '.repeat(50_000);
    const source = textSource(long, 'long.txt', 65_537);
    const { splits, vocabulary } = await prepareText({ train: source, valid: source }, configure(words));
    expect(splits.train.ids).toHaveLength(50_000);
    expect(vocabulary.tokens).toEqual(['<unk>', '<eos>', 'word']);
    const endless = textSource(`short\n${'x'.repeat(70_000)}`, 'endless.txt', 65_537);
    const refused = prepareText({ train: endless, valid: endless }, configure(words));
    await expect(refused).rejects.toThrow('endless.txt, line 2: 65,536 characters in a row');
  });
});

test('lower case is one setting for both units', async () => {
  const source = textSource('A b B\n');
  const tokens = async (unit: 'word' | 'character') =>
    (await prepareText({ train: source, valid: source }, configure({ unit, lowercase: true }))).vocabulary.tokens;
  expect(await tokens('word')).toEqual(['<unk>', 'b', '<eos>', 'a']);
  expect(await tokens('character')).toEqual(['<unk>', ' ', 'b', '\n', 'a']);
});

test('a text for a model with its vocabulary gets the same ids', async () => {
  const source = textSource('abcab');
  const { vocabulary, splits } = await prepareText({ train: source, valid: source }, configure({}));
  const stream = await encodeText(source, vocabulary, configure({}).text);
  expect(stream.ids).toEqual(splits.train.ids);
});

describe('bad input is one clear line', () => {
  const train = (content: Uint8Array, config: LanguageModelConfigInput = small) =>
    prepareText({ train: byteSource(content, 'bad.txt'), valid: textSource('okok') }, parseLanguageModelConfig(config));
  const text = (value: string) => new TextEncoder().encode(value);

  test('empty', async () => {
    await expect(train(text(''))).rejects.toThrow('bad.txt is empty');
    await expect(prepareText({ train: textSource('') }, configure({}))).rejects.toThrow(DataError);
    const noValid = prepareText({ train: textSource('ok'), valid: textSource('', 'valid.txt') }, configure({}));
    await expect(noValid).rejects.toThrow('valid.txt is empty');
  });

  test('shorter than one window', async () => {
    const config = { batches: { batchSize: 3, truncationSteps: 4 } };
    await expect(train(text('a'.repeat(12)), config)).rejects.toThrow('bad.txt has 12 tokens');
    await expect(train(text('a'.repeat(13)), config)).resolves.toBeTruthy();
  });

  test('not UTF-8: the byte is named, as Node and WHATWG see it', async () => {
    const mostlyText = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...text('a€🙂é')) },
      { weight: 1, arbitrary: fc.nat(255) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(mostlyText, { minLength: 3, maxLength: 30 }), async (bytes) => {
        const content = Uint8Array.of(...text('ok'), ...bytes);
        const valid = longestValidPrefix(content);
        const outcome = await train(content).then(
          () => 'read',
          (error: Error) => error.message,
        );
        const told = `unroll: bad.txt: byte ${valid} is not UTF-8; save the text as UTF-8`;
        expect(outcome).toBe(valid === content.length ? 'read' : told);
      }),
      { numRuns: 300 },
    );
  });
});

/** Bytes before the first sequence that the platform's decoder refuses. */
function longestValidPrefix(content: Uint8Array): number {
  for (let length = content.length; length > 0; length--) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(content.subarray(0, length));
      return length;
    } catch {
      // shorter
    }
  }
  return 0;
}
