import { describe, expect, test } from 'vitest';
import {
  collectFacts,
  encodeSentences,
  parseSequenceTaggingConfig,
  parseTaggingFacts,
  prepareSentences,
  serializeTaggingFacts,
  Spellings,
  type SequenceTaggingConfigInput,
} from '../src/index.js';
import { maximumLetters } from '../src/word-features.js';
import { sentencesOf, setOf } from './small-corpus.js';

const train = setOf(
  'train.conll',
  sentencesOf(
    'Ann/B-PER Lee/I-PER saw/O Rome/B-LOC',
    'ann/O saw/O 1987/O and/O 2024/O',
    'Rome/B-LOC and/O Paris/B-LOC saw/O Lee/B-PER',
  ),
);
const configOf = (input: SequenceTaggingConfigInput = {}) => parseSequenceTaggingConfig(input);

describe('facts', () => {
  test('words are counted in lower case, by falling count, <unk> first', () => {
    const { words, wordCounts } = collectFacts(train, configOf());
    expect(words.tokens).toEqual(['<unk>', 'saw', 'and', 'ann', 'lee', 'rome', '1987', '2024', 'paris']);
    expect(wordCounts).toEqual([0, 3, 2, 2, 2, 2, 1, 1, 1]);
  });

  test.each([
    ['as they are', { lowercase: false, minimumCount: 2 }, ['<unk>', 'saw', 'Lee', 'Rome', 'and']],
    ['digits as zeros', { zeroDigits: true, minimumCount: 2 }, ['<unk>', 'saw', '0000', 'and', 'ann', 'lee', 'rome']],
    ['the most frequent', { maximumSize: 3 }, ['<unk>', 'saw', 'and']],
  ])('words %s', (_, words, expected) => {
    const facts = collectFacts(train, configOf({ model: { words } }));
    expect(facts.words.tokens).toEqual(expected);
    expect(facts.wordCounts.reduce((sum, count) => sum + count, 0)).toBe(14);
  });

  test('letters and suffixes that occur once are <unk>, code point by code point', () => {
    const emoji = setOf('emoji', sentencesOf('👍👍/A x👩/A naï/B naï/B'));
    const { characters, suffixes } = collectFacts(emoji, configOf({ model: { suffixes: [2] } }));
    expect(characters.tokens).toEqual(['<unk>', 'a', 'n', 'ï', '👍']);
    expect(suffixes[0]!.tokens).toEqual(['<unk>', 'aï']);
  });

  test('a column with spans is learnt in IOBES, one without as it is', () => {
    const both = setOf('two.conll', sentencesOf('Ann/N/B-PER Lee/N/I-PER saw/V/O Rome/N/B-LOC', 'it/P/O ran/V/O'), [
      'pos',
      'ner',
    ]);
    const [pos, ner] = collectFacts(both, configOf()).columns;
    expect(pos).toMatchObject({ name: 'pos', scheme: 'none', trainedScheme: 'none', counts: [3, 2, 1] });
    expect(pos!.tags.tokens).toEqual(['N', 'V', 'P']);
    expect(ner).toMatchObject({ name: 'ner', scheme: 'iob2', trainedScheme: 'iobes', multiLabel: false });
    expect(ner!.tags.tokens).toEqual(['O', 'B-PER', 'E-PER', 'S-LOC']);
    const asTheFile = collectFacts(both, configOf({ data: { trainedScheme: 'file' } })).columns[1]!;
    expect(asTheFile.tags.tokens).toEqual(['O', 'B-LOC', 'B-PER', 'I-PER']);
    expect(collectFacts(both, configOf({ data: { scheme: 'none' } })).columns[1]!.trainedScheme).toBe('none');
  });

  test('several labels: each counted once a token, none of them is a tag', () => {
    const many = setOf('feats', sentencesOf('Ann/N|Sing saw/_ Rome/Sing|N|Sing it/'));
    const [column] = collectFacts(many, configOf({ data: { labelSeparator: '|' } })).columns;
    expect(column).toMatchObject({ multiLabel: true, labelSeparator: '|', scheme: 'none', counts: [2, 2] });
    expect(column!.tags.tokens).toEqual(['N', 'Sing']);
  });

  test('what was saved is read back, and what is no such file is named', () => {
    const facts = collectFacts(train, configOf({ model: { suffixes: [1, 3] } }));
    const text = serializeTaggingFacts(facts);
    expect(parseTaggingFacts(text, 'run/facts.json')).toEqual(facts);
    const damaged = text.replace('"wordCounts":[0,', '"wordCounts":[');
    for (const wrong of ['{', '{"format":"unroll-tagging-1"}', damaged, text.replace('"<unk>"', '"<UNK>"')]) {
      expect(() => parseTaggingFacts(wrong, 'run/facts.json')).toThrow(
        /^unroll: run\/facts\.json does not say what words and tags a model has: .*; use the file that the run wrote$/,
      );
    }
  });
});

