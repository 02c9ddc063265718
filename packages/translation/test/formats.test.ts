import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describePairFile,
  normalizeText,
  openPairs,
  openSources,
  pairSources,
  type PairSources,
  type TranslationConfigInput,
} from '@unroll/translation';
import { dataConfig, readAll, textSource } from './sources.js';

type Data = TranslationConfigInput['data'];

const two = (source: string, target: string): PairSources => ({
  source: textSource(source, 'some.en'),
  target: textSource(target, 'some.de', 3),
});
const one = (content: string, name?: string): PairSources => ({ pairs: textSource(content, name) });

describe('pairs', () => {
  const expected = ['1: a "red" dog => ein „roter“ Hund', '2: 👩‍👧 run => 👩‍👧 laufen', '3: end => Ende'];
  test.each<[string, PairSources, Data?]>([
    ['two files', two('a "red" dog\n👩‍👧 run\nend\n', 'ein „roter“ Hund\n👩‍👧 laufen\nEnde\n')],
    ['two files, one without a last line end', two('a "red" dog\n👩‍👧 run\nend', 'ein „roter“ Hund\n👩‍👧 laufen\nEnde\n')],
    [
      'line ends of Windows and a byte order mark',
      two('﻿a "red" dog\r\n👩‍👧 run\r\nend\r\n', 'ein „roter“ Hund\n👩‍👧 laufen\nEnde'),
    ],
    ['TSV', one('a "red" dog\tein „roter“ Hund\n👩‍👧 run\t👩‍👧 laufen\tCC-BY 2.0\nend\tEnde\n', 'some.tsv')],
    ['TSV, found by its tab', one('a "red" dog\tein „roter“ Hund\r\n👩‍👧 run\t👩‍👧 laufen\r\nend\tEnde')],
    [
      'TSV whose columns are chosen',
      one('x\tein „roter“ Hund\ta "red" dog\nx\t👩‍👧 laufen\t👩‍👧 run\nx\tEnde\tend\n'),
      { source: '3' },
    ],
    [
      'JSON lines',
      one(
        '{"source": "a \\"red\\" dog", "target": "ein „roter“ Hund"}\n{"target": "👩‍👧 laufen", "source": "👩‍👧 run"}\n{"source":"end","target":"Ende"}',
      ),
    ],
  ])('are read from %s', async (_what, sources, data) => {
    const wanted = data?.source === '3' ? { ...data, target: '2' } : data;
    expect(await readAll(sources, wanted)).toEqual(expected);
    expect(await readAll(sources, wanted)).toEqual(expected);
  });

  test('are read one piece after the other, and can be left early', async () => {
    let asked = 0;
    const source = {
      name: 'endless.tsv',
      async *bytes() {
        for (;;) {
          asked += 1;
          yield new TextEncoder().encode(`${asked}\teins\n`);
        }
      },
    };
    const file = await openPairs({ pairs: source }, dataConfig());
    const seen: string[] = [];
    for await (const pair of file.pairs()) {
      seen.push(pair.source);
      if (seen.length === 3) break;
    }
    expect(seen).toHaveLength(3);
    expect(asked).toBeLessThan(6);
  });
});

describe('columns', () => {
  const table = 'id\tGerman\tenglish\n7\tHund\tdog\n8\tKatze\tcat\n';
  test.each<[string, string, Data, readonly string[]]>([
    ['by name, in any place', table, { source: 'english', target: 'German' }, ['2: dog => Hund', '3: cat => Katze']],
    ['by number', table, { source: '3', target: '2' }, ['2: dog => Hund', '3: cat => Katze']],
    ['the first two unless asked', table, {}, ['2: 7 => Hund', '3: 8 => Katze']],
    ['the first one where the target is the second', table, { target: '2' }, ['2: 7 => Hund', '3: 8 => Katze']],
    ['the second one where the target is the first', 'a\tb\n', { target: '1' }, ['1: b => a']],
    ['the first one where the source is the second', 'a\tb\n', { source: '2' }, ['1: b => a']],
    ['without a header where there is none', 'dog\tHund\ncat\tKatze\n', {}, ['1: dog => Hund', '2: cat => Katze']],
    ['without a header where one word could be of one', 'text\tTexte\n', {}, ['1: text => Texte']],
    ['with one that nobody would guess', 'x\ty\ncat\tKatze\n', { header: true }, ['2: cat => Katze']],
    ['with one that is a pair of words', 'en\tde\ncat\tKatze\n', { header: false }, ['1: en => de', '2: cat => Katze']],
  ])('are found %s', async (_what, ...[content, data, pairs]) => {
    expect(await readAll(one(content, 'x.tsv'), data)).toEqual(pairs);
  });

  test('of JSON lines are keys, also inside of an object', async () => {
    const line = '{"id": 1, "translation": {"en": "a dog", "de": "ein Hund"}, "a.b": "x"}\n';
    expect(await readAll(one(line), { source: 'translation.en', target: 'translation.de' })).toEqual([
      '1: a dog => ein Hund',
    ]);
    expect(await readAll(one(line), { source: 'a.b', target: 'translation.de' })).toEqual(['1: x => ein Hund']);
  });

  test('are said', async () => {
    const described = async (sources: PairSources, data: Data = {}) =>
      describePairFile(await openPairs(sources, dataConfig(data)));
    expect(await described(one(table), { source: 'english' })).toBe('pairs.txt: tsv, source english, target id');
    expect(await described(one('{"source": "a"}'))).toBe('pairs.txt: jsonl, source source, target target');
    expect(await described(two('a', 'b'))).toBe('some.en to some.de, line by line');
    expect(await described(one(table), { reverse: true })).toBe('pairs.txt: tsv, source German, target id');
  });
});

