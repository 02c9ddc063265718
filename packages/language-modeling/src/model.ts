import {
  createCell,
  createStepper,
  deriveKey,
  disposeParameters,
  dropout,
  Embedding,
  initializers,
  LayerNorm,
  Linear,
  linearCrossEntropy,
  lockedDropout,
  prefixParameters,
  randomKey,
  Stack,
  stateFromRecord,
  stateToRecord,
  TiedLinear,
  type Cell,
  type CellOptions,
  type GruOptions,
  type Head,
  type Initializer,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModelConfig, ModelConfig } from './config.js';
import type { ForwardOptions, LanguageModel } from './types.js';

/** How layers are made; `zeros` are for weights that are about to be replaced. */
type LayersConfig = Omit<ModelConfig, 'initialization'> & {
  readonly initialization: ModelConfig['initialization'] | { readonly kind: 'zeros' };
};

/** The parts of a model between token ids and hidden vectors. */
interface Layers {
  /** absent: inputs are one-hot vectors */
  readonly embedding: Embedding | undefined;
  readonly embeddingNorm: LayerNorm | undefined;
  readonly stack: Stack;
  readonly outputNorm: LayerNorm | undefined;
  readonly head: Head;
}

/**
 * A recurrent language model with new weights.
 *
 *   e = dropout(E[token])   h = dropout(stack(e, state))   p(next token) = softmax(h·W + b)
 *
 * Parameters: `embedding.table` `[vocabularySize, embeddingSize]`, `layers.0.forward.…` of each cell, `head.kernel`
 * `[hiddenSize, vocabularySize]` (none where it is tied to the embedding) and `head.bias`; with `layerNorm` also
 * `embeddingNorm.…` and `outputNorm.…`.
 *
 * @param key - of the first values
 */
export function createLanguageModel(
  config: LanguageModelConfig,
  vocabularySize: number,
  key: RandomKey,
): LanguageModel {
  return modelOf(config, vocabularySize, createLayers(config.model, vocabularySize, key));
}

/** The same with weights that are about to be replaced, which need not be drawn with care. */
export function createEmptyLanguageModel(config: LanguageModelConfig, vocabularySize: number): LanguageModel {
  const cheap = { ...config.model, initialization: { kind: 'zeros' } } as const;
  return modelOf(config, vocabularySize, createLayers(cheap, vocabularySize, randomKey(0)));
}

function modelOf(config: LanguageModelConfig, vocabularySize: number, layers: Layers): LanguageModel {
  const parameters = collectParameters(layers);
  return {
    config,
    vocabularySize,
    parameters,
    forward: (inputs, options = {}) => forward(layers, inputs, { ...options, config: config.model }),
    logits: (hidden) => layers.head.apply(hidden) as tf.Tensor2D,
    crossEntropy: (hidden, targets, mask) => {
      const { kernel, bias, transposeKernel } = layers.head;
      return linearCrossEntropy({ hidden, kernel, bias, targets, mask }, { transposeKernel });
    },
    createStepper: (batchSize) => {
      const { stack, embedding = 'one-hot', embeddingNorm, outputNorm, head } = layers;
      return createStepper(stack, { batchSize, embedding, embeddingNorm, outputNorm, head });
    },
    dispose: () => disposeParameters(parameters),
  };
}

function createLayers(config: LayersConfig, vocabularySize: number, key: RandomKey): Layers {
  const { hiddenSize, layers, tiedEmbedding, layerNorm } = config;
  const oneHot = config.embeddingSize === 'one-hot';
  const embeddingSize = config.embeddingSize === 'one-hot' ? vocabularySize : config.embeddingSize || hiddenSize;
  const initializer = commonInitializer(config);
  const embedding = oneHot
    ? undefined
    : new Embedding({ vocabularySize, embeddingSize, key: deriveKey(key, 'embedding'), initializer });
  const stack = new Stack({
    inputSize: embeddingSize,
    hiddenSize,
    layers,
    key: deriveKey(key, 'stack'),
    createCell: (options) => initializedCell(config, options),
  });
  const headKey = deriveKey(key, 'head');
  const head =
    tiedEmbedding && embedding
      ? new TiedLinear({ embedding, key: headKey, biasInitializer: initializer })
      : new Linear({
          inputSize: hiddenSize,
          outputSize: vocabularySize,
          key: headKey,
          kernelInitializer: initializer,
          biasInitializer: initializer,
        });
  return {
    embedding,
    stack,
    head,
    embeddingNorm: layerNorm ? new LayerNorm({ size: embeddingSize }) : undefined,
    outputNorm: layerNorm ? new LayerNorm({ size: hiddenSize }) : undefined,
  };
}

