import { isUnrollError } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeSentenceFile,
  openSentences,
  readSentences,
  resolveDataConfig,
  type FormatName,
} from '@unroll/sequence-tagging';
import { collect, dataConfig, openString, textSource, writeBack, type Further } from './sources.js';

type DataInput = Parameters<typeof dataConfig>[0];

const nothing: Further = { columns: () => [] };
/** One column with the number of each token in its sentence. */
const numbers: Further = { names: ['place'], columns: ({ tokens }) => [tokens.map((_, index) => `p${index}`)] };

const conllu = [
  '# sent_id = 1',
  "# text = We don't know.",
  '1\tWe\twe\tPRON\tPRP\t_\t4\tnsubj\t_\t_',
  "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_",
  '2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_',
  "3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_",
  '3.1\tever\tever\tADV\tRB\t_\t_\t_\t4:advmod\t_',
  '4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No',
  '5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_',
  '',
  '1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_',
  '',
  '# the end',
  '',
].join('\n');

describe('CoNLL', () => {
  const file = '-DOCSTART- -X- O\n\nSmith NNP B-PER\nslept VBD O\n\n\n\nOslo NNP B-LOC\n';

  test('columns by number, from the start and from the end', async () => {
    const byDefault = await openString(file, { format: 'conll' });
    expect(byDefault.columns).toEqual({ token: '1', tags: ['3'], features: [] });
    const chosen = await openString(file, { format: 'conll', token: '1', features: ['-2'], tags: ['-1'] });
    expect(chosen.columns).toEqual({ token: '1', tags: ['3'], features: ['2'] });
    const [first, second] = await collect(chosen);
    expect(first).toMatchObject({
      line: 3,
      tokens: ['Smith', 'slept'],
      tags: [['B-PER', 'O']],
      features: [['NNP', 'VBD']],
    });
    expect(second).toMatchObject({ line: 8, tokens: ['Oslo'] });
  });

  test('empty lines and borders of documents are written back; a column stands behind the last', async () => {
    const opened = await openString(`${file}\n-DOCSTART- -X- O\n\n`, { format: 'conll' });
    expect(await collect(opened)).toHaveLength(2);
    expect(await writeBack(opened, numbers)).toBe(
      '-DOCSTART- -X- O\n\nSmith NNP B-PER p0\nslept VBD O p1\n\n\n\nOslo NNP B-LOC p0\n\n-DOCSTART- -X- O\n\n',
    );
  });

  test('a border without an empty line before it ends the sentence', async () => {
    const opened = await openString('a X\n-DOCSTART- X\nb Y', { format: 'conll' });
    expect((await collect(opened)).map(({ tokens }) => tokens)).toEqual([['a'], ['b']]);
    expect(await writeBack(opened, nothing)).toBe('a X\n-DOCSTART- X\nb Y');
  });

  test('tabs and spaces mixed, Windows line ends, no empty line at the end', async () => {
    const opened = await openString('a\tX\r\nb  Y\r\n\r\nc \tZ', { format: 'conll' });
    expect(await collect(opened)).toMatchObject([
      { tokens: ['a', 'b'], tags: [['X', 'Y']] },
      { tokens: ['c'], tags: [['Z']] },
    ]);
    expect(await writeBack(opened, numbers)).toBe('a\tX\tp0\r\nb  Y  p1\r\n\r\nc \tZ \tp0');
  });

  test('a blank of Unicode is a part of the token, and nothing is normalised', async () => {
    const tokens = ['10\u00a0000', 'e\u0301', '\u00e9', '👩‍👩‍👧', 'न\u093f', 'a\u3000b'];
    const opened = await openString(tokens.map((token) => `${token} X\n`).join(''), { format: 'conll' });
    const [sentence] = await collect(opened);
    expect(sentence!.tokens).toEqual(tokens);
  });

  const cell = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .map((text) => `x${text.replace(/\s/gu, '_')}`);
  const line = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(cell, cell).map(([token, tag]) => `${token} ${tag}`) },
    { weight: 2, arbitrary: fc.constantFrom('', '  ', '-DOCSTART- X') },
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, end, last]) => [`first TAG`, ...lines].join(end) + (last ? end : ''));

  test('any file is written back byte for byte, and a further column is read again', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const opened = await openString(content, { format: 'conll' });
        expect(await writeBack(opened, nothing)).toBe(content);
        const before = await collect(opened);
        const again = await openString(await writeBack(opened, numbers), { format: 'conll', tags: ['2', '3'] });
        const after = await collect(again);
        expect(after.map(({ line, tokens }) => ({ line, tokens }))).toEqual(
          before.map(({ line, tokens }) => ({ line, tokens })),
        );
        expect(after.map(({ tags }) => tags)).toEqual(
          before.map(({ tokens, tags }) => [tags![0], tokens.map((_, index) => `p${index}`)]),
        );
      }),
    );
  });
});

