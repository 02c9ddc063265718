import { DataError, Vocabulary } from '@unroll/core';
import type { SequenceTaggingConfig } from './config.js';
import { collectMixedSpellings } from './restoration/spellings.js';
import { labelsOf } from './schemes/labels.js';
import type { Spellings } from './spellings.js';
import { collectColumn, readingsOf, trainedTags, type SentenceSet } from './tag-columns.js';
import type { Example, Sentence, TagColumn, TaggingFacts } from './types.js';
import { lettersOf, suffixOf, wordKey } from './word-features.js';
import { hasVector, type PretrainedVectors } from './word-vectors.js';

export const unknownToken = '<unk>';

/** Letters, suffixes and features that training has but once are read as `<unk>`, so that a model learns what unknown ones are like. */
const rarestKnown = 2;

/** Vectors of a file, and sentences that are not learnt from, whose words the model shall know by them. */
export interface PretrainedWords {
  readonly vectors: PretrainedVectors;
  readonly further: readonly SentenceSet[];
}

/**
 * What a model needs of its training data, from the training sentences alone.
 *
 * A word of the vocabulary occurs at least `minimumCount` times, or has a pretrained vector. Words of the `further`
 * sentences, which only have to be tagged, come in where they have a vector.
 *
 * @throws {DataError} `data/no-tags`, `data/scheme`
 */
export function collectFacts(
  train: SentenceSet,
  config: SequenceTaggingConfig,
  pretrained?: PretrainedWords,
): TaggingFacts {
  const { sentences } = train;
  const tokens = countTokens(sentences);
  const { data, model } = config;
  const mixedSpellings = collectMixedSpellings(sentences);
  return {
    ...countWords(tokens, config, pretrained),
    characters: vocabularyOf(countParts(tokens, lettersOf)),
    suffixes: model.suffixes.map((length) => vocabularyOf(countParts(tokens, (token) => [suffixOf(token, length)]))),
    features: train.columns.features.map((_, column) =>
      vocabularyOf(countValues(sentences.map(({ features }) => features[column]!))),
    ),
    columns: readingsOf(train, data).map((reading, index) =>
      collectColumn(reading, trainedTags(sentences, index, reading).sequences),
    ),
    ...(mixedSpellings && { mixedSpellings }),
  };
}

function countTokens(sentences: readonly Sentence[]): ReadonlyMap<string, number> {
  return countValues(sentences.map(({ tokens }) => tokens));
}

