import {
  ConfigError,
  createCell,
  deriveKey,
  disposeParameters,
  dropout,
  dropoutMask,
  initializers,
  lockedDropout,
  prefixParameters,
  randomKey,
  Stack,
  type CellOptions,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig, SequenceTaggingConfig } from './config.js';
import { createHead } from './heads/create-head.js';
import { createInputParts, type InputPart, type WordTable } from './inputs/input-parts.js';
import type { Batch, ForwardOptions, TagHead, TaggingFacts, TaggingModel } from './types.js';

export interface TaggingModelOptions {
  readonly config: SequenceTaggingConfig;
  readonly facts: TaggingFacts;
  /** of the first values */
  readonly key: RandomKey;
  /** rows of `facts.words` from a file of vectors; random unless given */
  readonly wordVectors?: WordTable | undefined;
}

/**
 * A recurrent tagger with new weights.
 *
 *   x = dropout([ word ; letters ; casing ; suffixes ; features ])   h = dropout(stack(x))   scores of a column = head(h)
 *
 * The stack walks both directions of time. Parameters: `words.table` `[words, size]` (in `frozen` where it is not learnt),
 * `characters.…`, `casing.table`, `suffixes.0.table` …, `features.0.table` …, `layers.0.forward.…` of each cell,
 * `heads.0.kernel`, `heads.0.bias` … of each column, and of a CRF `heads.0.transitions`, `.start`, `.end`.
 *
 * @throws {ConfigError} `config/no-input` for a model that knows nothing of a token, `config/class-weights`
 */
export function createTaggingModel(options: TaggingModelOptions): TaggingModel {
  return createModel(options, (cell) => cell);
}

/**
 * The same with weights that are about to be replaced, which need not be drawn with care.
 *
 * @param wordSize - of the word vectors
 */
export function createEmptyTaggingModel(
  config: SequenceTaggingConfig,
  facts: TaggingFacts,
  wordSize: number = config.model.words.size,
): TaggingModel {
  const wordVectors = { size: wordSize, values: new Float32Array(facts.words.size * wordSize) };
  const { zeros } = initializers;
  return createModel({ config, facts, key: randomKey(0), wordVectors }, (options) => ({
    ...options,
    initializers: { inputKernel: zeros, recurrentKernel: zeros },
  }));
}

function createModel(options: TaggingModelOptions, cellOptions: (options: CellOptions) => CellOptions): TaggingModel {
  const { config, facts, key } = options;
  const parts = createInputParts({ ...options, key: deriveKey(key, 'inputs') });
  if (parts.length === 0) {
    const message =
      'the model knows nothing of a token: set model.words.size, model.characters, model.casing, model.suffixes or data.features';
    throw new ConfigError('config/no-input', message);
  }
  const { layers, hiddenSize } = config.model;
  const stack = new Stack({
    inputSize: parts.reduce((sum, { size }) => sum + size, 0),
    hiddenSize,
    layers,
    bidirectional: true,
    key: deriveKey(key, 'stack'),
    createCell: (cell) => createCell(config.model.cell, cellOptions(cell)),
  });
  const heads = facts.columns.map((column, i) =>
    createHead({
      column,
      inputSize: stack.outputSize,
      model: config.model,
      columns: facts.columns,
      key: deriveKey(key, 'head', i),
    }),
  );
  return modelOf(config, facts, { parts, stack, heads });
}

interface Layers {
  readonly parts: readonly InputPart[];
  readonly stack: Stack;
  readonly heads: readonly TagHead[];
}

function modelOf(config: SequenceTaggingConfig, facts: TaggingFacts, layers: Layers): TaggingModel {
  const { parts, stack, heads } = layers;
  const parameters: Parameters = Object.assign(
    {},
    ...parts.map(({ name, parameters }) => prefixParameters(name, parameters)),
    stack.parameters,
    ...heads.map((head, i) => prefixParameters(`heads.${i}`, head.parameters)),
  );
  const frozen: Parameters = Object.assign({}, ...parts.map(({ name, frozen }) => prefixParameters(name, frozen)));
  return {
    config,
    facts,
    parameters,
    frozen,
    heads,
    inputParts: parts.map(({ name, size }) => ({ name, size })),
    embed: (batch, options) => embed(parts, batch, { ...options, rates: config.model.dropout }),
    encode: (vectors, batch, options) => encode(stack, vectors, { ...batch, ...options, rates: config.model.dropout }),
    dispose: () => {
      disposeParameters(parameters);
      disposeParameters(frozen);
    },
  };
}

type Rates = ModelConfig['dropout'];

function embed(
  parts: readonly InputPart[],
  batch: Batch,
  { key, rates }: ForwardOptions & { readonly rates: Rates },
): tf.Tensor3D {
  return tf.tidy(() => {
    const vectors = parts.map((part) => part.apply(batch, key && deriveKey(key, 'part', part.name)));
    const joined = (vectors.length === 1 ? vectors[0] : tf.concat(vectors, 2)) as tf.Tensor3D;
    return drop(dropWords(joined, rates.word, key), 'input', { key, rates });
  });
}

/** Forgets all that is known of some tokens. */
function dropWords(vectors: tf.Tensor3D, rate: number, key: RandomKey | undefined): tf.Tensor3D {
  if (!key || rate === 0) return vectors;
  const [timeSteps, batchSize] = vectors.shape;
  return tf.mul(vectors, dropoutMask([timeSteps, batchSize, 1], { rate, key: deriveKey(key, 'word') }));
}

function encode(
  stack: Stack,
  vectors: tf.Tensor3D,
  { lengths, key, rates }: Pick<Batch, 'lengths'> & ForwardOptions & { readonly rates: Rates },
): tf.Tensor3D {
  return tf.tidy(() => {
    const { output } = stack.applyTimeMajor(vectors, {
      lengths: tf.tensor1d(lengths, 'int32'),
      dropout: key && {
        key: deriveKey(key, 'stack'),
        betweenLayers: rates.layers,
        locked: rates.kind === 'locked',
        recurrent: rates.recurrent,
      },
    });
    return drop(output, 'output', { key, rates });
  });
}

function drop(
  input: tf.Tensor3D,
  place: 'input' | 'output',
  { key, rates }: ForwardOptions & { readonly rates: Rates },
): tf.Tensor3D {
  if (!key || rates[place] === 0) return input;
  const options = { rate: rates[place], key: deriveKey(key, place) };
  return rates.kind === 'locked' ? lockedDropout(input, options) : dropout(input, options);
}
