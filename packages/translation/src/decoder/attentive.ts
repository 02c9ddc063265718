import {
  Attention,
  AttentiveLayer,
  deriveKey,
  dropoutMask,
  maskFromLengths,
  prefixParameters,
  stateFromRecord,
  stateToRecord,
  type CellState,
  type RandomKey,
  type Stack,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { Coverage } from '../attention/coverage.js';
import type { ModelConfig } from '../config.js';
import { drop } from '../token-vectors.js';
import type { DecoderState } from '../types.js';
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
 * A layer that attends inside of its step, before its transition or between two of them, and further layers on top.
 *
 *   s, c = attentive layer(y)      s = stack(dropout(s))
 *
 * Parameters: `attentive.…` of the layer with its attention, `layers.0.forward.…` of the layers on top, `coverage.weight`.
 *
 * @see before: Bahdanau, Cho & Bengio 2015; between: Sennrich et al. 2017
 */
export class AttentiveDecoder implements Decoder {
  readonly outputSize: number;
  readonly contextSize: number;
  readonly attention: Attention;
  readonly parameters;
  readonly #layer: AttentiveLayer;
  readonly #top: Stack | undefined;
  readonly #coverage: Coverage | undefined;
  readonly #dropout: ModelConfig['dropout'];

  constructor({ model, valueSize, key, initializers }: DecoderOptions & { readonly valueSize: number }) {
    const { cell, hiddenSize, layers } = model.decoder;
    this.attention = createAttention(model, { valueSize, key });
    this.#layer = new AttentiveLayer({
      cell,
      attends: model.decoder.attends === 'before' ? 'before' : 'between',
      inputSize: model.embeddingSize,
      hiddenSize,
      valueSize,
      attention: this.attention,
      key: deriveKey(key, 'attentive'),
      initializers,
    });
    const top = { inputSize: hiddenSize, layers: layers - 1, key, initializers };
    this.#top = layers > 1 ? createDecoderStack(model, top) : undefined;
    this.#coverage = model.attention.coverage.enabled ? new Coverage({ key: deriveKey(key, 'coverage') }) : undefined;
    this.#dropout = model.dropout;
    this.outputSize = hiddenSize;
    this.contextSize = valueSize;
    this.parameters = {
      ...prefixParameters('attentive', this.#layer.parameters),
      ...this.#top?.parameters,
      ...(this.#coverage && prefixParameters('coverage', this.#coverage.parameters)),
    };
  }

  initialState(cells: readonly CellState[], sourceTime: number): DecoderState {
    const record = cellsToRecord(cells);
    return this.#coverage ? { ...record, covered: tf.zeros([cells[0]!.h.shape[0], sourceTime]) } : record;
  }

  sequence(vectors: tf.Tensor3D, memory: DecoderMemory, options: SequenceOptions): DecoderSequence {
    const { initial, lengths, key } = options;
    const { first, rest } = splitState(initial);
    const recurrentDropoutMask = this.#recurrentMask(vectors.shape[1], key);
    const attentive = { initialState: first, memory: attended(memory), recurrentDropoutMask };
    const { output, contexts, weights, coverageLoss } = this.#coverage
      ? this.#walk(vectors, attentive, { coverage: this.#coverage, lengths })
      : { ...this.#layer.sequence(vectors, attentive), coverageLoss: undefined };
    const top = this.#top?.applyTimeMajor(drop(output, 'layers', { dropout: this.#dropout, key }), {
      initialState: rest,
      lengths,
      dropout: stackDropout(this.#dropout, key),
    });
    return { output: top?.output ?? output, context: contexts, weights, coverageLoss };
  }

  /** With coverage every step's scores need the weights of those before, so time is walked here. */
  #walk(
    vectors: tf.Tensor3D,
    { initialState, memory, recurrentDropoutMask }: Parameters<AttentiveLayer['sequence']>[1],
    { coverage, lengths }: { readonly coverage: Coverage; readonly lengths: tf.Tensor1D },
  ) {
    const [timeSteps, batchSize] = vectors.shape;
    const real = tf.unstack(tf.transpose(maskFromLengths(lengths, timeSteps))) as tf.Tensor1D[];
    const steps = [];
    const losses: tf.Scalar[] = [];
    let state = initialState;
    let covered: tf.Tensor2D = tf.zeros([batchSize, memory.values.shape[0]]);
    for (const [t, input] of unstackTime(vectors).entries()) {
      const scoreBias: tf.Tensor3D = tf.expandDims(coverage.bias(covered), 0);
      const step = this.#layer.step(input, state, { ...memory, scoreBias, recurrentDropoutMask });
      losses.push(coverage.loss(step.weights, covered, real[t]!));
      covered = tf.add(covered, step.weights);
      state = step.state;
      steps.push(step);
    }
    return {
      output: tf.stack(steps.map((step) => step.state.h)) as tf.Tensor3D,
      contexts: tf.stack(steps.map((step) => step.context)) as tf.Tensor3D,
      weights: tf.stack(steps.map((step) => step.weights)) as tf.Tensor3D,
      coverageLoss: tf.addN(losses),
    };
  }

  step(vectors: tf.Tensor2D, memory: DecoderMemory, state: DecoderState): DecoderStep {
    const { first, rest } = splitState(state);
    const covered = state['covered'] as tf.Tensor2D | undefined;
    const scoreBias = covered && hypotheses(this.#coverage!.bias(covered), memory);
    const { context, weights, state: next } = this.#layer.step(vectors, first, { ...attended(memory), scoreBias });
    const top = this.#top && stepStack(this.#top, next.h, { state: rest });
    return {
      output: top?.output ?? next.h,
      context,
      weights,
      state: {
        ...stateToRecord([{ forward: next }, ...(top?.state ?? [])]),
        ...(covered && { covered: tf.add(covered, weights) }),
      },
    };
  }

  #recurrentMask(batchSize: number, key: RandomKey | undefined): tf.Tensor2D | undefined {
    const rate = this.#dropout.recurrent;
    if (!key || rate === 0) return undefined;
    return dropoutMask([batchSize, this.outputSize], { rate, key: deriveKey(key, 'recurrent') }) as tf.Tensor2D;
  }
}

/** @throws {ConfigError} for dot products of different widths */
export function createAttention(
  { attention, decoder }: ModelConfig,
  { valueSize, key }: { readonly valueSize: number; readonly key: RandomKey },
): Attention {
  return new Attention({
    kind: attention.kind === 'none' ? 'additive' : attention.kind,
    querySize: decoder.hiddenSize,
    valueSize,
    size: attention.size || decoder.hiddenSize,
    key: deriveKey(key, 'attention'),
  });
}

/** A memory that has keys. */
export function attended({ keys, values, lengths }: DecoderMemory) {
  return { keys: keys!, values, lengths };
}

/** `[rows, source time]` to `[hypothesis, batch, source time]`. */
export function hypotheses(rows: tf.Tensor2D, { values }: DecoderMemory): tf.Tensor3D {
  return tf.reshape(rows, [-1, values.shape[1], values.shape[0]]);
}

/** `[time, batch, size]` as one tensor for each step. */
export function unstackTime(sequence: tf.Tensor3D): tf.Tensor2D[] {
  // tfjs 4.22 cannot differentiate an unstack with a single output
  return sequence.shape[0] === 1 ? [tf.squeeze(sequence, [0])] : (tf.unstack(sequence) as tf.Tensor2D[]);
}

function splitState(state: DecoderState) {
  const [first, ...rest] = stateFromRecord(state);
  return { first: first!.forward, rest };
}