function countValues(sequences: Iterable<readonly string[]>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const sequence of sequences) {
    for (const value of sequence) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Counts of the parts of tokens, for example letters. */
function countParts(
  tokens: ReadonlyMap<string, number>,
  parts: (token: string) => readonly string[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [token, count] of tokens) {
    for (const part of parts(token)) counts.set(part, (counts.get(part) ?? 0) + count);
  }
  return counts;
}

function vocabularyOf(counts: ReadonlyMap<string, number>): Vocabulary {
  return Vocabulary.fromCounts(counts, { specials: { unknown: unknownToken }, minimumCount: rarestKnown });
}

function countWords(
  tokens: ReadonlyMap<string, number>,
  { model }: SequenceTaggingConfig,
  pretrained: PretrainedWords | undefined,
): Pick<TaggingFacts, 'words' | 'wordCounts'> {
  const counts = countParts(tokens, (token) => [wordKey(token, model.words)]);
  const { minimumCount, maximumSize } = model.words;
  const specials = { unknown: unknownToken };
  const frequent = Vocabulary.fromCounts(counts, { specials, minimumCount, maximumSize });
  const known = new Map(frequent.tokens.map((word) => [word, counts.get(word) ?? 0]));
  if (pretrained) {
    const { vectors, further } = pretrained;
    for (const [word, count] of counts) if (hasVector(vectors, word)) known.set(word, count);
    for (const { sentences } of further) {
      for (const token of countTokens(sentences).keys()) {
        const word = wordKey(token, model.words);
        if (!known.has(word) && hasVector(vectors, word)) known.set(word, 0);
      }
    }
  }
  known.delete(unknownToken);
  const unknown = sumOf(counts) - sumOf(known);
  const words = pretrained ? Vocabulary.fromCounts(known, { specials, minimumCount: 0 }) : frequent;
  return { words, wordCounts: words.tokens.map((word) => known.get(word) ?? unknown) };
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export interface EncodeOptions {
  readonly facts: TaggingFacts;
  /** takes in what is new to it */
  readonly spellings: Spellings;
}

export interface EncodedSentences {
  readonly examples: readonly Example[];
  /** tags that were changed because they were illegal in the scheme of the file */
  readonly repairs: number;
  /** `[column]`: tags that training does not have, each with its count */
  readonly unseenTags: readonly ReadonlyMap<string, number>[];
}

/**
 * Ids of sentences, with targets where every one of them has tags.
 *
 * @throws {DataError} `data/columns` for a sentence with more or fewer feature columns than the model reads
 */
export function encodeSentences(sentences: readonly Sentence[], { facts, spellings }: EncodeOptions): EncodedSentences {
  const columns = sentences.every(({ tags }) => tags?.length === facts.columns.length) ? facts.columns : [];
  const encoded = columns.map((column, index) => encodeColumn(sentences, index, column));
  const examples = sentences.map(({ line, tokens, features }, row): Example => {
    if (features.length !== facts.features.length) throw otherFeatures(line, features.length, facts.features.length);
    const numbers = Int32Array.from(tokens, (token) => spellings.add(token));
    const lookUp = (ids: readonly number[]) => numbers.map((number) => ids[number]!);
    return {
      length: tokens.length,
      words: lookUp(spellings.words),
      spellings: numbers,
      casing: lookUp(spellings.casing),
      suffixes: spellings.suffixes.map(lookUp),
      features: facts.features.map((vocabulary, i) => Int32Array.from(features[i]!, (value) => vocabulary.id(value))),
      ...(columns.length > 0 && { targets: encoded.map(({ targets }) => targets[row]!) }),
    };
  });
  return {
    examples,
    repairs: encoded.reduce((sum, { repairs }) => sum + repairs, 0),
    unseenTags: encoded.map(({ unseen }) => unseen),
  };
}

/** A sentence that lacks columns which the model reads, or has others. */
export function otherFeatures(line: number, got: number, expected: number): DataError {
  const message = `line ${line}: the sentence has ${got} feature columns, the model reads ${expected}; give a file that has them, and name them with --feature`;
  return new DataError('data/columns', message);
}

interface EncodedColumn {
  /** by sentence */
  readonly targets: readonly Int32Array[];
  readonly repairs: number;
  readonly unseen: ReadonlyMap<string, number>;
}

/** Ids of a column's tags, −1 for those that training does not have; of several labels, which are there. */
export function encodeColumn(sentences: readonly Sentence[], index: number, column: TagColumn): EncodedColumn {
  const { sequences, repairs } = trainedTags(sentences, index, column);
  const unseen = new Map<string, number>();
  const idOf = (tag: string) => {
    if (column.tags.has(tag)) return column.tags.id(tag);
    unseen.set(tag, (unseen.get(tag) ?? 0) + 1);
    return -1;
  };
  const labelIds = (tag: string) => labelsOf(tag, column.labelSeparator!).map(idOf);
  const targets = sequences.map((sequence) => {
    if (!column.multiLabel) return Int32Array.from(sequence, idOf);
    const there = new Int32Array(sequence.length * column.tags.size);
    sequence.forEach((tag, token) => {
      for (const id of labelIds(tag)) if (id >= 0) there[token * column.tags.size + id] = 1;
    });
    return there;
  });
  return { targets, repairs, unseen };
}
