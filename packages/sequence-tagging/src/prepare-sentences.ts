import { DataError, deriveKey, formatNumber, randomKey, type ByteSource } from '@unroll/core';
import type { SequenceTaggingConfig } from './config.js';
import { collectFacts, encodeSentences } from './examples.js';
import { Spellings } from './spellings.js';
import type { SentenceSet } from './tag-columns.js';
import type { Example, Sentence, TaggingFacts } from './types.js';
import { wordKey } from './word-features.js';
import {
  createWordVectors,
  readWordVectors,
  vectorKeys,
  type PretrainedVectors,
  type WordVectors,
} from './word-vectors.js';

export interface SentenceSets {
  readonly train: SentenceSet;
  /** the last sentences of `train` are held out when absent */
  readonly valid?: SentenceSet | undefined;
  readonly test?: SentenceSet | undefined;
}

export interface PreparedSplit {
  readonly name: string;
  readonly sentences: readonly Sentence[];
  readonly examples: readonly Example[];
  readonly tokens: number;
}

/** All that training needs of its files. */
export interface PreparedSentences {
  /** as given, with the width of the word vectors that were read */
  readonly config: SequenceTaggingConfig;
  readonly facts: TaggingFacts;
  readonly splits: { readonly train: PreparedSplit; readonly valid: PreparedSplit; readonly test?: PreparedSplit };
  readonly spellings: Spellings;
  readonly wordVectors?: WordVectors;
  /** tags of all splits that were changed because they were illegal */
  readonly repairs: number;
  /** what people should know of the data, a line each: repairs, tags never seen in training, share of words with vectors */
  readonly notes: readonly string[];
}

export interface PrepareOptions {
  /** the file that `model.words.vectors` names, where it is no path */
  readonly vectors?: ByteSource | undefined;
  /** what is being read, for people who wait */
  readonly onProgress?: ((message: string) => void) | undefined;
}

/**
 * Sentences to facts and ids. Everything is learnt from the training split alone; of other splits only those words come in that
 * have a pretrained vector.
 *
 * @throws {DataError} `data/no-tags`, `data/scheme`, `data/columns` for splits with other columns, `data/too-few`, `data/vectors`
 */
export async function prepareSentences(
  sets: SentenceSets,
  config: SequenceTaggingConfig,
  { vectors: source, onProgress = () => {} }: PrepareOptions = {},
): Promise<PreparedSentences> {
  const { train, valid, test } = splitSentences(sets, config.data.validationFraction);
  const all = [train, valid, ...(test ? [test] : [])];
  all.forEach((set) => requireColumns(set, train));
  const vectors = await readVectors(all, config, { source, onProgress });
  const facts = collectFacts(train, config, vectors && { vectors, further: all.slice(1) });
  const sized = vectors
    ? { ...config, model: { ...config.model, words: { ...config.model.words, size: vectors.size } } }
    : config;
  const spellings = new Spellings(facts, config.model);
  const encode = (set: SentenceSet) => encodeSplit(set, facts, spellings);
  const encoded = { train: encode(train), valid: encode(valid), ...(test && { test: encode(test) }) };
  const splits = {
    train: encoded.train.split,
    valid: encoded.valid.split,
    ...(encoded.test && { test: encoded.test.split }),
  };
  const notes = Object.values(encoded).flatMap((each) => each.notes);
  const repairs = Object.values(encoded).reduce((sum, each) => sum + each.repairs, 0);
  const wordVectors =
    vectors && createWordVectors(vectors, facts.words, deriveKey(randomKey(config.seed), 'word-vectors'));
  if (wordVectors) notes.push(describeCoverage(wordVectors, facts));
  return { config: sized, facts, splits, spellings, ...(wordVectors && { wordVectors }), repairs, notes };
}

interface EncodedSplit {
  readonly split: PreparedSplit;
  readonly repairs: number;
  readonly notes: readonly string[];
}

