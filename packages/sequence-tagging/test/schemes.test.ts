import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  allowedTransitions,
  convertTags,
  describeScheme,
  detectScheme,
  inspectScheme,
  schemeNames,
  spansOf,
  tagsOf,
  type SchemeName,
  type Span,
} from '../src/index.js';
import { prefixesOf } from '../src/schemes/tag-parts.js';

const withSpans = schemeNames.filter((scheme) => scheme !== 'none');
const words = (text: string) => text.split(' ');
const shown = (spans: readonly Span[]) => spans.map(({ type, start, end }) => `${type} ${start}-${end}`);

/** Spans of a sentence: lengths and types of neighbours, '' = a token outside. */
const sentence = fc
  .array(fc.record({ type: fc.constantFrom('', 'PER', 'LOC', 'a-b'), length: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 8,
  })
  .map((parts) => {
    const spans: Span[] = [];
    let start = 0;
    for (const { type, length } of parts) {
      if (type !== '') spans.push({ type, start, end: start + length });
      start += length;
    }
    return { spans, length: start };
  });

describe('one sentence in every scheme', () => {
  // PER of two tokens, PER of one right behind it, O, LOC of three, MISC of one, O
  const written: Record<Exclude<SchemeName, 'none'>, string> = {
    iob1: 'I-PER I-PER B-PER O I-LOC I-LOC I-LOC I-MISC O',
    iob2: 'B-PER I-PER B-PER O B-LOC I-LOC I-LOC B-MISC O',
    ioe1: 'I-PER E-PER I-PER O I-LOC I-LOC I-LOC I-MISC O',
    ioe2: 'I-PER E-PER E-PER O I-LOC I-LOC E-LOC E-MISC O',
    iobes: 'B-PER E-PER S-PER O B-LOC I-LOC E-LOC S-MISC O',
    bilou: 'B-PER L-PER U-PER O B-LOC I-LOC L-LOC U-MISC O',
  };
  const pairs = withSpans.flatMap((from) => withSpans.map((to) => [from, to] as const));

  test.each(pairs)('%s to %s', (from, to) => {
    expect(convertTags(words(written[from]), from, to)).toEqual({ tags: words(written[to]), repairs: 0 });
  });

  test.each(withSpans)('is found to be %s', (scheme) => {
    expect(detectScheme([words(written[scheme])])).toBe(scheme);
  });

  test.each(withSpans)('none to and from %s changes nothing', (scheme) => {
    const tags = words(written[scheme]);
    expect(convertTags(tags, scheme, 'none')).toEqual({ tags, repairs: 0 });
    expect(convertTags(tags, 'none', scheme)).toEqual({ tags, repairs: 0 });
    expect(spansOf(tags, 'none')).toEqual([]);
  });
});

describe('inconsistent tags are read as conlleval reads them', () => {
  test.each([
    ['I begins a span after O', 'O I-PER I-PER O', ['PER 1-3']],
    ['another type begins a span', 'B-PER I-LOC I-LOC', ['PER 0-1', 'LOC 1-3']],
    ['B always begins a span', 'B-PER B-PER I-PER', ['PER 0-1', 'PER 1-3']],
    ['E ends a span', 'B-X E-X I-X', ['X 0-2', 'X 2-3']],
    ['E alone', 'O E-X E-X', ['X 1-2', 'X 2-3']],
    ['S in a span', 'B-X S-X I-X', ['X 0-1', 'X 1-2', 'X 2-3']],
    ['brackets are spans of one token', '[-X ]-X O', ['X 0-1', 'X 1-2']],
    ['a type with hyphens', 'B-a-b I-a-b I-a', ['a-b 0-2', 'a 2-3']],
    ['no type', 'B I O I', [' 0-2', ' 3-4']],
    ['a tag without prefix ends a span, and is one that has no type', 'I-X NN NN O', ['X 0-1', ' 1-3']],
    ['a tag without prefix after O is none', 'NN O NN', []],
    ['a prefix that is not known counts by its type', 'O Q-X Q-X O', ['X 1-3']],
    ['nor is what follows the end of one', 'B-X E-X Q-X S-X Q-X', ['X 0-2', 'X 3-4']],
    ['small letters are types and prefixes of their own', 'b-per B-PER', ['per 0-1', 'PER 1-2']],
  ])('%s', (_, tags, spans) => {
    expect(shown(spansOf(words(tags), 'iob2'))).toEqual(spans);
  });

  test('L and U are E and S in BILOU alone', () => {
    expect(shown(spansOf(words('U-X B-X L-X L-X'), 'bilou'))).toEqual(['X 0-1', 'X 1-3', 'X 3-4']);
    expect(shown(spansOf(words('U-X B-X L-X L-X'), 'iobes'))).toEqual(['X 0-1', 'X 1-4']);
  });

  test('repairs are the tags that their scheme writes otherwise', () => {
    expect(convertTags(words('I-PER I-PER O I-LOC B-LOC'), 'iob2', 'iob2')).toEqual({
      tags: words('B-PER I-PER O B-LOC B-LOC'),
      repairs: 2,
    });
    expect(convertTags(words('B-X I-X O I-X'), 'iobes', 'iob2')).toEqual({ tags: words('B-X I-X O B-X'), repairs: 2 });
  });
});

describe('for every sentence', () => {
  test('spans are what was written', () => {
    const property = fc.property(sentence, fc.constantFrom(...withSpans), ({ spans, length }, scheme) => {
      expect(spansOf(tagsOf(spans, length, scheme), scheme)).toEqual(spans);
    });
    fc.assert(property);
  });

  test('to another scheme and back is the same', () => {
    const scheme = fc.constantFrom(...withSpans);
    const property = fc.property(sentence, scheme, scheme, ({ spans, length }, from, to) => {
      const tags = tagsOf(spans, length, from);
      const there = convertTags(tags, from, to);
      expect(there.repairs).toBe(0);
      expect(convertTags(there.tags, to, from)).toEqual({ tags, repairs: 0 });
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test('spans that overlap or leave the sentence are refused', () => {
  const at = (start: number, end: number) => ({ type: 'X', start, end });
  expect(() => tagsOf([at(0, 2), at(1, 3)], 3, 'iob2')).toThrow(/in order, apart.*got X from 1 to 3/);
  expect(() => tagsOf([at(0, 4)], 3, 'iob2')).toThrow(/0 … 3/);
  expect(() => tagsOf([at(1, 1)], 3, 'iob2')).toThrow(/from 1 to 1/);
  expect(() => tagsOf([at(0, 1)], 3, 'none')).toThrow(/scheme none has no spans/);
});

const tagSet = (scheme: SchemeName) => [
  'O',
  ...prefixesOf(scheme).flatMap((prefix) => [`${prefix}-PER`, `${prefix}-LOC`]),
];
const tagged = fc
  .constantFrom(...withSpans)
  .chain((scheme) =>
    fc.tuple(fc.constant(scheme), fc.array(fc.constantFrom(...tagSet(scheme)), { minLength: 1, maxLength: 5 })),
  );

describe('allowed transitions', () => {
  test('allow just what has nothing to repair', () => {
    const property = fc.property(tagged, ([scheme, tags]) => {
      const all = tagSet(scheme);
      const { start, end, pairs } = allowedTransitions(all, scheme);
      const ids = tags.map((tag) => all.indexOf(tag));
      const isAllowed =
        start[ids[0]!] === 1 &&
        end[ids.at(-1)!] === 1 &&
        ids.every((id, t) => t === 0 || pairs[ids[t - 1]! * all.length + id] === 1);
      expect(isAllowed).toBe(convertTags(tags, scheme, scheme).repairs === 0);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('of none allow everything', () => {
    const { start, end, pairs } = allowedTransitions(['NN', 'I-X'], 'none');
    expect([...start, ...end, ...pairs].every((allowed) => allowed === 1)).toBe(true);
  });

  test('let sentences begin and end with any tag where some length would have no row', () => {
    // all spans of training have two tokens or more, and there is no O
    const { start, end, pairs } = allowedTransitions(['B-X', 'E-X'], 'iobes');
    expect([...start, ...end]).toEqual([1, 1, 1, 1]);
    expect([...pairs]).toEqual([0, 1, 1, 0]);
    expect([...allowedTransitions(['B-X', 'S-X'], 'iobes').start]).toEqual([1, 1]);
    expect([...allowedTransitions(['B-X', 'S-X'], 'iobes').end]).toEqual([0, 1]);
  });

  test('are all where nothing could follow anything', () => {
    expect([...allowedTransitions(['B-X'], 'iobes').pairs]).toEqual([1]);
  });

  test('leave a row of every length whatever tags training has', () => {
    const property = fc.property(
      fc.constantFrom(...withSpans),
      fc.integer({ min: 1, max: 2 ** 9 - 1 }),
      (scheme, chosen) => {
        const tags = tagSet(scheme).filter((_, i) => (chosen >> i) % 2 === 1);
        fc.pre(tags.length > 0);
        const { start, end, pairs } = allowedTransitions(tags, scheme);
        let reached = tags.map((_, i) => start[i] === 1);
        for (let length = 1; length <= 12; length++) {
          expect(reached.some((is, i) => is && end[i] === 1)).toBe(true);
          reached = tags.map((_, j) => reached.some((is, i) => is && pairs[i * tags.length + j] === 1));
        }
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('the scheme of a column', () => {
  test.each([
    ['parts of speech', ['DET NN VB', 'PRON VB'], 'none'],
    ['nothing but O', ['O O', 'O'], 'none'],
    ['no tags', [], 'none'],
    ['punctuation marks', ['O , O .', '- O'], 'none'],
    ['parts of speech with hyphens', ['ADJ-Sing NOUN-Sing'], 'none'],
    ['segmentation without types', ['B I I B', 'B B I'], 'iob2'],
    ['spans that are all alone are IOBES rather than IOB', ['S-X O S-Y'], 'iobes'],
    ['one misprint among ten tags', ['B-X I-X B-X I-X O', 'B-X I-X b-x I-X B-X B-X'], 'iob2'],
    ['two misprints among ten tags', ['B-X I-X B-X I-X O', 'B-X I-X b-x i-x B-X B-X'], 'none'],
    ['inside alone', ['I-X I-X O', 'O I-Y'], 'iob1'],
    ['B at every beginning', ['B-X I-X O', 'B-X'], 'iob2'],
    ['B between neighbours only', ['I-X I-X B-X', 'I-X O'], 'iob1'],
  ])('%s', (_, rows, scheme) => {
    expect(detectScheme(rows.map(words))).toBe(scheme);
  });

  test('a few faults are repaired, and said', () => {
    const rows = [...Array.from({ length: 99 }, () => words('B-X I-X O')), words('I-X I-X O')];
    const found = inspectScheme(rows);
    expect(found).toEqual({ scheme: 'iob2', repairs: 1, alsoFits: [], tokens: 300, tagged: 200, unknown: 0 });
    expect(describeScheme(found)).toBe('iob2: 1 of 200 tags do not follow it');
  });

  test('the whole file counts, not its beginning alone', () => {
    const rows = [
      ...Array.from({ length: 300 }, () => words('I-X O')),
      ...Array.from({ length: 700 }, () => words('B-X O')),
    ];
    expect(inspectScheme(rows)).toMatchObject({ scheme: 'iob2', repairs: 300, alsoFits: [] });
  });

  test('where two fit the stricter is named, and the other said', () => {
    const found = inspectScheme([words('I-X I-X O')]);
    expect(describeScheme(found)).toBe('iob1, the strictest of iob1, ioe1: all of 2 tags follow it');
  });
});