describe('mistakes in what is to be learnt', () => {
  const untagged = setOf('plain', [{ line: 7, tokens: ['a'], features: [] }]);

  test.each([
    { set: untagged, data: {}, message: 'plain: line 7: the sentence has no tags' },
    { set: setOf('plain', sentencesOf('a'), []), data: {}, message: 'plain has no column of tags' },
    { set: setOf('pos', sentencesOf('a/X b/Y')), data: { scheme: 'iob2' }, message: 'pos: no tag of ner begins with' },
    { set: setOf('feats', sentencesOf('a/| b/_')), data: { labelSeparator: '|' }, message: 'column ner has no tag' },
  ] as const)('$message', ({ set, data, message }) => {
    expect(() => collectFacts(set, configOf({ data }))).toThrow(message);
  });
});

describe('ids', () => {
  const config = configOf({ model: { suffixes: [2] } });
  const facts = collectFacts(train, config);

  test('of every token, what training does not know included', () => {
    const spellings = new Spellings(facts, config.model);
    const { examples, unseenTags, repairs } = encodeSentences(sentencesOf('Lee/I-PER Saw/O Oslo/B-LOC Lee/B-ORG', ''), {
      facts,
      spellings,
    });
    const [first, empty] = examples;
    const named = Array.from(first!.words, (id) => facts.words.token(id));
    expect(named).toEqual(['lee', 'saw', '<unk>', 'lee']);
    expect(Array.from(first!.spellings)).toEqual([0, 1, 2, 0]);
    expect(Array.from(first!.suffixes[0]!, (id) => facts.suffixes[0]!.token(id))).toEqual(['ee', 'aw', '<unk>', 'ee']);
    const [{ tags }] = facts.columns as [(typeof facts.columns)[0]];
    expect(Array.from(first!.targets![0]!)).toEqual([tags.id('S-PER'), tags.id('O'), tags.id('S-LOC'), -1]);
    expect(unseenTags).toEqual([new Map([['S-ORG', 1]])]);
    expect(repairs).toBe(1);
    expect(empty).toMatchObject({ length: 0, words: new Int32Array(0), targets: [new Int32Array(0)] });
  });

  test('sentences without tags have no targets; another number of features is refused', () => {
    const spellings = new Spellings(facts, config.model);
    const encode = (features: readonly string[][]) =>
      encodeSentences([{ line: 3, tokens: ['Ann'], features }], { facts, spellings }).examples[0]!;
    expect(encode([]).targets).toBeUndefined();
    expect(() => encode([['N']])).toThrow('line 3: the sentence has 1 feature columns, the model reads 0');
  });

  test('of a very long token the ends are read', () => {
    const spellings = new Spellings(facts, config.model);
    const number = spellings.add(`an${'x'.repeat(5000)}no`);
    expect(spellings.length(number)).toBe(maximumLetters);
    const letters = [0, 1, maximumLetters - 2, maximumLetters - 1].map((place) => spellings.letter(number, place));
    expect(letters.map((id) => facts.characters.token(id))).toEqual(['a', 'n', 'n', 'o']);
  });
});

describe('splits', () => {
  const config = configOf({ data: { validationFraction: 0.3 } });

  test('the last sentences are held out, and training knows nothing of them', async () => {
    const { splits, facts, notes, repairs } = await prepareSentences({ train }, config);
    expect(splits.train.sentences).toEqual(train.sentences.slice(0, 2));
    expect(splits.valid).toMatchObject({
      name: 'train.conll (held-out end)',
      sentences: train.sentences.slice(2),
      tokens: 5,
    });
    expect(facts.words.has('paris')).toBe(false);
    expect(splits.test).toBeUndefined();
    expect(repairs).toBe(0);
    expect(notes).toEqual([
      'train.conll (held-out end): ner: 1 token has a tag that training never has (S-PER); no model can be right there',
    ]);
  });

  test('repairs of all splits are counted and said', async () => {
    const test = setOf('test.conll', sentencesOf('Ann/I-PER saw/O Rome/I-LOC'));
    const { repairs, notes, splits } = await prepareSentences({ train, valid: train, test }, config);
    expect(repairs).toBe(2);
    expect(notes).toEqual([
      'test.conll: 2 tags were illegal in their scheme and were repaired as conlleval reads them',
    ]);
    expect(splits.test!.tokens).toBe(3);
  });

  test.each([
    ['nothing', setOf('none', []), 'none has no sentence'],
    ['a single sentence', setOf('one', sentencesOf('a/B-X')), 'one has 1 sentences, too few to hold some out'],
  ])('%s to learn from', async (_, set, message) => {
    await expect(prepareSentences({ train: set }, config)).rejects.toThrow(message);
  });

  test('splits need the same columns', async () => {
    const valid = setOf('dev.conll', sentencesOf('a/X/Y'), ['pos', 'ner']);
    await expect(prepareSentences({ train, valid }, config)).rejects.toThrow(
      'dev.conll has the tag columns pos, ner, train.conll has ner; all splits need the same',
    );
  });
});
