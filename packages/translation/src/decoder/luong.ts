import {
  deriveKey,
  hasKernel,
  inputFeedingSequence,
  InputFeedingSequence,
  Linear,
  maskFromLengths,
  prefixParameters,
  stateFromRecord,
  stateToRecord,
  type Attention,
  type CellState,
  type RandomKey,
  type Stack,
  type TransitionTensors,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { Coverage } from '../attention/coverage.js';
import { MonotonicRange, PredictedRange, type LocalRange } from '../attention/local-range.js';
import type { ModelConfig } from '../config.js';
import type { DecoderState } from '../types.js';
import { attended, createAttention, hypotheses, unstackTime } from './attentive.js';
import type {
  Decoder,
  DecoderMemory,
  DecoderSequence,
  DecoderStep,
  SequenceOptions,
  DecoderOptions,
} from './decoder.js';
import { cellsToRecord, createDecoderStack, stackDropout, stepStack } from './plain.js';

/**
 * Recurrent layers whose state asks after its step.
 *
 *   s = stack([y ; h̃′])      c = attend(s)      h̃ = tanh(W·[c ; s])
 *
 * where h̃′, the h̃ of the step before, is there with input feeding alone: then one kernel walks through time, or `steps` does where the engine
 * has none and where scores have biases. Without it the layers run as whole sequences, and all steps ask at once.
 *
 * Parameters: `layers.0.forward.…`, `attention.…`, `combine.kernel` W `[valueSize + hiddenSize, hiddenSize]`, `range.…` of local
 * attention, `coverage.weight`.
 *
 * @see Luong, Pham & Manning 2015
 */
export class LuongDecoder implements Decoder {
  readonly outputSize: number;
  /** h̃ has the context in it */
  readonly contextSize = 0;
  readonly attention: Attention;
  readonly parameters;
  readonly #stack: Stack;
  readonly #combine: Linear;
  readonly #coverage: Coverage | undefined;
  readonly #range: LocalRange | undefined;
  readonly #feeds: boolean;
  readonly #cell: ModelConfig['decoder']['cell'];
  readonly #dropout: ModelConfig['dropout'];

  constructor({ model, valueSize, key, initializers }: DecoderOptions & { readonly valueSize: number }) {
    const { hiddenSize, layers, inputFeeding } = model.decoder;
    this.outputSize = hiddenSize;
    this.#feeds = inputFeeding;
    this.#cell = model.decoder.cell;
    this.#dropout = model.dropout;
    this.attention = createAttention(model, { valueSize, key });
    this.#stack = createDecoderStack(model, {
      inputSize: model.embeddingSize + (inputFeeding ? hiddenSize : 0),
      layers,
      key,
      initializers,
    });
    this.#combine = new Linear({
      inputSize: valueSize + hiddenSize,
      outputSize: hiddenSize,
      key: deriveKey(key, 'combine'),
      biasInitializer: 'none',
    });
    this.#coverage = model.attention.coverage.enabled ? new Coverage({ key: deriveKey(key, 'coverage') }) : undefined;
    this.#range = createRange(model, deriveKey(key, 'range'));
    this.parameters = {
      ...this.#stack.parameters,
      ...prefixParameters('attention', this.attention.parameters),
      ...prefixParameters('combine', this.#combine.parameters),
      ...(this.#range && prefixParameters('range', this.#range.parameters)),
      ...(this.#coverage && prefixParameters('coverage', this.#coverage.parameters)),
    };
  }

  initialState(cells: readonly CellState[], sourceTime: number): DecoderState {
    const rows = cells[0]!.h.shape[0];
    return {
      ...cellsToRecord(cells),
      ...(this.#feeds && { feed: tf.zeros([rows, this.outputSize]) }),
      ...(this.#coverage && { covered: tf.zeros([rows, sourceTime]) }),
      ...(this.#range && { time: tf.zeros([rows, 1]) }),
    };
  }

  sequence(vectors: tf.Tensor3D, memory: DecoderMemory, options: SequenceOptions): DecoderSequence {
    if (this.#feeds) {
      const fusible = !this.#coverage && !this.#range && vectors.size > 0 && hasKernel(InputFeedingSequence);
      return fusible ? this.#fused(vectors, memory, options) : this.steps(vectors, memory, options);
    }
    const { initial, lengths, key } = options;
    const { output } = this.#stack.applyTimeMajor(vectors, {
      initialState: stateFromRecord(initial),
      lengths,
      dropout: stackDropout(this.#dropout, key),
    });
    if (this.#coverage) return this.#walk(unstackTime(output), memory, options);
    const [timeSteps, batchSize] = output.shape;
    const time: tf.Tensor3D = tf.tile(tf.reshape(tf.range(0, timeSteps), [timeSteps, 1, 1]), [1, batchSize, 1]);
    const scoreBias = this.#range?.bias(output, time, { lengths: memory.lengths, timeSteps: memory.values.shape[0] });
    const { context, weights } = this.attention.apply(output, { ...attended(memory), scoreBias });
    return { output: this.#attentional(context, output), weights };
  }

  /** All steps with input feeding in one kernel. */
  #fused(vectors: tf.Tensor3D, memory: DecoderMemory, { initial, key }: SequenceOptions): DecoderSequence {
    const [timeSteps, batchSize] = vectors.shape;
    const { queryKernel, scoreVector, score, scale } = this.attention;
    const { values, keys, lengths: sourceLengths } = attended(memory);
    const masks = this.#stack.dropoutMasks([timeSteps, batchSize], stackDropout(this.#dropout, key));
    const states = stateFromRecord(initial);
    const layers = this.#stack.layers.map(({ forward }, layer) => ({
      weights: forward.parameters as unknown as TransitionTensors,
      initialState: states[layer]!.forward,
      ...masks[layer],
    }));
    const combineKernel = this.#combine.kernel;
    const initialFeed = initial['feed'] as tf.Tensor2D;
    const asked = { queryKernel, scoreVector, keys, values, sourceLengths };
    return inputFeedingSequence(
      { input: vectors, layers, combineKernel, initialFeed, ...asked },
      { cell: this.#cell, score, scale },
    );
  }

  /** Input feeding step by step, the readable path: what the kernel must equal. */
  steps(vectors: tf.Tensor3D, memory: DecoderMemory, options: SequenceOptions): DecoderSequence {
    return this.#walk(unstackTime(vectors), memory, options);
  }

  /** @param inputs - of each step: what the layers read where h̃ is fed, or else what they wrote */
  #walk(
    inputs: readonly tf.Tensor2D[],
    memory: DecoderMemory,
    { initial, lengths, key }: SequenceOptions,
  ): DecoderSequence {
    const real = unstackTime(tf.expandDims(tf.transpose(maskFromLengths(lengths, inputs.length)), 2));
    const steps: DecoderStep[] = [];
    const losses: tf.Scalar[] = [];
    let state = initial;
    for (const [t, input] of inputs.entries()) {
      const step = this.#feeds
        ? this.#advance(input, memory, { state, dropout: stackDropout(this.#dropout, key, t) })
        : this.#attend(input, memory, state);
      const covered = state['covered'] as tf.Tensor2D | undefined;
      if (covered) losses.push(this.#coverage!.loss(step.weights!, covered, tf.squeeze(real[t]!, [1])));
      state = step.state;
      steps.push(step);
    }
    return {
      output: tf.stack(steps.map((step) => step.output)) as tf.Tensor3D,
      weights: tf.stack(steps.map((step) => step.weights!)) as tf.Tensor3D,
      coverageLoss: losses.length > 0 ? tf.addN(losses) : undefined,
    };
  }

  step(vectors: tf.Tensor2D, memory: DecoderMemory, state: DecoderState): DecoderStep {
    return this.#advance(vectors, memory, { state });
  }

  /** The layers' step, and then the question. */
  #advance(
    vectors: tf.Tensor2D,
    memory: DecoderMemory,
    { state, dropout }: { readonly state: DecoderState; readonly dropout?: ReturnType<typeof stackDropout> },
  ): DecoderStep {
    const input = this.#feeds ? tf.concat([vectors, state['feed'] as tf.Tensor2D], 1) : vectors;
    const { output, state: cells } = stepStack(this.#stack, input, { state: stateFromRecord(state), dropout });
    const step = this.#attend(output, memory, state);
    return { ...step, state: { ...stateToRecord(cells), ...step.state, ...(this.#feeds && { feed: step.output }) } };
  }

  /** What comes after the layers' step. @param output - of the layers, `[rows, hiddenSize]` @returns the state that is not the layers' */
  #attend(output: tf.Tensor2D, memory: DecoderMemory, state: DecoderState): DecoderStep {
    const [timeSteps, batchSize, valueSize] = memory.values.shape;
    const query: tf.Tensor3D = tf.reshape(output, [-1, batchSize, this.outputSize]);
    const covered = state['covered'] as tf.Tensor2D | undefined;
    const time = state['time'] as tf.Tensor2D | undefined;
    const biases = [
      ...(covered ? [hypotheses(this.#coverage!.bias(covered), memory)] : []),
      ...(time
        ? [this.#range!.bias(query, tf.reshape(time, [-1, batchSize, 1]), { lengths: memory.lengths, timeSteps })]
        : []),
    ];
    const scoreBias = biases.length > 1 ? tf.addN(biases) : biases[0];
    const attention = this.attention.apply(query, { ...attended(memory), scoreBias });
    const context: tf.Tensor2D = tf.reshape(attention.context, [-1, valueSize]);
    const weights: tf.Tensor2D = tf.reshape(attention.weights, [-1, timeSteps]);
    return {
      output: this.#attentional(context, output),
      weights,
      state: { ...(covered && { covered: tf.add(covered, weights) }), ...(time && { time: tf.add(time, 1) }) },
    };
  }

  #attentional<T extends tf.Tensor>(context: T, output: T): T {
    return tf.tanh(this.#combine.apply(tf.concat([context, output] as tf.Tensor[], -1)) as T);
  }
}

function createRange({ attention, decoder }: ModelConfig, key: RandomKey): LocalRange | undefined {
  const { range, window } = attention;
  switch (range) {
    case 'global':
      return undefined;
    case 'monotonic':
      return new MonotonicRange({ window });
    case 'predicted':
      return new PredictedRange({ window, hiddenSize: decoder.hiddenSize, key });
  }
}
