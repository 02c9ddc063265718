import { describe, expect, test } from 'vitest';
import { checkSentences, describeFindings, type Finding, type Sentence } from '../src/index.js';

/** A file of one column of tags: a sentence a string of `word/tag`, four lines of the file each. */
function file(name: string, ...sentences: readonly string[]) {
  return {
    name,
    columns: { tags: ['entity'], features: [] },
    sentences: sentences.map((text, i): Sentence => {
      const pairs = text === '' ? [] : text.split(' ').map((pair) => pair.split('/'));
      return {
        line: 4 * i + 1,
        tokens: pairs.map(([token]) => token!),
        tags: [pairs.map(([, tag]) => tag!)],
        features: [],
      };
    }),
  };
}

type File = ReturnType<typeof file>;

function find(code: string, train: File, test?: File): readonly Finding[] {
  return checkSentences({ train, test }).findings.filter((finding) => finding.code === code);
}

const tidy = file('train.txt', 'Ada/B-PER King/I-PER writes/O', 'to/O Bell/B-PER in/O Paris/B-LOC');

describe('what there is', () => {
  test('is counted by file and by tag', () => {
    const test = file('test.txt', 'Ada/B-PER sails/O');
    const { splits, columns } = checkSentences({ train: tidy, test });
    expect(splits).toEqual([
      { split: 'train', file: 'train.txt', sentences: 2, tokens: 7, words: 7, longest: { tokens: 4, line: 5 } },
      { split: 'test', file: 'test.txt', sentences: 1, tokens: 2, words: 2, longest: { tokens: 2, line: 1 } },
    ]);
    expect(columns).toEqual([
      {
        column: 'entity',
        multiLabel: false,
        scheme: { scheme: 'iob2', repairs: 0, alsoFits: [], tokens: 7, tagged: 4, unknown: 0 },
        tags: [
          { tag: 'O', counts: [3, 1] },
          { tag: 'B-PER', counts: [2, 1] },
          { tag: 'B-LOC', counts: [1, 0] },
          { tag: 'I-PER', counts: [1, 0] },
        ],
      },
    ]);
  });

  test('of several labels each is counted, and no scheme is looked for', () => {
    const train = file('train.txt', 'a/x|y b/_ c/x', 'a/y b/_ d/I-z');
    const { columns, findings } = checkSentences({ train }, { data: { labelSeparator: '|' } });
    expect(columns[0]).toMatchObject({ multiLabel: true, scheme: { scheme: 'none' } });
    expect(columns[0]!.tags.map(({ tag, counts }) => [tag, ...counts])).toEqual([
      ['x', 2],
      ['y', 2],
      ['I-z', 1],
    ]);
    expect(findings.filter(({ code }) => code.startsWith('scheme'))).toEqual([]);
  });
});

