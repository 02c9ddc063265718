import * as tf from '@tensorflow/tfjs-core';
import type { CellInitializers } from '../cells/cell-parts.js';
import type { CellState } from '../cells/cell.js';
import { GruCell } from '../cells/gru.js';
import { LstmCell } from '../cells/lstm.js';
import { attentionSequence } from '../ops/attention-sequence.js';
import { hasKernel } from '../ops/has-kernel.js';
import { AttentionSequence } from '../ops/kernel-names.js';
import { countPath } from '../ops/path-counts.js';
import { prefixParameters, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';
import { assertShape } from '../tensors/shapes.js';
import { tidy } from '../tensors/tidy.js';
import type { Attention, AttentionMemory } from './attention.js';
import { unroll } from './unroll.js';

export interface AttentiveLayerOptions {
  readonly cell: 'gru' | 'lstm';
  /** where in a step the attention sits */
  readonly attends: 'before' | 'between';
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly valueSize: number;
  /** its query is the state, `[…, hiddenSize]`; its parameters count as the layer's own */
  readonly attention: Attention;
  readonly key: RandomKey;
  /** of the cells */
  readonly initializers?: CellInitializers | undefined;
}

export interface AttentiveStep {
  readonly state: CellState;
  /** `[rows, valueSize]` */
  readonly context: tf.Tensor2D;
  /** `[rows, sourceTime]` */
  readonly weights: tf.Tensor2D;
}

export interface AttentiveSequenceOptions {
  readonly initialState: CellState;
  readonly memory: AttentionMemory;
  /** `[batch, hiddenSize]`, the same at every step, on h inside the recurrent product of each transition */
  readonly recurrentDropoutMask?: tf.Tensor2D | undefined;
}

export interface AttentiveSequenceResult {
  /** `[time, batch, hiddenSize]` */
  readonly output: tf.Tensor3D;
  /** `[time, batch, valueSize]` */
  readonly contexts: tf.Tensor3D;
  /** `[time, batch, sourceTime]`, zeros past each source's length */
  readonly weights: tf.Tensor3D;
  readonly finalState: CellState;
}

/**
 * A recurrent layer that attends to a memory inside each of its steps.
 *
 *   before:   c_t = attend(s_{t−1})   s_t = cell([x_t, c_t], s_{t−1})
 *   between:  s′ = first(x_t, s_{t−1})   c_t = attend(s′)   s_t = second(c_t, s′)
 *
 * The cells are `GruCell` or `LstmCell`; of an LSTM's state the attention asks with h. 'between' with a GRU is the
 * conditional GRU.
 *
 * Parameters: `cell.…`, or `first.…` and `second.…`, and `attention.…`.
 *
 * @see before: Bahdanau, Cho & Bengio 2015; between: Sennrich et al. 2017 (Nematus)
 */
export class AttentiveLayer {
  readonly parameters: Parameters;
  readonly hiddenSize: number;
  readonly #options: AttentiveLayerOptions;
  /** of 'before', with the context behind the input */
  readonly #first: GruCell | LstmCell;
  readonly #second: GruCell | LstmCell | undefined;

  constructor(options: AttentiveLayerOptions) {
    const { attends, inputSize, valueSize, hiddenSize, attention } = options;
    this.#options = options;
    this.hiddenSize = hiddenSize;
    const between = attends === 'between';
    this.#first = between ? this.#createCell('first', inputSize) : this.#createCell('cell', inputSize + valueSize);
    this.#second = between ? this.#createCell('second', valueSize) : undefined;
    this.parameters = {
      ...prefixParameters(between ? 'first' : 'cell', this.#first.parameters),
      ...(this.#second && prefixParameters('second', this.#second.parameters)),
      ...prefixParameters('attention', attention.parameters),
    };
  }

  #createCell(name: string, inputSize: number): GruCell | LstmCell {
    const { cell, hiddenSize, key, initializers } = this.#options;
    const options = { inputSize, hiddenSize, key: deriveKey(key, name), initializers };
    return cell === 'gru' ? new GruCell(options) : new LstmCell(options);
  }

  /** The state before the first step: zeros, `[batchSize, hiddenSize]`. */
  zeroState(batchSize: number): CellState {
    return this.#first.zeroState(batchSize);
  }

  /**
   * One time step of several rows for each sentence of the memory: row r belongs to sentence r mod batch.
   *
   * @param input - `[rows, inputSize]`, rows a multiple of the memory's batch
   * @param memory - its `scoreBias`, where there is one, is `[rows / batch, batch, sourceTime]`
   * @returns the caller owns the tensors
   */
  step(
    input: tf.Tensor2D,
    state: CellState,
    { recurrentDropoutMask, ...memory }: AttentionMemory & { readonly recurrentDropoutMask?: tf.Tensor2D | undefined },
  ): AttentiveStep {
    const [first, second] = [this.#first, this.#second];
    return tidy(() => {
      if (!second) {
        const { context, weights } = this.#attend(state.h, memory);
        const next = oneStep(first, tf.concat([input, context], 1), { state, recurrentDropoutMask });
        return { state: next, context, weights };
      }
      const middle = oneStep(first, input, { state, recurrentDropoutMask });
      const { context, weights } = this.#attend(middle.h, memory);
      return { state: oneStep(second, context, { state: middle, recurrentDropoutMask }), context, weights };
    });
  }

  #attend(h: tf.Tensor2D, memory: AttentionMemory): Pick<AttentiveStep, 'context' | 'weights'> {
    const [rows, hiddenSize] = h.shape;
    const [sourceTime, batch, valueSize] = memory.values.shape;
    const query: tf.Tensor3D = tf.reshape(h, [rows / batch, batch, hiddenSize]);
    const { context, weights } = this.#options.attention.apply(query, memory);
    return { context: tf.reshape(context, [rows, valueSize]), weights: tf.reshape(weights, [rows, sourceTime]) };
  }

  /**
   * All time steps: in one fused kernel where the engine has it and the memory has no `scoreBias`, otherwise step by step.
   * Both give the same numbers, and gradients through every output, the weights among them.
   *
   * @param input - `[time, batch, inputSize]`; there is no padding: what comes after a sequence's end is computed, too
   * @returns the caller owns the tensors
   * @throws {ShapeError} `shape/mismatch`, naming the argument and the axis
   */
  sequence(input: tf.Tensor3D, options: AttentiveSequenceOptions): AttentiveSequenceResult {
    this.#checkShapes(input, options);
    return tidy(() => {
      if (hasKernel(AttentionSequence) && input.size > 0 && !options.memory.scoreBias)
        return this.#fused(input, options);
      countPath(AttentionSequence, 'steps');
      return this.#steps(input, options);
    });
  }

  #checkShapes(input: tf.Tensor3D, { initialState, memory, recurrentDropoutMask }: AttentiveSequenceOptions): void {
    const { inputSize, hiddenSize, valueSize, attention } = this.#options;
    const [sourceTime, batch] = memory.values.shape;
    assertShape('memory.values', memory.values, { sourceTime: 'any', batch: 'any', valueSize });
    assertShape('memory.keys', memory.keys, { sourceTime, batch, keySize: attention.keySize });
    assertShape('input', input, { time: 'any', batch, inputSize });
    for (const [name, tensor] of Object.entries(initialState)) {
      if (tensor) assertShape(`initialState.${name}`, tensor, { batch, hiddenSize });
    }
    if (memory.lengths) assertShape('memory.lengths', memory.lengths, { batch });
    if (recurrentDropoutMask) assertShape('recurrentDropoutMask', recurrentDropoutMask, { batch, hiddenSize });
  }

  #fused(
    input: tf.Tensor3D,
    { initialState, memory, recurrentDropoutMask }: AttentiveSequenceOptions,
  ): AttentiveSequenceResult {
    const { cell, attends, attention } = this.#options;
    const { output, contexts, weights, finalH, finalC } = attentionSequence(
      {
        input,
        first: this.#first.parameters,
        second: this.#second?.parameters,
        queryKernel: attention.queryKernel,
        scoreVector: attention.scoreVector,
        keys: memory.keys,
        values: memory.values,
        sourceLengths: memory.lengths,
        initialH: initialState.h,
        initialC: initialState.c,
        recurrentDropoutMask,
      },
      { cell, attends, score: attention.score, scale: attention.scale },
    );
    return { output, contexts, weights, finalState: finalC ? { h: finalH, c: finalC } : { h: finalH } };
  }

  /** The readable path: what the kernel must equal. */
  #steps(
    input: tf.Tensor3D,
    { initialState, memory, recurrentDropoutMask }: AttentiveSequenceOptions,
  ): AttentiveSequenceResult {
    const [time, batch, inputSize] = input.shape;
    const [sourceTime, , valueSize] = memory.values.shape;
    const walked: AttentiveStep[] = [];
    let state = initialState;
    for (let t = 0; t < time; t++) {
      const x: tf.Tensor2D = tf.reshape(tf.slice(input, [t, 0, 0], [1, batch, inputSize]), [batch, inputSize]);
      const scoreBias = memory.scoreBias && tf.slice(memory.scoreBias, [t, 0, 0], [1, batch, sourceTime]);
      walked.push(this.step(x, state, { ...memory, scoreBias, recurrentDropoutMask }));
      state = walked.at(-1)!.state;
    }
    const stack = (tensors: tf.Tensor2D[], width: number): tf.Tensor3D =>
      tensors.length > 0 ? (tf.stack(tensors) as tf.Tensor3D) : tf.zeros([0, batch, width]);
    return {
      output: stack(
        walked.map((step) => step.state.h),
        this.hiddenSize,
      ),
      contexts: stack(
        walked.map(({ context }) => context),
        valueSize,
      ),
      weights: stack(
        walked.map(({ weights }) => weights),
        sourceTime,
      ),
      finalState: state,
    };
  }
}

/** A step of a cell, as a sequence of one: a single kernel where the engine has one. */
function oneStep(
  cell: GruCell | LstmCell,
  input: tf.Tensor2D,
  { state, recurrentDropoutMask }: { state: CellState; recurrentDropoutMask: tf.Tensor2D | undefined },
): CellState {
  const options = { initialState: state, recurrentDropoutMask } as object;
  const { finalState }: { finalState: CellState } =
    cell instanceof GruCell
      ? unroll(cell, tf.expandDims(input, 0), options)
      : unroll(cell, tf.expandDims(input, 0), options);
  return finalState;
}