describe('CoNLL-U', () => {
  test('ranges and empty nodes are no tokens', async () => {
    const opened = await openString(conllu, {}, { name: 'x.conllu' });
    expect(describeSentenceFile(opened)).toBe('x.conllu: conllu; token FORM; tags UPOS');
    expect(await collect(opened)).toMatchObject([
      { line: 1, tokens: ['We', 'do', "n't", 'know', '.'], tags: [['PRON', 'AUX', 'PART', 'VERB', 'PUNCT']] },
      { line: 11, tokens: ['Yes'] },
    ]);
    expect(await writeBack(opened, nothing)).toBe(conllu);
  });

  test('what is added goes into MISC, or fills a column that is empty in the whole file', async () => {
    const opened = await openString(conllu, { format: 'conllu' });
    const columns: Further['columns'] = ({ tokens }) => [
      tokens.map(() => 'NOUN'),
      tokens.map((_, index) => (index === 0 ? '' : 'A=1|B=2')),
      tokens.map(() => '0.5 |'),
    ];
    const lines = (await writeBack(opened, { names: ['UPOS', 'FEATS', 'p'], columns })).split('\n');
    expect(lines.filter((_, index) => index < 10)).toEqual([
      '# sent_id = 1',
      "# text = We don't know.",
      '1\tWe\twe\tPRON\tPRP\t_\t4\tnsubj\t_\tUPOS=NOUN|p=0.5\\s\\p',
      "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_",
      '2\tdo\tdo\tAUX\tVBP\tA=1|B=2\t4\taux\t_\tUPOS=NOUN|p=0.5\\s\\p',
      "3\tn't\tnot\tPART\tRB\tA=1|B=2\t4\tadvmod\t_\tUPOS=NOUN|p=0.5\\s\\p",
      '3.1\tever\tever\tADV\tRB\t_\t_\t_\t4:advmod\t_',
      '4\tknow\tknow\tVERB\tVB\tA=1|B=2\t0\troot\t_\tSpaceAfter=No|UPOS=NOUN|p=0.5\\s\\p',
      '5\t.\t.\tPUNCT\t.\tA=1|B=2\t4\tpunct\t_\tUPOS=NOUN|p=0.5\\s\\p',
      '',
    ]);
  });

  test('a file to be tagged may have an empty column of tags', async () => {
    const untagged = conllu.replace(/\t(PRON|AUX|PART|VERB|PUNCT|INTJ)\t/g, '\t_\t');
    expect((await openString(untagged, { format: 'conllu' }, { tagsOptional: true })).hasTags).toBe(false);
    expect((await openString(conllu, { format: 'conllu' }, { tagsOptional: true })).hasTags).toBe(true);
    const opened = await openString(untagged, { format: 'conllu' }, { tagsOptional: true });
    expect((await collect(opened))[0]!.tags).toBeUndefined();
    const written = await writeBack(opened, { names: ['UPOS'], columns: ({ tokens }) => [tokens.map(() => 'X')] });
    expect(written).toContain('\n4\tknow\tknow\tX\tVB\t');
  });
});

describe('TSV', () => {
  const table = 'word\tpos\ttag\nNew York\tNNP\tB-LOC\n"\t``\tO\n\nx\t\tO\n';

  test('a header is found and gets a cell; cells may hold spaces and be empty', async () => {
    const opened = await openString(table, { format: 'tsv', features: ['pos'] });
    expect(opened.columns).toEqual({ token: 'word', tags: ['tag'], features: ['pos'] });
    expect(await collect(opened)).toMatchObject([
      { line: 2, tokens: ['New York', '"'], tags: [['B-LOC', 'O']], features: [['NNP', '``']] },
      { line: 5, tokens: ['x'], features: [['']] },
    ]);
    expect(await writeBack(opened, numbers)).toBe(
      'word\tpos\ttag\tplace\nNew York\tNNP\tB-LOC\tp0\n"\t``\tO\tp1\n\nx\t\tO\tp0\n',
    );
  });

  test('without a header columns have numbers', async () => {
    const opened = await openString('a\tX\n', { format: 'tsv' });
    expect(opened.columns).toEqual({ token: '1', tags: ['2'], features: [] });
    expect(opened.header(['more'])).toBe('');
    const asked = await openString('foo\tbar\na\tX\n', { format: 'tsv', token: 'foo', tags: ['bar'] });
    expect(await collect(asked)).toMatchObject([{ tokens: ['a'], tags: [['X']] }]);
    const forced = await openString('foo\tbar\na\tX\n', { format: 'tsv', header: false });
    expect(await collect(forced)).toMatchObject([{ tokens: ['foo', 'a'] }]);
  });
});