describe('tags', () => {
  test('that training never has are named with their places', () => {
    const test = file('test.txt', 'Ada/B-PER', 'on/O Mars/B-PLANET and/O Io/B-MOON or/O Mars/B-PLANET');
    expect(describeFindings(find('tags/unseen', tidy, test))).toEqual([
      'warning: test.txt: entity: 2 tags that training never has, at 3 tokens: B-PLANET (2), B-MOON (1); no model can be right there',
      '  line 5, token 2: Mars: B-PLANET',
      '  line 5, token 4: Io: B-MOON',
      '  line 5, token 6: Mars: B-PLANET',
    ]);
    expect(find('tags/unseen', tidy, file('test.txt', 'Ada/B-PER'))).toEqual([]);
  });

  test('that are illegal in their scheme are shown with what they are read as', () => {
    const train = file('train.txt', 'Ada/B-PER King/I-PER', 'in/O Paris/I-LOC now/O', 'Ada/B-PER Loire/I-LOC');
    expect(describeFindings(find('scheme/illegal', train))).toEqual([
      'warning: train.txt: entity: 2 tags are illegal in iob2; training repairs them as conlleval reads them',
      '  line 5, token 2: Paris: I-LOC between O and O, read as B-LOC',
      '  line 9, token 2: Loire: I-LOC between B-PER and the end, read as B-LOC',
    ]);
    expect(find('scheme/illegal', tidy)).toEqual([]);
  });

  test('in another scheme than those of training are an error', () => {
    const iobes = file('test.txt', 'Ada/B-PER King/E-PER Bell/S-PER');
    expect(find('scheme/other', tidy, iobes)).toMatchObject([
      {
        severity: 'error',
        file: 'test.txt',
        message: expect.stringContaining('looks like iobes here and like iob2 in train.txt'),
      },
    ]);
    // I-PER I-PER fits IOB1 and IOE1: no contradiction to a training file in IOE1
    const ioe1 = file('train.txt', 'a/I-X b/E-X c/I-X d/O');
    expect(find('scheme/other', ioe1, file('test.txt', 'a/I-X b/I-X'))).toEqual([]);
  });

  test('without a prefix in a column of spans are named', () => {
    const many = Array.from({ length: 150 }, () => 'Ada/B-PER writes/O');
    const [found] = find('scheme/no-prefix', file('train.txt', ...many, 'Bell/PER'));
    expect(found).toMatchObject({ severity: 'warning', places: [{ line: 601, token: 1, text: 'Bell: PER' }] });
    expect(found!.message).toBe('entity: 1 tag is neither O nor B-, I- and a type: PER');
  });

  test('that are half of them like those of spans are said to be read as they stand', () => {
    const [found] = find('scheme/unclear', file('train.txt', 'Ada/B-PER King/I-PER Bell/PER in/O Paris/B-LOC'));
    expect(found).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/^entity: 75.0 % of its tags.*no scheme fits/),
    });
    expect(find('scheme/unclear', file('train.txt', 'the/DET cat/NOUN'))).toEqual([]);
    expect(find('scheme/unclear', tidy)).toEqual([]);
  });

  test('that differ in casing or in what joins them alone are suspicious', () => {
    const train = file('train.txt', 'Ada/B-PER Bell/B-PER Eve/b-per Bob/B_PER');
    expect(find('tags/variants', train)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('B_PER (1), b-per (1) may be meant to be B-PER (2)') },
    ]);
    expect(find('tags/variants', file('train.txt', 'a/: b/- c/, d/.'))).toEqual([]);
  });

  test('that are always or nearly always the same are nothing to learn', () => {
    expect(find('tags/constant', file('train.txt', 'a/O b/O', 'c/O'))).toMatchObject([{ severity: 'error' }]);
    const nearly = file('train.txt', Array.from({ length: 399 }, () => 'a/O').join(' '), 'b/B-X');
    expect(find('tags/near-constant', nearly)[0]!.message).toBe('entity: 99.8 % of the tokens have the tag O');
    expect(find('tags/near-constant', tidy)).toEqual([]);
  });

  test('of which there are too many are perhaps another column', () => {
    const train = file('train.txt', Array.from({ length: 501 }, (_, i) => `w/t${i}`).join(' '));
    expect(find('tags/many', train)[0]!.message).toMatch(/501 different tags; is it the column/);
    expect(find('tags/rare', train)[0]!.message).toBe(
      'entity: 501 tags occur once in training: t0, t1, t10, t100, t101 and 496 more',
    );
  });
});

