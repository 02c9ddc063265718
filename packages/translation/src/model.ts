import {
  deriveKey,
  initializers as initialValues,
  disposeParameters,
  Linear,
  linearCrossEntropy,
  logSoftmax,
  prefixParameters,
  randomKey,
  tidy,
  TiedLinear,
  type CellInitializers,
  type Head,
  type LabelSmoothing,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkModel } from './check-model.js';
import { CopyGate, mixedCrossEntropy, mixedLogProbabilities, type MixtureTensors } from './attention/copy.js';
import type { TranslationConfig } from './config.js';
import { AttentiveDecoder } from './decoder/attentive.js';
import { Bridge } from './decoder/bridge.js';
import type { Decoder, DecoderMemory, DecoderOptions } from './decoder/decoder.js';
import { LuongDecoder } from './decoder/luong.js';
import { PlainDecoder } from './decoder/plain.js';
import { Readout } from './decoder/readout.js';
import { Encoder } from './encoder.js';
import { drop, TokenVectors } from './token-vectors.js';
import type {
  DecodedTarget,
  DecoderState,
  EncodedSource,
  ForwardOptions,
  SourceBatch,
  TargetBatch,
  TranslationFacts,
  TranslationModel,
} from './types.js';

export interface TranslationModelOptions {
  readonly config: TranslationConfig;
  readonly facts: TranslationFacts;
  /** of the first values */
  readonly key: RandomKey;
}

/**
 * A model whose cells are zeros, for values that are read from somewhere: orthogonal kernels take seconds to draw.
 *
 * @throws {ConfigError} as `createTranslationModel`
 */
export function createEmptyTranslationModel(options: Omit<TranslationModelOptions, 'key'>): TranslationModel {
  const { zeros } = initialValues;
  return createModel({ ...options, key: randomKey(0), initializers: { inputKernel: zeros, recurrentKernel: zeros } });
}

interface ModelOptions extends TranslationModelOptions {
  /** of the cells */
  readonly initializers?: CellInitializers | undefined;
}

/** The parts of a model, in the order of the data flow. */
interface Layers {
  readonly encoder: Encoder;
  readonly bridge: Bridge;
  readonly tokens: TokenVectors;
  readonly decoder: Decoder;
  readonly readout: Readout;
  readonly head: Head;
  readonly copyGate: CopyGate | undefined;
}

/**
 * A recurrent encoder and decoder with attention, with new weights.
 *
 *   h = encoder(source)   s₀ = bridge(h)   s, c, α = decoder(y, s₀, h)   p(next token) = softmax(readout(s, c, y)·W + b)
 *
 * and with `copy` a mixture of that with α over the source's tokens. Parameters: `encoder.…`, `bridge.…`, `tokens.…` (the target
 * embedding), `decoder.…` with its attention, `readout.…`, `head.…` and `copyGate.…`. First values: kernels Glorot uniform, those of
 * recurrent products orthogonal gate by gate, embeddings uniform in ±1 (±0.1 where they are tied to the output), biases 0 but the forget gate's 1.
 *
 * @throws {ConfigError} `config/…` for parts that do not fit each other
 */
export function createTranslationModel(options: TranslationModelOptions): TranslationModel {
  return createModel(options);
}

function createModel(options: ModelOptions): TranslationModel {
  const { config, facts } = options;
  checkModel(config, facts);
  const layers = createLayers(options);
  const parameters = collectParameters(layers);
  return {
    config,
    facts,
    parameters,
    encode: (source, options) => encode(layers, source, options),
    decode: (encoded, target, options) => decode(layers, { encoded, target, config }, options),
    crossEntropy: (encoded, decoded, target) => crossEntropy(layers, { encoded, decoded }, target),
    step: (encoded, ids, state) => step(layers, encoded, { ids, state }),
    dispose: () => disposeParameters(parameters),
  };
}

function createLayers(options: ModelOptions): Layers {
  const { config, facts, key, initializers } = options;
  const { model } = config;
  const { vocabulary } = facts.source;
  const encoder = new Encoder({ model, vocabulary, key: deriveKey(key, 'encoder'), initializers });
  const vocabularySize = facts.target.vocabulary.size;
  const tokens = new TokenVectors({
    vocabulary: facts.target.vocabulary,
    model,
    tokenDropout: model.dropout.targetTokens,
    isHead: model.tiedEmbeddings !== 'none',
    key: deriveKey(key, 'tokens'),
    shared: model.tiedEmbeddings === 'all' ? encoder.tokens.embedding : undefined,
  });
  const decoder = createDecoder({ model, key: deriveKey(key, 'decoder'), initializers }, encoder.outputSize);
  const { outputSize, contextSize } = decoder;
  const readout = new Readout({ model, outputSize, contextSize, key: deriveKey(key, 'readout') });
  const headKey = deriveKey(key, 'head');
  return {
    encoder,
    bridge: new Bridge({ model, key: deriveKey(key, 'bridge') }),
    tokens,
    decoder,
    readout,
    head:
      model.tiedEmbeddings === 'none'
        ? new Linear({ inputSize: readout.size, outputSize: vocabularySize, key: headKey })
        : new TiedLinear({ embedding: tokens.embedding, key: headKey }),
    copyGate: model.copy
      ? new CopyGate({
          sizes: { output: outputSize, context: contextSize, vectors: model.embeddingSize },
          key: deriveKey(key, 'copyGate'),
        })
      : undefined,
  };
}

function createDecoder(options: DecoderOptions, valueSize: number): Decoder {
  const { attention, decoder } = options.model;
  if (attention.kind === 'none') return new PlainDecoder(options);
  const attentive = { ...options, valueSize };
  return decoder.attends === 'after' ? new LuongDecoder(attentive) : new AttentiveDecoder(attentive);
}