describe('JSON lines', () => {
  const lines =
    '{"id": 7, "tokens": ["a b", "c"], "tags": ["X", "Y"] }\n\n{"tokens":[],"tags":[]}\n{"tokens":["d"],"tags":["Z"],"x":null}\n{"tokens":[]}';

  test('further keys stand at the end, all else stays, empty sentences too', async () => {
    const opened = await openString(lines, {}, { name: 'x.jsonl' });
    expect(await collect(opened)).toMatchObject([
      { line: 1, tokens: ['a b', 'c'], tags: [['X', 'Y']] },
      { line: 4, tokens: ['d'] },
    ]);
    expect(await writeBack(opened, nothing)).toBe(lines);
    const columns: Further['columns'] = ({ tokens }) => [tokens.map(() => 'N'), tokens.map(() => '0.2500')];
    expect(await writeBack(opened, { names: ['tags', 'tags probability'], columns })).toBe(
      '{"id": 7, "tokens": ["a b", "c"], "tags": ["X", "Y"], "predicted_tags": ["N","N"], "tags probability": [0.25,0.25] }\n\n' +
        '{"tokens":[],"tags":[]}\n' +
        '{"tokens":["d"],"tags":["Z"],"x":null, "predicted_tags": ["N"], "tags probability": [0.25]}\n{"tokens":[]}',
    );
  });

  test('other keys, numbers as tags, several labels a token', async () => {
    const text = '{"words": ["a", "b"], "ner_tags": [0, 3], "labels": [["P", "Q"], []]}\n';
    const data = {
      format: 'jsonl',
      token: 'words',
      tags: ['ner_tags', 'labels'],
      labelSeparator: '|',
    } satisfies DataInput;
    const [sentence] = await collect(await openString(text, data));
    expect(sentence!.tags).toEqual([
      ['0', '3'],
      ['P|Q', ''],
    ]);
    const untagged = await openString('{"words": ["a"]}\n', data, { tagsOptional: true });
    expect(untagged.hasTags).toBe(false);
    expect(await collect(untagged)).toMatchObject([{ tokens: ['a'] }]);
  });
});

describe('the format', () => {
  test.each([
    ['{"tokens": ["a"], "tags": ["X"]}\n', 'jsonl'],
    [conllu, 'conllu'],
    ['a\tX\nb\tY\n\n', 'tsv'],
    ['a X\nb Y\n\nc Z\n', 'conll'],
    ['-DOCSTART- -X- O\n\na X O\nb Y O\n', 'conll'],
    ['Four words stand here\nand then come five words\n', 'text'],
    ['One line alone\n', 'text'],
  ] as const)('of %j is found: %s', async (text, format) => {
    expect((await openString(text, {})).format).toBe(format);
  });

  test('follows the name before the content', async () => {
    expect((await openString('a X\nb Y\n', {}, { name: 'x.CONLL' })).format).toBe('conll');
    expect((await openString('1\ta\n2\tb\n', { tags: ['1'], token: '2' }, { name: 'x.tsv' })).format).toBe('tsv');
  });

  test('and the columns that were found replace what was left open', async () => {
    const data = dataConfig({ features: ['-2'] });
    const file = await openSentences(textSource('a N X\nb N Y\n'), data);
    expect(resolveDataConfig(data, file)).toEqual({
      ...data,
      format: 'conll',
      token: '1',
      features: ['2'],
      tags: ['3'],
    });
  });
});

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\t',
        ' ',
        '#',
        '-DOCSTART-',
        '1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n',
        '1-2\t',
        'a\tX\n',
        'a X\n',
      ),
      fc.constantFrom('{"tokens":["a"],"tags":["X"]}\n', '{"tokens":[],"tags":[]}', '{', '[]', 'null', 'token\ttag\n'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join('').replaceAll('\ufeff', ''));

/** The text as it is written back; the text itself where it is refused in one line, or where text is not to stay as it is. */
async function writtenOrRefused(text: string, format: FormatName | 'auto'): Promise<string> {
  try {
    const opened = await openString(text, { format });
    const written = await writeBack(opened, nothing);
    return opened.format === 'text' ? text : written;
  } catch (error) {
    if (!isUnrollError(error) || /[\n\r]/.test(error.message)) throw error;
    return text;
  }
}

test.each(['auto', 'conll', 'conllu', 'tsv', 'jsonl', 'text'] as const)(
  'any text, read as %s, is written back, or refused in one line',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(await writtenOrRefused(text, format)).toBe(text);
      }),
      { numRuns: 200 },
    );
  },
);

test('what is read whole has all but the way back', async () => {
  const sentences = await readSentences(textSource('a X\n\nb Y\n'), dataConfig({ format: 'conll' }));
  expect(sentences).toEqual([
    { line: 1, tokens: ['a'], tags: [['X']], features: [] },
    { line: 3, tokens: ['b'], tags: [['Y']], features: [] },
  ]);
});
