import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectMixedSpellings, openSentences, restoreText } from '@unroll/sequence-tagging';
import { collect, dataConfig, openString, textSource, writeBack } from './sources.js';

const data = { format: 'text' } as const;

/** `word/CASING/PUNCTUATION`, with O left out. */
async function tagged(text: string): Promise<string> {
  const sentences = await collect(await openString(text, data));
  const words = sentences.flatMap(({ tokens, tags }) =>
    tokens.map((token, index) => [token, tags![0]![index], tags![1]![index]].filter((part) => part !== 'O').join('/')),
  );
  return words.join(' ');
}

const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');

/** The text with the tags that it brings itself. */
async function restored(text: string): Promise<string> {
  const spellings = collectMixedSpellings(await collect(await openString(text, data)));
  const file = await openString(text, data, { mixedSpellings: spellings ?? {} });
  return writeBack(file, { names: ['casing', 'punctuation'], columns: ({ tags }) => tags! });
}

describe('a word of running text', () => {
  test.each([
    ['Hello, World. NATO met McKinley', 'hello/TITLE/COMMA world/TITLE/PERIOD nato/UPPER met mckinley/MIXED'],
    [
      'I saw it? Yes! One; two: three',
      'i/TITLE saw it/QUESTION yes/TITLE/EXCLAMATION one/TITLE/SEMICOLON two/COLON three',
    ],
    ['1,000.50 at 5:30, $5,000, 50%, and -3.', '1,000.50 at 5:30/COMMA $5,000/COMMA 50%/COMMA and -3/PERIOD'],
    ['the U.S. and the U.S., at 3 p.m.', 'the u.s./UPPER and the u.s./UPPER/COMMA at 3 p.m.'],
    [
      'Mr. J. Smith etc. I. No. 5 No. Five',
      'mr./TITLE j./TITLE smith/TITLE etc. i/TITLE/PERIOD no./TITLE 5 no/TITLE/PERIOD five/TITLE',
    ],
    ['“Quoted,” (he) said ["so"].', 'quoted/TITLE/COMMA he said so/PERIOD'],
    ['first--second — third - fourth –fifth', 'first/DASH second/DASH third/DASH fourth/DASH fifth'],
    ["well-known o'clock soldiers' 1914–18 pre- R&D", "well-known o'clock soldiers 1914–18 pre- r&d/UPPER"],
    ['what?! no... why,-- so.” "', 'what/QUESTION no/PERIOD why/COMMA so/PERIOD'],
    ['... * Start', 'start/TITLE'],
    ['naïve ÉTÉ Straße İstanbul x̂y', 'naïve été/UPPER straße/TITLE i\u0307stanbul/MIXED x̂y'],
    ['👩‍👩‍👧! go', '👩‍👩‍👧/EXCLAMATION go'],
  ])('%s', async (text, expected) => {
    expect(await tagged(text)).toBe(expected);
  });
});

test('windows are cut by the number of words alone', async () => {
  const words = Array.from({ length: 250 }, (_, index) => `w${index}`);
  const lengths = async (text: string) =>
    (await collect(await openString(text, data))).map(({ tokens }) => tokens.length);
  expect(await lengths(words.join(' '))).toEqual([83, 83, 84]);
  expect(await lengths(words.map((word, index) => word + (index % 7 === 0 ? '.' : '')).join(' '))).toEqual([
    83, 83, 84,
  ]);
  expect(await lengths(words.slice(0, 101).join(' '))).toEqual([50, 51]);
  expect(await lengths(`${words.slice(0, 100).join(' ')}\n${words.slice(0, 3).join(' ')}\n`)).toEqual([100, 3]);
});