test('a line break inside a text of JSON lines is a space', async () => {
  expect(await readAll(one('{"source": "a\\nb\\r\\nc", "target": "d"}'))).toEqual(['1: a b c => d']);
});

test.each([
  ['pairs.jsonl', 'jsonl'],
  ['PAIRS.TSV', 'tsv'],
  ['tatoeba-eng-fra (train)', 'tsv'],
])('%s is %s', async (name, format) => {
  const content = format === 'tsv' ? 'a\tb' : '{"source": "a", "target": "b"}';
  expect(await openPairs(one(content, name), dataConfig())).toMatchObject({ name, format });
});

test('a model of two files reads others, and one file too', async () => {
  expect(await readAll(one('a\tb\n'), { format: 'parallel' })).toEqual(['1: a => b']);
  expect(await readAll(two('a', 'b'), { format: 'tsv' })).toEqual(['1: a => b']);
});

describe('the other direction', () => {
  test('is that of a file and of a dataset', async () => {
    expect(await readAll(one('a\tb\n'), { reverse: true })).toEqual(['1: b => a']);
    const split = { ...textSource('a\n'), target: textSource('b\n'), languages: ['en', 'de'] as const };
    expect(await readAll(pairSources(split), { reverse: true })).toEqual(['1: b => a']);
    expect(await readAll(pairSources(split))).toEqual(['1: a => b']);
  });

  test('leaves two files as they were named', async () => {
    expect(await readAll(two('a\n', 'b\n'), { reverse: true })).toEqual(['1: a => b']);
    const { target, source } = { source: textSource('a\n'), target: textSource('b\n') };
    expect(await readAll(pairSources({ ...source, target }), { reverse: true })).toEqual(['1: a => b']);
  });
});

describe('a text', () => {
  test('has the form and case of the configuration, on both sides', async () => {
    const composed = 'Caf\u00e9 \ufb01x İ';
    const sources = two(`Cafe\u0301 \ufb01x I\u0307\n`, `Cafe\u0301 \ufb01x I\u0307\n`);
    expect(await readAll(sources)).toEqual([`1: ${composed} => ${composed}`]);
    expect(await readAll(sources, { normalization: 'none' })).not.toEqual([`1: ${composed} => ${composed}`]);
    const lower = 'caf\u00e9 fix i\u0307';
    expect(await readAll(sources, { normalization: 'nfkc', lowercase: true })).toEqual([`1: ${lower} => ${lower}`]);
  });

  test('is normalised once and for all', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const data = fc.record({ normalization: fc.constantFrom('none', 'nfc', 'nfkc'), lowercase: fc.boolean() } as const);
    const property = fc.property(text, data, (text, data) => {
      const once = normalizeText(text, data);
      expect(normalizeText(once, data)).toBe(once);
    });
    fc.assert(property, { numRuns: 2000 });
    // Lower case of J with a caron is composed, of upper case it is not.
    expect(normalizeText('J\u030c', { normalization: 'nfc', lowercase: true })).toBe('\u01f0');
  });
});

describe('texts to translate', () => {
  test('come with their blank lines, each as soon as its end has been read', async () => {
    const pieces = ['One\n\nTw', 'o\r\n', '   \nthree'];
    let given = 0;
    const source = {
      name: 'a pipe',
      async *bytes() {
        for (const piece of pieces) {
          given += 1;
          yield new TextEncoder().encode(piece);
        }
      },
    };
    const seen: (readonly [string, number])[] = [];
    for await (const line of openSources(source, dataConfig({ lowercase: true })).lines()) seen.push([line, given]);
    expect(seen).toEqual([
      ['one', 1],
      ['', 1],
      ['two', 2],
      ['   ', 3],
      ['three', 3],
    ]);
  });
});