function collectParameters({ encoder, bridge, tokens, decoder, readout, head, copyGate }: Layers): Parameters {
  return {
    ...prefixParameters('encoder', encoder.parameters),
    ...prefixParameters('bridge', bridge.parameters),
    ...prefixParameters('tokens', tokens.parameters),
    ...prefixParameters('decoder', decoder.parameters),
    ...prefixParameters('readout', readout.parameters),
    ...prefixParameters('head', head.parameters),
    ...(copyGate && prefixParameters('copyGate', copyGate.parameters)),
  };
}

function encode(
  { encoder, bridge, decoder }: Layers,
  source: SourceBatch,
  { key }: ForwardOptions = {},
): EncodedSource {
  const compute = () => {
    const encoded = encoder.apply(source, { key: key && deriveKey(key, 'encoder') });
    const cells = bridge.apply(encoded, tf.tensor1d(source.lengths, 'int32'));
    const keys = decoder.attention?.keys(encoded.states);
    return { states: encoded.states, ...(keys && { keys }), initial: decoder.initialState(cells, source.timeSteps) };
  };
  // `source` is not walked for tensors
  return { source, ...tidy(compute) };
}

function memoryOf({ source, states, keys }: EncodedSource): DecoderMemory {
  return { values: states, keys, lengths: tf.tensor1d(source.lengths, 'int32') };
}

interface DecodeTensors {
  readonly encoded: EncodedSource;
  readonly target: Pick<TargetBatch, 'timeSteps' | 'inputs' | 'lengths'>;
  readonly config: TranslationConfig;
}

function decode(
  { tokens, decoder, readout, copyGate }: Layers,
  { encoded, target, config }: DecodeTensors,
  { key, wantsAttention = false }: ForwardOptions & { readonly wantsAttention?: boolean } = {},
): DecodedTarget {
  const compute = (): DecodedTarget => {
    const shape = [target.timeSteps, encoded.source.batchSize] as const;
    const vectors = tokens.sequence(target.inputs, shape, key && deriveKey(key, 'target'));
    const { output, context, weights, coverageLoss } = decoder.sequence(vectors, memoryOf(encoded), {
      initial: encoded.initial,
      lengths: tf.tensor1d(target.lengths, 'int32'),
      key: key && deriveKey(key, 'decoder'),
    });
    const hidden = readout.apply({ output, context, vectors }) as tf.Tensor3D;
    return {
      hidden: drop(hidden, 'output', { dropout: config.model.dropout, key }),
      ...(weights && (wantsAttention || copyGate) && { attention: weights }),
      ...(copyGate && { generate: copyGate.apply({ output, context, vectors }) as tf.Tensor3D }),
      ...(coverageLoss && { coverageLoss }),
    };
  };
  return tidy(compute);
}

function crossEntropy(
  { head, copyGate }: Layers,
  { encoded, decoded }: { readonly encoded: EncodedSource; readonly decoded: DecodedTarget },
  { targets, timeSteps, lengths, labelSmoothing }: TargetBatch & LabelSmoothing,
): ReturnType<TranslationModel['crossEntropy']> {
  const { batchSize } = encoded.source;
  const compute = () => {
    const rows = timeSteps * batchSize;
    const hidden: tf.Tensor2D = tf.reshape(decoded.hidden, [rows, -1]);
    const mask = tf.tensor1d(Float32Array.from({ length: rows }, (_, row) => realAt(row, batchSize, lengths)));
    if (copyGate) {
      const tensors = mixture({ head, hidden, gate: decoded.generate!, attention: decoded.attention! }, encoded);
      return mixedCrossEntropy(tensors, { targets, mask, labelSmoothing });
    }
    const { kernel, bias, transposeKernel } = head;
    const tensors = { hidden, kernel, bias, targets: tf.tensor1d(targets, 'int32'), mask };
    const { sum, losses } = linearCrossEntropy(tensors, { transposeKernel, labelSmoothing });
    return { sum, losses };
  };
  return tidy(compute);
}

function realAt(row: number, batchSize: number, lengths: Int32Array): number {
  return Math.floor(row / batchSize) < lengths[row % batchSize]! ? 1 : 0;
}

function step(
  { tokens, decoder, readout, head, copyGate }: Layers,
  encoded: EncodedSource,
  { ids, state }: { readonly ids: Int32Array; readonly state: DecoderState },
): ReturnType<TranslationModel['step']> {
  const compute = () => {
    const vectors = tokens.step(ids);
    const { output, context, weights, state: next } = decoder.step(vectors, memoryOf(encoded), state);
    const hidden = readout.apply({ output, context, vectors }) as tf.Tensor2D;
    const gate = copyGate?.apply({ output, context, vectors });
    const logProbabilities = gate
      ? mixedLogProbabilities(mixture({ head, hidden, gate, attention: weights! }, encoded))
      : logSoftmax(head.apply(hidden) as tf.Tensor2D);
    return { logProbabilities, state: next, ...(weights && { attention: weights }) };
  };
  return tidy(compute);
}

function mixture(
  tensors: {
    readonly head: Head;
    readonly hidden: tf.Tensor2D;
    readonly gate: tf.Tensor;
    readonly attention: tf.Tensor;
  },
  { source }: EncodedSource,
): MixtureTensors {
  const { head, hidden, gate, attention } = tensors;
  return {
    logits: head.apply(hidden) as tf.Tensor2D,
    gate: tf.reshape(gate, [-1]),
    attention: tf.reshape(attention, [hidden.shape[0], -1]),
    source,
  };
}