function encodeSplit({ name, sentences }: SentenceSet, facts: TaggingFacts, spellings: Spellings): EncodedSplit {
  const { examples, repairs, unseenTags } = encodeSentences(sentences, { facts, spellings });
  const tokens = examples.reduce((sum, { length }) => sum + length, 0);
  const repaired = `${name}: ${formatNumber(repairs)} tags were illegal in their scheme and were repaired as conlleval reads them`;
  const unseen = unseenTags.flatMap((tags, column) =>
    tags.size === 0 ? [] : [`${name}: ${facts.columns[column]!.name}: ${describeUnseen(tags)}`],
  );
  return {
    split: { name, sentences, examples, tokens },
    repairs,
    notes: [...(repairs > 0 ? [repaired] : []), ...unseen],
  };
}

function describeUnseen(unseen: ReadonlyMap<string, number>): string {
  const tokens = [...unseen.values()].reduce((sum, count) => sum + count, 0);
  const named = [...unseen.keys()].slice(0, 5).join(', ');
  const which = unseen.size > 5 ? `${named} and ${unseen.size - 5} more` : named;
  return `${formatNumber(tokens)} ${tokens === 1 ? 'token has a tag' : 'tokens have tags'} that training never has (${which}); no model can be right there`;
}

function describeCoverage({ found, name }: WordVectors, { wordCounts }: TaggingFacts): string {
  let words = 0;
  let tokens = 0;
  let known = 0;
  let all = 0;
  wordCounts.forEach((count, id) => {
    all += count;
    tokens += found[id] ? count : 0;
    if (count > 0) known += 1;
    if (count > 0 && found[id]) words += 1;
  });
  return `${percent(words, known)} of the words of training have vectors in ${name}, ${percent(tokens, all)} of its tokens`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

async function readVectors(
  sets: readonly SentenceSet[],
  { model: { words } }: SequenceTaggingConfig,
  { source, onProgress }: { source: ByteSource | undefined; onProgress: (message: string) => void },
): Promise<PretrainedVectors | undefined> {
  if (words.vectors === null) return undefined;
  const file = source ?? (await import('@unroll/core/node')).fileSource(words.vectors);
  const wanted = new Set<string>();
  for (const { sentences } of sets) {
    for (const { tokens } of sentences) {
      for (const token of tokens) for (const key of vectorKeys(wordKey(token, words))) wanted.add(key);
    }
  }
  let said = -1;
  return readWordVectors(file, wanted, (share) => {
    const percent = 10 * Math.floor(10 * share);
    if (percent > said) onProgress(`reading ${file.name}: ${percent} %`);
    said = percent;
  });
}

/** @throws {DataError} `data/too-few` */
function splitSentences(
  { train, valid, test }: SentenceSets,
  fraction: number,
): SentenceSets & { readonly valid: SentenceSet } {
  const count = train.sentences.length;
  if (count === 0) throw new DataError('data/empty', `${train.name} has no sentence; give sentences to learn from`);
  if (valid) return { train, valid, test };
  const held = Math.max(1, Math.round(count * fraction));
  if (held >= count) {
    const message = `${train.name} has ${count} sentences, too few to hold some out; give more, or a validation file`;
    throw new DataError('data/too-few', message);
  }
  return {
    train: { ...train, sentences: train.sentences.slice(0, count - held) },
    valid: { ...train, name: `${train.name} (held-out end)`, sentences: train.sentences.slice(count - held) },
    test,
  };
}

/** @throws {DataError} `data/columns` for a split whose columns are not those of training */
function requireColumns({ name, columns }: SentenceSet, train: SentenceSet): void {
  for (const kind of ['tags', 'features'] as const) {
    const [got, expected] = [columns[kind], train.columns[kind]];
    if (got.join('\n') === expected.join('\n')) continue;
    const message = `${name} has the ${kind === 'tags' ? 'tag' : 'feature'} columns ${listed(got)}, ${train.name} has ${listed(expected)}; all splits need the same`;
    throw new DataError('data/columns', message);
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
