import type { ByteSource } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { openSentences, readSentences, type OpenOptions } from '@unroll/sequence-tagging';
import { byteSource, collect, dataConfig, openString, writeBack } from './sources.js';

type DataInput = Parameters<typeof dataConfig>[0];

async function failure(text: string | Uint8Array, data: DataInput, options: OpenOptions = {}): Promise<unknown> {
  const content = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return readSentences(byteSource(content, 'bad.txt'), dataConfig(data), options).then(
    () => 'no error',
    ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`,
  );
}

describe('one clear line', () => {
  test.each<readonly [problem: string, text: string, data: DataInput, expected: string]>([
    [
      'ragged columns',
      'a N X\nb N Y\nc Z\n',
      { format: 'conll' },
      'data/ragged-columns: unroll: bad.txt: line 3 has 2 columns, 3 are expected; every token needs a cell in each',
    ],
    [
      'spaces where tabs are expected',
      'a\tX\nb Y\n',
      { format: 'tsv' },
      'data/ragged-columns: unroll: bad.txt: line 2 has 1 column, 2 are expected; every token needs a cell in each',
    ],
    [
      'no token',
      'a\tX\n\tY\n',
      { format: 'tsv' },
      'data/empty-token: unroll: bad.txt: line 2 has no token; an empty line ends a sentence',
    ],
    ['an empty file', '', {}, 'data/empty: unroll: bad.txt has no tokens; a sentence is needed'],
    [
      'empty lines alone',
      '\n \n\r\n',
      { format: 'conll' },
      'data/empty: unroll: bad.txt has no tokens; a sentence is needed',
    ],
    [
      'text without a word',
      '...\n\n',
      { format: 'text' },
      'data/empty: unroll: bad.txt has no tokens; a sentence is needed',
    ],
    [
      'comments alone',
      '# nothing\n\n',
      { format: 'conllu' },
      'data/empty: unroll: bad.txt has no tokens; a sentence is needed',
    ],
    [
      'a column number that is not there',
      'a X\n',
      { format: 'conll', tags: ['3'] },
      'data/unknown-column: unroll: bad.txt has no column "3" (data.tags); it has 2 columns, which are named by number from 1, or from the end from -1',
    ],
    [
      'a column name that is not there',
      'word\tpos\ttag\na\tN\tX\n',
      { format: 'tsv', features: ['poss'], token: 'word' },
      'data/unknown-column: unroll: bad.txt has no column "poss" (data.features); did you mean pos? It has word, pos, tag',
    ],
    [
      'a key that is not there',
      '{"tokens": ["a"], "ner": ["O"]}\n',
      { format: 'jsonl' },
      'data/unknown-column: unroll: bad.txt has no column "tags" (data.tags); did you mean tokens? It has tokens, ner',
    ],
    [
      'no column left for tags',
      'a\nb\n',
      { format: 'conll' },
      'data/no-tags: unroll: bad.txt has no column of tags beside 1; is the format another one (data.format), or does data.tags name them?',
    ],
    [
      'a column twice',
      'a N X\n',
      { format: 'conll', features: ['3'], tags: ['3'] },
      'data/column-twice: unroll: bad.txt: column 3 is to be learnt and to be read at once; take it out of data.tags, or out of data.token and data.features',
    ],
    [
      'tags and tokens that differ in number',
      '{"tokens": ["a"], "tags": ["X"]}\n{"tokens": ["a", "b"], "tags": ["X"]}\n',
      { format: 'jsonl' },
      'data/ragged-columns: unroll: bad.txt: line 2: "tags" has 1 values, and there are 2 tokens; each needs one',
    ],
    [
      'an object that ends too early',
      '{"tokens": ["a"], "tags": ["X"]}\n{"tokens"\n',
      { format: 'jsonl' },
      'data/json: unroll: bad.txt: line 2 is not JSON; expected {"tokens": [...], "tags": [...]} in one line',
    ],
    [
      'an array',
      '["a"]\n',
      { format: 'jsonl' },
      'data/json: unroll: bad.txt: line 1 is no object; expected {"tokens": [...], "tags": [...]}',
    ],
    [
      'several labels without a separator',
      '{"tokens": ["a"], "tags": [["X"]]}\n',
      { format: 'jsonl' },
      'data/json: unroll: bad.txt: line 1: value 1 of "tags" is ["X"]; expected a string; several labels a token need data.labelSeparator',
    ],
    [
      'an empty token',
      '{"tokens": ["a", " "], "tags": ["X", "Y"]}\n',
      { format: 'jsonl' },
      'data/empty-token: unroll: bad.txt: line 1: token 2 is empty',
    ],
    [
      'a missing empty line in CoNLL-U',
      '1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n1\tb\t_\tX\t_\t_\t_\t_\t_\t_\n',
      { format: 'conllu' },
      'data/conllu: unroll: bad.txt: line 2 has the ID 1 where 2 is expected; is an empty line missing between two sentences?',
    ],
    [
      'too few columns in CoNLL-U',
      '1\ta\tX\n',
      { format: 'conllu' },
      'data/ragged-columns: unroll: bad.txt: line 1 has 3 columns, 10 are expected; every token needs a cell in each',
    ],
    [
      'spaces in CoNLL-U',
      '1 a X\n',
      { format: 'conllu' },
      'data/conllu: unroll: bad.txt: line 1 has no tab; CoNLL-U has ten columns apart by tabs (data.format conll reads columns apart by white space)',
    ],
    [
      'a header with a name twice',
      'word\ttag\ttag\na\tX\tY\n',
      { format: 'tsv', header: true },
      'data/duplicate-column: unroll: bad.txt: two columns of the header are called "tag"; rename one',
    ],
    [
      'features of running text',
      'Some words.\n',
      { format: 'text', features: ['2'] },
      'config/features: unroll: running text has no columns of features; leave data.features out',
    ],
    [
      'another column of running text',
      'Some words.\n',
      { format: 'text', tags: ['case'] },
      'data/unknown-column: unroll: bad.txt has no column "case" (data.tags); did you mean casing? It has casing, punctuation',
    ],
  ])('%s', async (...[, text, data, expected]) => {
    expect(await failure(text, data)).toBe(expected);
  });

  test('bytes that are not UTF-8', async () => {
    expect(await failure(Uint8Array.of(0x61, 0x20, 0x58, 0x0a, 0xe9, 0x20, 0x58, 0x0a), { format: 'conll' })).toBe(
      'data/not-utf8: unroll: bad.txt: byte 4 is not UTF-8; save the text as UTF-8',
    );
  });

  test('a line that does not end, before it fills the memory', async () => {
    let taken = 0;
    const endless: ByteSource = {
      name: 'endless',
      async *bytes() {
        for (; ; taken++) yield new Uint8Array(1 << 16).fill(0x61);
      },
    };
    const reading = openSentences(endless, dataConfig({ format: 'conll' }));
    await expect(reading).rejects.toMatchObject({ code: 'data/line-too-long' });
    expect(taken).toBeLessThan(20);
  });

  test('a line of too many columns', async () => {
    expect(await failure(`${'a '.repeat(2000)}\n`, { format: 'conll' })).toBe(
      'data/too-many-columns: unroll: bad.txt: line 1 has 2000 columns, at most 1000 can be read; is this plain text (data.format text)?',
    );
  });

  test('a file to be tagged without a feature that the model reads', async () => {
    const data = { format: 'conll', token: '1', features: ['2'], tags: ['3'] } satisfies DataInput;
    expect(await failure('a\n', data, { tagsOptional: true })).toBe(
      'data/unknown-column: unroll: bad.txt has no column "2" (data.features); it has 1 column, which are named by number from 1, or from the end from -1',
    );
  });

  test('plain text where tags are needed', async () => {
    expect(await failure('Some words.\n', { format: 'text' }, { modelColumns: ['UPOS'] })).toBe(
      'data/no-tags: unroll: bad.txt is running text, which has no tags UPOS; is the format another one (data.format)?',
    );
  });

  test('a cell that its format cannot hold', async () => {
    const write = async (text: string, data: DataInput, cell: string) =>
      writeBack(await openString(text, data), { columns: () => [[cell]] });
    await expect(write('a X\n', { format: 'conll' }, 'b c')).rejects.toThrow(
      'unroll: "b c" holds white space, which parts the columns of CoNLL; use TSV or JSON lines',
    );
    await expect(write('a\tX\n', { format: 'tsv' }, 'b\tc')).rejects.toThrow(
      'unroll: "b\\tc" holds a tab or a line break, which TSV cannot write; use JSON lines',
    );
    expect(await write('a X\n', { format: 'conll' }, '')).toBe('a X _\n');
  });
});

describe('nothing is lost', () => {
  test('of a file that begins with a byte order mark, but the mark', async () => {
    const opened = await openString('\ufeffa X\n', { format: 'conll' });
    expect(await collect(opened)).toMatchObject([{ tokens: ['a'] }]);
  });

  test('of a sentence of 20,000 tokens, in each format', async () => {
    const tokens = Array.from({ length: 20_000 }, (_, index) => `w${index}`);
    const column = (separator: string) => tokens.map((token) => `${token}${separator}X\n`).join('');
    const conllu = tokens.map((token, index) => `${index + 1}\t${token}\t_\tX\t_\t_\t_\t_\t_\t_\n`).join('');
    const object = JSON.stringify({ tokens, tags: tokens.map(() => 'X') });
    for (const [format, text] of [
      ['conll', column(' ')],
      ['tsv', column('\t')],
      ['conllu', conllu],
      ['jsonl', object],
    ] as const) {
      const opened = await openSentences(
        byteSource(new TextEncoder().encode(text), 'long', 1 << 16),
        dataConfig({ format }),
      );
      const sentences = await collect(opened);
      expect(sentences.map((sentence) => sentence.tokens.length)).toEqual([20_000]);
      expect(sentences[0]!.tokens.at(-1)).toBe('w19999');
      expect(sentences[0]!.write([])).toBe(text);
    }
  });

  test('of a file to be tagged that has no tags', async () => {
    const data = { format: 'conll', token: '1', features: ['2'], tags: ['3'] } satisfies DataInput;
    const opened = await openString('a N\nb V\n', data, { tagsOptional: true });
    expect(opened).toMatchObject({ hasTags: false, columns: { tags: ['3'] } });
    const [sentence] = await collect(opened);
    expect(sentence).not.toHaveProperty('tags');
    expect(sentence!.write([['X', 'Y']])).toBe('a N X\nb V Y\n');
  });
});

describe('as lines come in', () => {
  /** Gives what it is fed, and waits for more. */
  function pipe(): { readonly source: ByteSource; readonly feed: (text: string) => void } {
    const fed: string[] = [];
    let wake = (): void => {};
    const source: ByteSource = {
      name: 'a pipe',
      async *bytes() {
        for (;;) {
          while (fed.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          yield new TextEncoder().encode(fed.shift());
        }
      },
    };
    const feed = (text: string): void => {
      fed.push(text);
      wake();
    };
    return { source, feed };
  }

  test.each([
    ['conll', 'a X\n\n', 'b Y\n'],
    ['conllu', '1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n\n', '1\tb\t_\tY\t_\t_\t_\t_\t_\t_\n'],
    ['tsv', 'token\ttag\na\tX\n\n', 'b\tY\n'],
    ['jsonl', '{"tokens": ["a"], "tags": ["X"]}\n', '{"tokens": ["b"], "tags": ["Y"]}'],
    ['text', 'a\n', 'b'],
    ['auto', 'a X\na X\n\n', 'b Y\n'],
  ] as const)('%s: a sentence is there when its last line is', async (format, first, second) => {
    const { source, feed } = pipe();
    feed(first);
    const file = await openSentences(source, dataConfig({ format }));
    const sentences = file.sentences()[Symbol.asyncIterator]();
    expect((await sentences.next()).value).toMatchObject({ tokens: format === 'auto' ? ['a', 'a'] : ['a'] });
    let done = false;
    const next = sentences.next().finally(() => (done = true));
    feed(second);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(done).toBe(false);
    feed('\n');
    expect((await next).value).toMatchObject({ tokens: ['b'] });
  });
});
