import {
  createParameter,
  deriveKey,
  Embedding,
  gatherRows,
  initializers,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { createCharacterEncoder } from '../characters/character-encoder.js';
import type { SequenceTaggingConfig } from '../config.js';
import type { Batch, TaggingFacts } from '../types.js';
import { casingClasses } from '../word-features.js';

/** Vectors of words, one row for each word of the facts. */
export interface WordTable {
  readonly size: number;
  /** `[words · size]` */
  readonly values: Float32Array;
}

/** One thing that is known of a token. */
export interface InputPart {
  readonly name: string;
  readonly size: number;
  readonly parameters: Parameters;
  readonly frozen: Parameters;
  /** @param key - of this batch's dropout; none when absent @returns `[time, batch, size]` */
  apply(batch: Batch, key: RandomKey | undefined): tf.Tensor3D;
}

interface InputPartsOptions {
  readonly config: SequenceTaggingConfig;
  readonly facts: TaggingFacts;
  readonly key: RandomKey;
  readonly wordVectors?: WordTable | undefined;
}

/** All that a model reads of a token, in the order in which it lies in the input vector. */
export function createInputParts({ config, facts, key, wordVectors }: InputPartsOptions): readonly InputPart[] {
  const { words, casing, suffixes, featureSize } = config.model;
  const table = (name: string, size: number, ids: (batch: Batch) => Int32Array | undefined) =>
    lookupPart({ name, rows: size, size: featureSize, key: deriveKey(key, name) }, ids);
  const size = wordVectors?.size ?? words.size;
  const parts: readonly (InputPart | undefined)[] = [
    size > 0 ? wordPart({ size, frozen: words.vectors !== null && words.frozen, wordVectors }, facts, key) : undefined,
    characterPart(config, facts, deriveKey(key, 'characters')),
    casing ? table('casing', casingClasses.length, (batch) => batch.casing) : undefined,
    ...suffixes.map((_, i) => table(`suffixes.${i}`, facts.suffixes[i]!.size, (batch) => batch.suffixes[i])),
    ...facts.features.map(({ size }, i) => table(`features.${i}`, size, (batch) => batch.features[i])),
  ];
  return parts.filter((part) => part !== undefined);
}

function wordPart(
  { size, frozen, wordVectors }: { size: number; frozen: boolean; wordVectors: WordTable | undefined },
  { words }: TaggingFacts,
  key: RandomKey,
): InputPart {
  const initializer = wordVectors ? () => wordVectors.values.slice() : smallVectors(size);
  const table = createParameter<tf.Rank.R2>([words.size, size], initializer, deriveKey(key, 'words'));
  return {
    name: 'words',
    size,
    parameters: frozen ? {} : { table },
    frozen: frozen ? { table } : {},
    apply: (batch) => gatherRows(table, idsOf(batch, batch.words)) as tf.Tensor3D,
  };
}

/** Uniform in ±√(3 / size): the numbers of a vector have variance 1 / size. */
function smallVectors(size: number) {
  return initializers.uniform(Math.sqrt(3 / size));
}

function characterPart(
  { model }: SequenceTaggingConfig,
  { characters }: TaggingFacts,
  key: RandomKey,
): InputPart | undefined {
  const encoder = createCharacterEncoder({
    config: model.characters,
    vocabularySize: characters.size,
    dropoutRate: model.dropout.characters,
    key,
  });
  return (
    encoder && {
      name: 'characters',
      size: encoder.outputSize,
      parameters: encoder.parameters,
      frozen: {},
      // Each spelling is read once and then looked up by its tokens.
      apply: (batch, batchKey) =>
        tf.tidy(() => {
          const vectors = encoder.apply(batch.spellings!, batchKey);
          return gatherRows(vectors, idsOf(batch, batch.spellings!.index)) as tf.Tensor3D;
        }),
    }
  );
}

function lookupPart(
  { name, rows, size, key }: { name: string; rows: number; size: number; key: RandomKey },
  ids: (batch: Batch) => Int32Array | undefined,
): InputPart {
  const embedding = new Embedding({ vocabularySize: rows, embeddingSize: size, key, initializer: smallVectors(size) });
  return {
    name,
    size,
    parameters: embedding.parameters,
    frozen: {},
    apply: (batch) => tf.tidy(() => embedding.apply(idsOf(batch, ids(batch)!)) as tf.Tensor3D),
  };
}

function idsOf({ timeSteps, batchSize }: Batch, ids: Int32Array): tf.Tensor2D {
  return tf.tensor2d(ids, [timeSteps, batchSize], 'int32');
}
