import { createBuckets, deriveKey, uniform, type BatchSource, type RandomKey } from '@unroll/core';
import type { SequenceTaggingConfig } from './config.js';
import { encodeSentences } from './examples.js';
import { Spellings } from './spellings.js';
import type { Batch, BatchSpellings, Example, Sentence, TaggingFacts } from './types.js';

export interface BatchSourceOptions {
  /** that the examples were made with */
  readonly spellings: Spellings;
  readonly config: SequenceTaggingConfig;
  readonly facts: TaggingFacts;
  /** train: in random order, and rare words are read as `<unk>` at times; valid: in order of length, as they are */
  readonly part: 'train' | 'valid';
}

/** Batches of sentences of about one length. Sentences without tokens are left out. */
export function createBatchSource(examples: readonly Example[], options: BatchSourceOptions): BatchSource<Batch> {
  const { spellings, config, facts, part } = options;
  const real = examples.filter(({ length }) => length > 0);
  const { sentences, tokens } = config.batches;
  const buckets = createBuckets(
    real.map(({ length }) => length),
    { items: sentences, tokens },
  );
  const collate = createCollator({ spellings, facts, config });
  const rates = part === 'train' ? replacementRates(facts, config.model.words.replacement) : undefined;
  return {
    batchesPerEpoch: buckets.batchCount,
    *batches(epoch, key, from) {
      const groups = buckets.batches(part === 'train' ? deriveKey(key, 'order', epoch) : undefined);
      for (let index = from; index < groups.length; index++) {
        const batch = collate(Array.from(groups[index]!, (item) => real[item]!));
        if (rates)
          replaceWords(batch, {
            rates,
            unknown: facts.words.unknownId!,
            key: deriveKey(key, 'replacement', epoch, index),
          });
        yield batch;
      }
    },
  };
}

export interface InferenceBatch {
  readonly batch: Batch;
  /** `[batch]`: which sentence a row is */
  readonly order: Uint32Array;
}

/** Larger than in training: nothing is kept for a backward pass. */
const inferenceLimits = { items: 64, tokens: 8192 };

/** Sentences that are to be tagged, those of about one length together. Sentences without tokens are in no batch. */
export function* inferenceBatches(
  sentences: readonly Sentence[],
  facts: TaggingFacts,
  config: SequenceTaggingConfig,
): Generator<InferenceBatch> {
  const spellings = new Spellings(facts, config.model);
  const real = Uint32Array.from(sentences.keys()).filter((index) => sentences[index]!.tokens.length > 0);
  const untagged = Array.from(real, (index) => {
    const { tags: _, ...sentence } = sentences[index]!;
    return sentence;
  });
  const { examples } = encodeSentences(untagged, { facts, spellings });
  const buckets = createBuckets(
    examples.map(({ length }) => length),
    inferenceLimits,
  );
  const collate = createCollator({ spellings, facts, config });
  for (const group of buckets.batches()) {
    yield { batch: collate(Array.from(group, (item) => examples[item]!)), order: group.map((item) => real[item]!) };
  }
}

type CollatorOptions = Pick<BatchSourceOptions, 'spellings' | 'config' | 'facts'>;

/** What makes a batch of examples that were encoded with the same spellings. */
function createCollator({ spellings, facts, config }: CollatorOptions): (examples: readonly Example[]) => Batch {
  const gather = config.model.characters.kind === 'none' ? undefined : spellingGatherer(spellings);
  return (examples) => {
    const batchSize = examples.length;
    const lengths = Int32Array.from(examples, ({ length }) => length);
    const timeSteps = lengths.reduce((longest, length) => Math.max(longest, length), 0);
    const spread = (values: (example: Example) => Int32Array, width = 1) => {
      const out = new Int32Array(timeSteps * batchSize * width);
      examples.forEach((example, row) => write(values(example), { out, row, batchSize, width }));
      return out;
    };
    const { targets } = examples[0]!;
    return {
      timeSteps,
      batchSize,
      lengths,
      count: lengths.reduce((sum, length) => sum + length, 0),
      words: spread(({ words }) => words),
      ...(gather && {
        spellings: gather(
          spread((example) => example.spellings),
          lengths,
        ),
      }),
      ...(config.model.casing && { casing: spread(({ casing }) => casing) }),
      suffixes: facts.suffixes.map((_, i) => spread(({ suffixes }) => suffixes[i]!)),
      features: facts.features.map((_, i) => spread(({ features }) => features[i]!)),
      ...(targets && {
        targets: facts.columns.map(({ multiLabel, tags }, i) =>
          spread((example) => example.targets![i]!, multiLabel ? tags.size : 1),
        ),
      }),
    };
  };
}

interface Place {
  readonly out: Int32Array;
  readonly row: number;
  readonly batchSize: number;
  readonly width: number;
}

/** `[token, width]` into `[time, batch, width]`. */
function write(values: Int32Array, { out, row, batchSize, width }: Place): void {
  if (width === 1) {
    for (let t = 0, at = row; t < values.length; t++, at += batchSize) out[at] = values[t]!;
    return;
  }
  for (let t = 0; t * width < values.length; t++) {
    out.set(values.subarray(t * width, (t + 1) * width), (t * batchSize + row) * width);
  }
}

/** @returns what lists each distinct spelling of a batch once */
function spellingGatherer(spellings: Spellings): (numbers: Int32Array, lengths: Int32Array) => BatchSpellings {
  /** place of a spelling in the batch, plus 1 */
  let places = new Int32Array(0);
  return (index, lengths) => {
    if (places.length < spellings.size) places = new Int32Array(spellings.size);
    const distinct: number[] = [];
    const batchSize = lengths.length;
    for (let row = 0; row < batchSize; row++) {
      for (let t = 0; t < lengths[row]!; t++) {
        const at = t * batchSize + row;
        const number = index[at]!;
        if (places[number] === 0) places[number] = distinct.push(number);
        index[at] = places[number]! - 1;
      }
    }
    for (const number of distinct) places[number] = 0;
    return { ...lettersOfAll(spellings, distinct), size: distinct.length, index };
  };
}

function lettersOfAll(
  spellings: Spellings,
  numbers: readonly number[],
): Pick<BatchSpellings, 'timeSteps' | 'characters' | 'lengths'> {
  const lengths = Int32Array.from(numbers, (number) => spellings.length(number));
  const timeSteps = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const characters = new Int32Array(timeSteps * numbers.length);
  numbers.forEach((number, column) => {
    for (let t = 0; t < lengths[column]!; t++) characters[t * numbers.length + column] = spellings.letter(number, t);
  });
  return { timeSteps, characters, lengths };
}

/** `[word]`: α / (count + α); none where nothing is replaced. */
function replacementRates({ wordCounts, words }: TaggingFacts, alpha: number): Float32Array | undefined {
  if (alpha === 0) return undefined;
  const rates = Float32Array.from(wordCounts, (count) => alpha / (count + alpha));
  rates[words.unknownId!] = 0;
  return rates;
}

interface Replacement {
  /** by word */
  readonly rates: Float32Array;
  readonly unknown: number;
  readonly key: RandomKey;
}

function replaceWords({ words, lengths, batchSize }: Batch, { rates, unknown, key }: Replacement): void {
  const drawn = uniform(key, words.length);
  for (let at = 0; at < words.length; at++) {
    const isReal = Math.floor(at / batchSize) < lengths[at % batchSize]!;
    if (isReal && drawn[at]! < rates[words[at]!]!) words[at] = unknown;
  }
}