describe('sentences', () => {
  test('that come again are counted, those with other tags told apart', () => {
    const train = file('train.txt', 'in/O Paris/B-LOC', 'in/O Paris/B-LOC', 'in/O Paris/B-PER', 'on/O Mars/O');
    expect(describeFindings(find('duplicates/within', train))).toEqual([
      'note: train.txt: 2 sentences repeat earlier ones (50.0 %)',
      '  line 5: as line 1: in Paris',
      '  line 9: as line 1: in Paris',
    ]);
    expect(describeFindings(find('duplicates/other-tags', train))).toEqual([
      'warning: train.txt: 1 sentence has other tags than the same words have before',
      '  line 9: as line 1: in Paris',
    ]);
  });

  test('that are in two files are a warning where they are long, a note where they are short', () => {
    const long = 'we/O all/O met/O Ada/B-PER in/O Paris/B-LOC';
    const train = file('train.txt', 'thank/O you/O', long);
    const [leak] = find('duplicates/between-splits', train, file('test.txt', 'new/O words/O', long));
    expect(leak).toMatchObject({
      severity: 'warning',
      places: [{ line: 5, text: 'as line 5 there: we all met Ada in Paris' }],
    });
    expect(leak!.message).toBe(
      '1 sentence is in train.txt, too (50.0 %), 1 of them longer than 5 tokens; scores there flatter the model',
    );
    const [short] = find('duplicates/between-splits', train, file('test.txt', 'thank/O you/O'));
    expect(short).toMatchObject({ severity: 'note', places: [{ text: 'as line 1 there: thank you' }] });
    expect(find('duplicates/between-splits', train, file('test.txt', 'other/O'))).toEqual([]);
  });

  test('without tokens, of one token each, and endless ones are found', () => {
    expect(find('sentences/none', file('train.txt'))).toMatchObject([{ severity: 'error' }]);
    expect(find('sentences/empty', file('train.txt', 'a/O', ''))).toMatchObject([{ places: [{ line: 5 }] }]);
    const single = file('train.txt', ...Array.from({ length: 20 }, (_, i) => `w${i}/O`));
    expect(find('sentences/single-tokens', single)).toMatchObject([{ severity: 'warning' }]);
    const endless = file('train.txt', Array.from({ length: 501 }, (_, i) => `w${i}/O`).join(' '));
    expect(find('sentences/long', endless)[0]!.places[0]!.text).toBe('w0 w1 w2 w3 w4 w5 w6 w7 …');
  });
});

describe('words', () => {
  test('that training does not have are counted, casing aside', () => {
    const few = find('words/unseen', tidy, file('test.txt', 'ada/O WRITES/O Bell/O sails/O'));
    expect(few).toMatchObject([
      { severity: 'note', message: '25.0 % of the tokens (1 token) are words that train.txt does not have' },
    ]);
    expect(find('words/unseen', tidy, file('test.txt', 'Das/O ist/O Bell/O'))).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('is it the same language') },
    ]);
  });

  test('with several tags say how far a dictionary would get', () => {
    const train = file('train.txt', 'May/B-PER may/O May/O may/O', 'May/B-PER Io/O');
    expect(find('words/ambiguous', train)[0]!.message).toBe(
      'entity: 50.0 % of the tokens are words with several tags (May: 2 B-PER, 1 O); the most frequent tag of each word is right for 83.3 %',
    );
    expect(find('words/ambiguous', tidy)).toEqual([]);
  });

  test('that are empty, broken or hard to see are found', () => {
    const odd = file('train.txt', 'a/O b/B-X');
    const tokens = ['', 'caf\uFFFD', 'New\u00A0York', 'cafe\u0301', 'naïve', '👩‍👩‍👧'];
    const sentences = [{ ...odd.sentences[0]!, tokens, tags: [['O', 'O', 'O', 'B-X', 'O', 'O']] }];
    const train = { ...odd, sentences };
    const places = (code: string) => find(code, train).flatMap((finding) => finding.places.map(({ token }) => token));
    expect(places('tokens/empty')).toEqual([1]);
    expect(places('tokens/encoding')).toEqual([2]);
    expect(places('tokens/white-space')).toEqual([3]);
    expect(places('tokens/normal-form')).toEqual([4]);
  });
});

test('errors come first, then warnings, then notes', () => {
  const train = file('train.txt', 'May/B-PER May/O in/O', 'b/I-X', 'b/I-X');
  const test = file('test.txt', 'May/S-PER', 'x/S-X', 'x/S-X');
  const found = checkSentences({ train, test }).findings.map(({ severity }) => severity);
  expect(new Set(found)).toEqual(new Set(['error', 'warning', 'note']));
  expect(found).toEqual(found.toSorted((a, b) => (a === 'note' ? 'z' : a).localeCompare(b === 'note' ? 'z' : b)));
});

test('files must have tags, all in the same columns', () => {
  const other = { ...tidy, name: 'test.txt', columns: { tags: ['pos'], features: [] } };
  expect(() => checkSentences({ train: tidy, test: other })).toThrow(
    /test.txt has the tag columns pos, train.txt has entity/,
  );
  const bare = { ...tidy, sentences: [{ line: 9, tokens: ['a'], features: [] }] };
  expect(() => checkSentences({ train: bare })).toThrow(
    /train.txt: line 9: the sentence has no tags; name their column by --tag/,
  );
});
