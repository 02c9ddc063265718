import { deriveKey, randomKey, type BatchSource, type RandomKey } from '@unroll/core';
import { openDataset } from '@unroll/datasets';
import {
  casingClasses,
  createBatchSource,
  inferenceBatches,
  openSentences,
  parseSequenceTaggingConfig,
  prepareSentences,
  sentencesOf,
  type Batch,
  type PreparedSentences,
  type Sentence,
  type SentenceSet,
  type SequenceTaggingConfig,
} from '@unroll/sequence-tagging';
import type { SentenceTaggerShape } from './models.js';

export const treebank = 'ud-english-ewt';
/** Updates of one repetition: the first ones of an epoch, which come in random order. */
const trainingBatches = 24;
/** Sentences of the validation split that one repetition tags. */
const taggedSentences = 600;

/** What one repetition works on. */
export interface TaggingWork {
  readonly config: SequenceTaggingConfig;
  readonly prepared: PreparedSentences;
  readonly key: RandomKey;
  /** the same batches in every epoch, made anew each time */
  readonly train: BatchSource<Batch>;
  readonly sentences: readonly Sentence[];
}

/** For peers that make no batches: all arrays as `Batch` has them, in one file. */
export interface TaggingBatches {
  readonly sizes: Readonly<Record<'words' | 'characters' | 'casing' | 'tags', number>>;
  readonly training: readonly PlainBatch[];
  readonly tagging: readonly PlainBatch[];
}

type PlainBatch = ReturnType<typeof plainBatch>;

/** Reads the treebank; every process that does so gets the same work. */
export async function prepareTaggingWork(shape: Omit<SentenceTaggerShape, 'batches'>): Promise<TaggingWork> {
  const { data } = configOf(shape);
  const { splits } = await openDataset(treebank);
  const read = async (split: string): Promise<SentenceSet> => {
    const file = await openSentences(splits[split]!, data);
    return { name: file.name, columns: file.columns, sentences: await sentencesOf(file) };
  };
  return taggingWork(shape, { train: await read('train'), valid: await read('valid') });
}

/** The first batches of an epoch and the first sentences of the validation split. */
export async function taggingWork(
  shape: Omit<SentenceTaggerShape, 'batches'>,
  sets: { readonly train: SentenceSet; readonly valid: SentenceSet },
): Promise<TaggingWork> {
  const config = configOf(shape);
  const prepared = await prepareSentences(sets, config);
  const key = randomKey(config.seed);
  const { spellings, facts, splits } = prepared;
  const epoch = createBatchSource(splits.train.examples, { spellings, facts, config, part: 'train' });
  const batchesPerEpoch = Math.min(trainingBatches, epoch.batchesPerEpoch);
  return {
    config,
    prepared,
    key,
    train: {
      batchesPerEpoch,
      async *batches(_epoch, _key, from) {
        let at = 0;
        for await (const batch of epoch.batches(0, deriveKey(key, 'batches'), 0)) {
          if (at === batchesPerEpoch) return;
          if (at >= from) yield batch;
          at += 1;
        }
      },
    },
    sentences: splits.valid.sentences.slice(0, taggedSentences),
  };
}

/** Tokens that a repetition of the work learns from, and those that it tags. */
export async function countTokens({
  train,
  sentences,
  key,
}: TaggingWork): Promise<{ training: number; tagging: number }> {
  let training = 0;
  for await (const { count } of train.batches(0, key, 0)) training += count;
  return { training, tagging: sentences.reduce((sum, { tokens }) => sum + tokens.length, 0) };
}

export async function exportBatches({ prepared, config, train, sentences, key }: TaggingWork): Promise<TaggingBatches> {
  const { words, characters, columns } = prepared.facts;
  const training: PlainBatch[] = [];
  for await (const batch of train.batches(0, key, 0)) training.push(plainBatch(batch));
  const tagging = [...inferenceBatches(sentences, prepared.facts, config)].map(({ batch }) => plainBatch(batch));
  return {
    sizes: {
      words: words.size,
      characters: characters.size,
      casing: casingClasses.length,
      tags: columns[0]!.tags.size,
    },
    training,
    tagging,
  };
}

function plainBatch({ timeSteps, batchSize, count, lengths, words, casing, targets, spellings }: Batch) {
  return {
    timeSteps,
    batchSize,
    count,
    lengths: [...lengths],
    words: [...words],
    casing: casing && [...casing],
    targets: targets && [...targets[0]!],
    index: [...spellings!.index],
    characters: [...spellings!.characters],
    spellingLengths: [...spellings!.lengths],
  };
}

function configOf(shape: Omit<SentenceTaggerShape, 'batches'>): SequenceTaggingConfig {
  const { head, layers, hiddenSize, featureSize, dropout, sentences, learningRate, clipNorm } = shape;
  return parseSequenceTaggingConfig({
    data: { format: 'conllu' },
    model: {
      words: { size: shape.wordSize },
      characters: { kind: 'lstm', size: shape.characterSize, hiddenSize: shape.characterHiddenSize },
      featureSize,
      layers,
      hiddenSize,
      head,
      dropout: { kind: 'locked', ...dropout },
    },
    batches: { sentences },
    training: { epochs: 1_000_000, optimizer: { name: 'adam', learningRate }, clipNorm },
  });
}
