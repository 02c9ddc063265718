import {
  ConfigError,
  createCell,
  deriveKey,
  disposeParameters,
  dropout,
  initializers,
  Linear,
  lockedDropout,
  prefixParameters,
  randomKey,
  Stack,
  tidy,
  type CellInitializers,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { AudioRecognitionConfig, ModelConfig } from './config.js';
import { ConvolutionFront } from './front.js';
import { createFeatures } from './features/extractor.js';
import { ClassHead } from './class-head.js';
import { createModelStream, requireStreaming } from './model-stream.js';
import type { Batch, EncodedSound, ForwardOptions, RecognitionFacts, RecognitionModel } from './types.js';

export interface RecognitionModelOptions {
  readonly config: AudioRecognitionConfig;
  readonly facts: RecognitionFacts;
  /** of the first values */
  readonly key: RandomKey;
}

/**
 * A recurrent recogniser of sound with new weights.
 *
 *   x = dropout(features)   h = stack(convolutions(x))
 *   transcribe:        logits of a step = dropout(h_t)·W + b
 *   classify, speaker: logits = `ClassHead` of pooling(h₁ … h_n)
 *
 * Parameters: `front.0.…` of the convolutions, `layers.0.forward.…` of each cell, `symbols.kernel`, `symbols.bias` of transcribe, `classes.…` of
 * the others. What is in padding changes no result.
 */
export function createRecognitionModel(options: RecognitionModelOptions): RecognitionModel {
  return createModel(options);
}

/** The same with weights that are about to be replaced, which need not be drawn with care. */
export function createEmptyRecognitionModel(config: AudioRecognitionConfig, facts: RecognitionFacts): RecognitionModel {
  const { zeros } = initializers;
  return createModel({ config, facts, key: randomKey(0) }, { inputKernel: zeros, recurrentKernel: zeros });
}

interface Layers {
  readonly front: ConvolutionFront;
  readonly stack: Stack;
  /** of transcribe */
  readonly symbols?: Linear;
  /** of classify and speaker */
  readonly classes?: ClassHead;
}

function createModel({ config, facts, key }: RecognitionModelOptions, cells?: CellInitializers): RecognitionModel {
  const { layers, hiddenSize, bidirectional, cell, convolutions, causal } = config.model;
  const front = new ConvolutionFront({
    convolutions,
    causal,
    featureSize: facts.featureSize,
    key: deriveKey(key, 'front'),
  });
  const stack = new Stack({
    inputSize: front.outputSize,
    hiddenSize,
    layers,
    bidirectional,
    key: deriveKey(key, 'stack'),
    createCell: (options) => createCell(cell, { ...options, initializers: cells }),
  });
  const inputSize = stack.outputSize;
  if (config.task === 'transcribe') {
    const symbols = new Linear({ inputSize, outputSize: facts.symbols.size, key: deriveKey(key, 'symbols') });
    return modelOf(config, facts, { front, stack, symbols });
  }
  const classes = new ClassHead({ config, inputSize, classes: facts.classes.size, key: deriveKey(key, 'classes') });
  return modelOf(config, facts, { front, stack, classes });
}

function modelOf(config: AudioRecognitionConfig, facts: RecognitionFacts, layers: Layers): RecognitionModel {
  const { front, stack, symbols, classes } = layers;
  const { dropout: rates } = config.model;
  const parameters: Parameters = {
    ...prefixParameters('front', front.parameters),
    ...stack.parameters,
    ...(symbols && prefixParameters('symbols', symbols.parameters)),
    ...(classes && prefixParameters('classes', classes.parameters)),
  };
  const buffers = prefixParameters('front', front.buffers);
  return {
    config,
    facts,
    parameters,
    buffers,
    stepSeconds: createFeatures(config.features, facts.sampleRate).frameSeconds * front.stride,
    encode: (batch, options = {}) => encode(layers, batch, { ...options, rates }),
    symbolLogits: ({ hidden }, { key } = {}) =>
      tf.tidy(() => required(symbols, 'transcribe').apply(drop(hidden, 'output', { key, rates })) as tf.Tensor3D),
    pool: (encoded, { key } = {}) => required(classes, 'classify').pool(encoded, key),
    classLogits: (pooled) => required(classes, 'classify').logits(pooled),
    runningPool: () => required(classes, 'classify').runningPool(),
    stream: () => {
      requireStreaming(config.model);
      return createModelStream(layers);
    },
    dispose: () => {
      disposeParameters(parameters);
      disposeParameters(buffers);
    },
  };
}

/** Which heads a model has follows from its task, so that this is a mistake of a caller. */
function required<Head>(head: Head | undefined, task: string): Head {
  if (head) return head;
  throw new ConfigError('config/task', `this was not trained for the task "${task}"; use a model that was`);
}

type Rates = ModelConfig['dropout'];

function encode(
  { front, stack }: Layers,
  { features, lengths, timeSteps, batchSize }: Pick<Batch, 'features' | 'lengths' | 'timeSteps' | 'batchSize'>,
  { key, rates }: ForwardOptions & { readonly rates: Rates },
): EncodedSound {
  return tidy(() => {
    const input = tf.tensor3d(features, [timeSteps, batchSize, features.length / (timeSteps * batchSize)]);
    const frames = front.apply(drop(input, 'input', { key, rates }), lengths, { key });
    const { output } = stack.applyTimeMajor(frames.hidden, {
      lengths: tf.tensor1d(frames.lengths, 'int32'),
      dropout: key && {
        key: deriveKey(key, 'stack'),
        betweenLayers: rates.layers,
        locked: rates.kind === 'locked',
        recurrent: rates.recurrent,
      },
    });
    const { buffers } = frames;
    return { ...frames, hidden: output, ...(buffers && { buffers: prefixParameters('front', buffers as Parameters) }) };
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