/** Of every weight; `undefined` leaves each layer its own default. */
function commonInitializer({ initialization }: LayersConfig): Initializer | undefined {
  if (initialization.kind === 'zeros') return initializers.zeros;
  return initialization.kind === 'uniform' ? initializers.uniform(initialization.scale) : undefined;
}

function initializedCell(config: LayersConfig, options: CellOptions): Cell {
  const { cell, initialization } = config;
  const gates = cell === 'lstm' ? 4 : cell === 'gru' ? 3 : 1;
  const weights = commonInitializer(config);
  const bias = cellBias(config, gates);
  const own: GruOptions['initializers'] = {
    ...(weights && { inputKernel: weights, recurrentKernel: weights }),
    ...(bias && { bias }),
    ...(bias && initialization.kind === 'uniform' && { recurrentBias: bias }),
  };
  return createCell(cell, { ...options, initializers: own });
}

/** First values of a cell's bias: zeros or uniform, with the forget gate's block set apart. */
function cellBias({ cell, initialization, forgetBias }: LayersConfig, gates: number): Initializer | undefined {
  const isUniform = initialization.kind === 'uniform' && initialization.cellBias === 'uniform';
  const rest = isUniform ? initializers.uniform(initialization.scale) : initializers.zeros;
  if (cell !== 'lstm') return rest;
  const forget = forgetBias === null ? rest : initializers.constant(forgetBias);
  return initializers.perBlock(Array.from({ length: gates }, (_, gate) => (gate === 1 ? forget : rest)));
}

function collectParameters({ embedding, embeddingNorm, stack, outputNorm, head }: Layers): Parameters {
  return {
    ...(embedding && prefixParameters('embedding', embedding.parameters)),
    ...(embeddingNorm && prefixParameters('embeddingNorm', embeddingNorm.parameters)),
    ...stack.parameters,
    ...(outputNorm && prefixParameters('outputNorm', outputNorm.parameters)),
    ...prefixParameters('head', head.parameters),
  };
}

function forward(
  { embedding, embeddingNorm, stack, outputNorm }: Layers,
  inputs: tf.Tensor2D,
  { state, key, firstStep, config }: ForwardOptions & { readonly config: ModelConfig },
): ReturnType<LanguageModel['forward']> {
  const { kind, ...rates } = config.dropout;
  const drop = (input: tf.Tensor3D, place: 'embedding' | 'output'): tf.Tensor3D => {
    if (!key || rates[place] === 0) return input;
    const options = { rate: rates[place], key: deriveKey(key, place), firstStep };
    return kind === 'locked' ? lockedDropout(input, options) : dropout(input, options);
  };
  return tf.tidy(() => {
    const vectors = (embedding ? embedding.apply(inputs) : oneHot(inputs, stack.inputSize)) as tf.Tensor3D;
    const { output, finalState } = stack.applyTimeMajor(drop(embeddingNorm?.apply(vectors) ?? vectors, 'embedding'), {
      initialState: state && stateFromRecord(state),
      dropout: key && {
        key: deriveKey(key, 'stack'),
        betweenLayers: rates.layers,
        locked: kind === 'locked',
        recurrent: rates.recurrent,
        firstStep,
      },
    });
    return { hidden: drop(outputNorm?.apply(output) ?? output, 'output'), state: stateToRecord(finalState) };
  });
}

function oneHot(inputs: tf.Tensor2D, size: number): tf.Tensor {
  return tf.cast(tf.oneHot(inputs, size), 'float32');
}
