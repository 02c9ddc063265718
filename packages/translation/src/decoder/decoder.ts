import type { Attention, CellInitializers, CellState, Parameters, RandomKey } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { DecoderState } from '../types.js';

export interface DecoderOptions {
  readonly model: ModelConfig;
  readonly key: RandomKey;
  /** of the cells */
  readonly initializers?: CellInitializers | undefined;
}

/** What a decoder reads of the sources at every step. */
export interface DecoderMemory {
  /** `[source time, batch, width]` */
  readonly values: tf.Tensor3D;
  /** `[source time, batch, attention size]`; absent without attention */
  readonly keys?: tf.Tensor3D | undefined;
  /** int32 `[batch]` */
  readonly lengths: tf.Tensor1D;
}

export interface SequenceOptions {
  /** of `Decoder.initialState` */
  readonly initial: DecoderState;
  /** int32 `[batch]`, of the targets */
  readonly lengths: tf.Tensor1D;
  /** of dropout; none when absent */
  readonly key: RandomKey | undefined;
}

export interface DecoderSequence {
  /** `[time, batch, outputSize]` */
  readonly output: tf.Tensor3D;
  /** `[time, batch, contextSize]`; absent where the output knows the context already, or without attention */
  readonly context?: tf.Tensor3D | undefined;
  /** `[time, batch, source time]`; absent without attention */
  readonly weights?: tf.Tensor3D | undefined;
  /** of coverage: sum over the batch */
  readonly coverageLoss?: tf.Scalar | undefined;
}

/** The same of one step: `rows` = `[hypothesis, batch]` instead of `[time, batch]`. */
export interface DecoderStep {
  readonly output: tf.Tensor2D;
  readonly context?: tf.Tensor2D | undefined;
  readonly weights?: tf.Tensor2D | undefined;
  readonly state: DecoderState;
}

/** Vectors of target tokens to states that know what was read and written. Inside of `tf.tidy` throughout. */
export interface Decoder {
  readonly parameters: Parameters;
  readonly outputSize: number;
  /** 0 where `context` is absent */
  readonly contextSize: number;
  /** absent without attention */
  readonly attention: Attention | undefined;
  /** @param cells - one state of each layer, `[batch, hiddenSize]` */
  initialState(cells: readonly CellState[], sourceTime: number): DecoderState;
  /** @param vectors - `[time, batch, embeddingSize]` */
  sequence(vectors: tf.Tensor3D, memory: DecoderMemory, options: SequenceOptions): DecoderSequence;
  /** @param vectors - `[rows, embeddingSize]` */
  step(vectors: tf.Tensor2D, memory: DecoderMemory, state: DecoderState): DecoderStep;
}