describe('restoring', () => {
  test('a text of several lines, with its empty lines and line ends', async () => {
    const text = '  “One,” said McKay;  two\r\n\r\n***\r\nAnd -- three…\r\nlast';
    expect(await restored(text)).toBe('One, said McKay; two\r\n\r\n***\r\nAnd — three.\r\nlast');
  });

  test('with the true tags loses no letter, and gives back what it wrote', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'the',
        'I',
        'U.S.',
        'Mr.',
        '1,000.5',
        'McX',
        'NATO',
        '"Yes',
        '--',
        '—',
        'a—b',
        'No.',
        '5',
        "o'er",
        '.',
        '(x)',
        'É',
        'ß',
        'ﬁ',
      ),
      fc
        .tuple(
          fc.string({ unit: 'grapheme', maxLength: 5 }),
          fc.constantFrom('', ',', '.', '?', '!', ';', ':', '."', ' -'),
        )
        .map(([word, mark]) => word + mark),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const text = pieces.join(' ').replace(/[\r\n]/g, ' ');
        const once = await restored(text);
        expect(await restored(once)).toBe(once);
        expect(letters(once)).toBe(letters(text));
      }),
      { numRuns: 300 },
    );
  });

  test('with the true tags gives a text in its normal form back', async () => {
    const word = fc.constantFrom('the', 'I', 'Smith', 'NATO', '1,000.5', "o'er", 'McX', 'U.S.', 'Mr.', '50%', 'b');
    const mark = fc.constantFrom('', '', ',', '?', '!', ';', ':', ' —');
    const normal = fc
      .array(fc.tuple(word, mark), { minLength: 1, maxLength: 250 })
      .map((pairs) => pairs.map((pair) => pair.join('')));
    await fc.assert(
      fc.asyncProperty(normal, async (words) => {
        expect(await restored(words.join(' '))).toBe(words.join(' '));
      }),
    );
  });

  test('takes the most frequent spelling, or else an upper case first letter', async () => {
    const text = 'McX MCx McX deVries';
    const spellings = collectMixedSpellings(await collect(await openString(text, data)))!;
    expect(spellings).toEqual({ mcx: 'McX', devries: 'deVries' });
    const file = await openString('mcx iphone', data, { mixedSpellings: spellings });
    const written = await writeBack(file, { names: ['casing'], columns: () => [['MIXED', 'MIXED']] });
    expect(written).toBe('McX Iphone');
  });

  test('writes no second period, and ignores tags that it does not know', () => {
    const casing = ['UPPER', 'TITLE', 'x'];
    expect(restoreText(['u.s.', 'so', 'on'], { casing, punctuation: ['PERIOD', 'COMMA', 'x'] })).toBe('U.S. So, on');
    expect(restoreText(['a'], {})).toBe('a');
  });

  test('writes a word a line where there is more than text can show', async () => {
    const file = await openString('One two.', data);
    const names = ['casing', 'punctuation', 'probability'];
    const columns = () => [
      ['TITLE', 'O'],
      ['O', 'PERIOD'],
      ['0.9', '0.8'],
    ];
    expect(await writeBack(file, { names, columns })).toBe('one\tTITLE\tO\t0.9\ntwo\tO\tPERIOD\t0.8\n\n');
  });
});

describe('a model that learnt from another format', () => {
  test('reads the lines of plain text as sentences', async () => {
    const file = await openSentences(textSource("They won't stop.\n\n(Yes)\n"), dataConfig(data), {
      modelColumns: ['UPOS'],
      tagsOptional: true,
    });
    expect(file).toMatchObject({ format: 'text', hasTags: false, columns: { tags: ['UPOS'] } });
    expect(await collect(file)).toMatchObject([
      { line: 1, tokens: ['They', 'wo', "n't", 'stop', '.'] },
      { line: 3, tokens: ['(', 'Yes', ')'] },
    ]);
    expect(await writeBack(file, { columns: ({ tokens }) => [tokens.map(() => 'X')] })).toBe(
      "They\tX\nwo\tX\nn't\tX\nstop\tX\n.\tX\n\n(\tX\nYes\tX\n)\tX\n\n",
    );
  });

  test('one that restores punctuation alone leaves the casing', async () => {
    const file = await openString('One two. three', data, { modelColumns: ['punctuation'] });
    expect(await writeBack(file, { names: ['punctuation'], columns: () => [['COMMA', 'O', 'O']] })).toBe(
      'one, two three',
    );
  });
});
