import {
  createCell,
  deriveKey,
  Stack,
  stateFromRecord,
  stateToRecord,
  type CellState,
  type RandomKey,
  type StackDropout,
  type StackState,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { DecoderState } from '../types.js';
import type {
  Decoder,
  DecoderMemory,
  DecoderSequence,
  DecoderStep,
  SequenceOptions,
  DecoderOptions,
} from './decoder.js';

/**
 * Recurrent layers that know of the source what they begin with.
 *
 *   s = stack(y, s₀)
 *
 * @see Sutskever, Vinyals & Le 2014; Cho et al. 2014
 */
export class PlainDecoder implements Decoder {
  readonly outputSize: number;
  readonly contextSize = 0;
  readonly attention = undefined;
  readonly parameters;
  readonly #stack: Stack;
  readonly #dropout: ModelConfig['dropout'];

  constructor({ model, key, initializers }: DecoderOptions) {
    const { layers } = model.decoder;
    this.#stack = createDecoderStack(model, { inputSize: model.embeddingSize, layers, key, initializers });
    this.outputSize = this.#stack.outputSize;
    this.parameters = this.#stack.parameters;
    this.#dropout = model.dropout;
  }

  initialState(cells: readonly CellState[]): DecoderState {
    return cellsToRecord(cells);
  }

  sequence(vectors: tf.Tensor3D, _memory: DecoderMemory, { initial, lengths, key }: SequenceOptions): DecoderSequence {
    const { output } = this.#stack.applyTimeMajor(vectors, {
      initialState: stateFromRecord(initial),
      lengths,
      dropout: stackDropout(this.#dropout, key),
    });
    return { output };
  }

  step(vectors: tf.Tensor2D, _memory: DecoderMemory, state: DecoderState): DecoderStep {
    const { output, state: next } = stepStack(this.#stack, vectors, { state: stateFromRecord(state) });
    return { output, state: stateToRecord(next) };
  }
}

interface StackSizes extends Omit<DecoderOptions, 'model'> {
  readonly inputSize: number;
  readonly layers: number;
}

/** Layers of the decoder's cell in one direction. */
export function createDecoderStack(
  { decoder }: ModelConfig,
  { inputSize, layers, key, initializers }: StackSizes,
): Stack {
  return new Stack({
    inputSize,
    hiddenSize: decoder.hiddenSize,
    layers,
    key: deriveKey(key, 'stack'),
    createCell: (options) => createCell(decoder.cell, { ...options, initializers }),
  });
}

/** One step of a stack. @param input - `[rows, inputSize]` */
export function stepStack(
  stack: Stack,
  input: tf.Tensor2D,
  { state, dropout }: { readonly state: StackState; readonly dropout?: StackDropout | undefined },
): { readonly output: tf.Tensor2D; readonly state: StackState } {
  const { output, finalState } = stack.applyTimeMajor(tf.expandDims(input, 0), { initialState: state, dropout });
  return { output: tf.squeeze<tf.Tensor2D>(output, [0]), state: finalState };
}

/** Dropout inside the decoder's layers. */
export function stackDropout(
  { kind, layers, recurrent }: ModelConfig['dropout'],
  key: RandomKey | undefined,
  firstStep = 0,
): StackDropout | undefined {
  return (
    key && { key: deriveKey(key, 'stack'), betweenLayers: layers, locked: kind === 'locked', recurrent, firstStep }
  );
}

/** A state of each layer by name: `layers.0.forward.h` and so on. */
export function cellsToRecord(cells: readonly CellState[]): Record<string, tf.Tensor2D> {
  return stateToRecord(cells.map((forward) => ({ forward })));
}