describe('bad files', () => {
  const long = Array.from({ length: 10_000 }, (_, index) => `w${index}`).join(' ');

  test('a line of 10,000 words is read', async () => {
    expect(await readAll(two(`${long}\nb`, `x\ny`))).toEqual([`1: ${long} => x`, '2: b => y']);
  });

  test('a blank line on one side is a pair with an empty side', async () => {
    expect(await readAll(two('a\n\nc\n', 'x\ny\n \n'))).toEqual(['1: a => x', '2:  => y', '3: c =>  ']);
    expect(await readAll(one('a\tb\n\n\tc\nd\t\n', 'x.tsv'))).toEqual(['1: a => b', '2:  => ', '3:  => c', '4: d => ']);
  });

  const text = (bytes: readonly number[], name: string) => textSource(Uint8Array.from(bytes), name);
  test.each<[string, PairSources, Data, string, string]>([
    [
      'files of different length',
      two('a\nb\nc\n', 'x\n'),
      {},
      'data/different-lengths',
      'some.en has 3 lines and some.de has 1; line i of one must belong to line i of the other, and some.en is longer by 2',
    ],
    [
      'a longer target',
      two('a\n'.repeat(1200), 'b\n'.repeat(3333)),
      {},
      'data/different-lengths',
      'some.en has 1,200 lines and some.de has 3,333; line i of one must belong to line i of the other, and some.de is longer by 2,133',
    ],
    [
      'one empty file of two',
      two('', 'b\n'),
      {},
      'data/different-lengths',
      'some.en has 0 lines and some.de has 1; line i of one must belong to line i of the other, and some.de is longer by 1',
    ],
    ['two empty files', two('', ''), {}, 'data/empty', 'some.en and some.de has no pairs'],
    ['an empty file', one(''), {}, 'data/empty', 'pairs.txt has no pairs'],
    ['an empty TSV', one('\n\n', 'x.tsv'), {}, 'data/empty', 'x.tsv has no pairs'],
    ['a TSV of a header alone', one('source\ttarget\n', 'x.tsv'), {}, 'data/empty', 'x.tsv has no pairs'],
    [
      'a file that is not UTF-8',
      { source: text([0x61, 0x0a, 0xe4, 0x0a], 'latin.txt'), target: textSource('a\nb\n') },
      {},
      'data/not-utf8',
      'latin.txt: byte 2 is not UTF-8; save the text as UTF-8',
    ],
    [
      'running text',
      one('\nA dog runs.\n'),
      {},
      'data/unknown-format',
      'pairs.txt: line 2 is neither two columns with a tab between them nor a JSON object',
    ],
    [
      'a TSV line without a second column',
      one('a\tb\nc\n', 'x.tsv'),
      {},
      'data/missing-column',
      'x.tsv: line 2 has 1 column, 2 are expected; one tab stands between source and target',
    ],
    ['a TSV of one column', one('\na\n', 'x.tsv'), {}, 'data/missing-column', 'x.tsv: line 2 has 1 column'],
    [
      'a column that is not there',
      one('source\ttarget\na\tb\n', 'x.tsv'),
      { source: 'sorce' },
      'data/unknown-column',
      'x.tsv has no column "sorce" (data.source); did you mean source? It has source, target',
    ],
    [
      'a name without a header',
      one('a\tb\n', 'x.tsv'),
      { target: 'german' },
      'data/unknown-column',
      'x.tsv has no column "german" (data.target); it has 2 columns, numbered from 1, and no header (data.header)',
    ],
    [
      'a column number 3 of 2',
      one('a\tb\n', 'x.tsv'),
      { target: '3' },
      'data/unknown-column',
      'x.tsv has no column "3" (data.target)',
    ],
    [
      'a column number 0',
      one('a\tb\n', 'x.tsv'),
      { target: '0' },
      'data/unknown-column',
      'x.tsv has no column "0" (data.target)',
    ],
    [
      'one column for both',
      one('a\tb\n', 'x.tsv'),
      { source: '2', target: '2' },
      'data/column-twice',
      'x.tsv: column 2 is source and target at once',
    ],
    [
      'a broken JSON line',
      one('{"source": "a", "target": "b"}\n\n{"source": \n'),
      {},
      'data/json',
      'pairs.txt: line 3 is not JSON; expected {"source": "…", "target": "…"} in one line',
    ],
    [
      'a JSON line that is no object',
      one('[]\n', 'x.jsonl'),
      {},
      'data/json',
      'x.jsonl: line 1 is no object; expected {"source"',
    ],
    [
      'a number as a text',
      one('{"source": "a", "target": 7}\n'),
      {},
      'data/json',
      'pairs.txt: line 1: "target" is 7; expected a text',
    ],
    [
      'a missing key',
      one('{"en": "a", "de": "b"}\n'),
      { source: 'en' },
      'data/unknown-column',
      'pairs.txt: line 1 has no key "target"; it has en, de: name the keys by data.source and data.target',
    ],
    [
      'a line without an end',
      one(`a\t${'x'.repeat(2 ** 20)}`, 'x.tsv'),
      {},
      'data/line-too-long',
      'x.tsv: line 1 is longer than 1048576 characters; is this a text file? Break the line',
    ],
  ])('%s', async (_what, sources, ...[data, code, message]) => {
    const reading = readAll(sources, data);
    await expect(reading).rejects.toMatchObject({ code });
    await expect(reading).rejects.toThrow(message);
  });
});
