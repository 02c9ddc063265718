import * as tf from '@tensorflow/tfjs-core';
import { addGradients, disposeGradient, type Gradient } from '../optimizers/gradient.js';
import { keepBuffers, type BufferValues } from './buffers.js';
import { disposeState, keepState } from './carried-state.js';
import { differentiate } from './differentiate.js';
import type { CarriedState, LossContext, Task } from './task.js';

/** One for each variable, in order; `undefined` = none. */
export type Gradients = readonly (Gradient | undefined)[];

export interface BatchGradients {
  readonly lossSum: number;
  readonly count: number;
  /** the caller owns them */
  readonly gradients: Gradients;
  /** after the batch; the caller owns it */
  readonly state: CarriedState | undefined;
  /** what the task's buffers are after the batch; the caller owns them */
  readonly buffers: BufferValues;
}

export interface BatchGradientsOptions extends LossContext {
  /** a batch that would keep more is walked in pieces; 0 = never */
  readonly activationBytes: number;
}

/**
 * The gradients of the loss sum of one batch.
 *
 * With `activationBytes` the batch is cut along time. A first pass without gradients keeps only the states between the
 * pieces, sₖ₊₁ = f(sₖ, xₖ); then, from the last piece to the first, each is computed once more with its gradients,
 *
 *   ∂(loss(sₖ, xₖ) + ⟨dₖ₊₁, f(sₖ, xₖ)⟩) / ∂(weights, sₖ)   with the state's gradient dₖ₊₁ from the piece after it,
 *
 * which is the gradient of the whole, for one more forward pass.
 *
 * @see Chen, Xu, Zhang & Guestrin 2016, "Training deep nets with sublinear memory cost"; Gruslys, Munos, Danihelka,
 *   Lanctot & Graves 2016, "Memory-efficient backpropagation through time"
 */
export function batchGradients<Batch>(
  task: Task<Batch>,
  batch: Batch,
  { activationBytes, ...context }: BatchGradientsOptions,
): BatchGradients {
  const pieces = cutBatch(task, batch, activationBytes);
  const borders = borderStates(task, pieces, context);
  const total = { lossSum: 0, count: 0 };
  let gradients: Gradients = [];
  let state: CarriedState | undefined;
  let dState: CarriedState | undefined;
  let buffers: BufferValues = {};
  try {
    for (const [k, piece] of [...pieces.entries()].toReversed()) {
      const before = borders[k];
      const pieceContext = { ...context, ...(before && { state: before }) };
      const part = pieceGradients(task, piece, { context: pieceContext, dState, isFirst: k === 0 });
      disposeState(dState);
      ({ dState } = part);
      if (k === pieces.length - 1) ({ state, buffers } = part);
      else disposeState(part.state);
      gradients = sumGradients(task, gradients, part.gradients);
      total.lossSum += part.lossSum;
      total.count += part.count;
    }
    return { ...total, gradients, state, buffers };
  } finally {
    disposeState(dState);
    borders.slice(1).forEach(disposeState);
  }
}

/** Position by position; the addends are disposed. */
export function sumGradients<Batch>({ parameters }: Task<Batch>, sums: Gradients, addends: Gradients): Gradients {
  return Object.values(parameters).map(({ shape }, i) => {
    const [sum, addend] = [sums[i], addends[i]];
    return sum && addend ? addGradients(sum, addend, shape) : (sum ?? addend);
  });
}

export function disposeGradients(gradients: Gradients): void {
  gradients.forEach((gradient) => gradient && disposeGradient(gradient));
}

/** The batch, or its pieces in order where `activationBytes` asks for them and the task can give them. */
export function cutBatch<Batch>(task: Task<Batch>, batch: Batch, activationBytes: number): readonly Batch[] {
  return activationBytes > 0 && task.inPieces ? task.inPieces.cut(batch, activationBytes) : [batch];
}

/** The state before each piece: the caller's, then those between the pieces, which the caller disposes. */
function borderStates<Batch>(
  { inPieces }: Task<Batch>,
  pieces: readonly Batch[],
  context: LossContext,
): (CarriedState | undefined)[] {
  const borders = [context.state];
  for (const piece of pieces.slice(0, -1)) {
    const state = borders.at(-1);
    tf.tidy(() => {
      borders.push(keepState(inPieces!.state(piece, { ...context, ...(state && { state }) })));
    });
  }
  return borders;
}

interface PieceOptions {
  readonly context: LossContext;
  /** the gradient of the state after the piece; absent for the last */
  readonly dState: CarriedState | undefined;
  /** no gradient leaves the batch through the state before its first piece */
  readonly isFirst: boolean;
}

function pieceGradients<Batch>(task: Task<Batch>, piece: Batch, { context, dState, isFirst }: PieceOptions) {
  let state: CarriedState | undefined;
  let buffers: BufferValues = {};
  let [lossSum, count] = [0, 0];
  const compute = () => {
    const loss = task.loss(piece, context);
    ({ count } = loss);
    lossSum = loss.sum.dataSync()[0]!;
    state = keepState(loss.state);
    buffers = keepBuffers(loss.buffers);
    return dState ? addProducts(loss.sum, dState, loss.state!) : loss.sum;
  };
  const before = isFirst ? {} : context.state!;
  const { value, gradients, others } = differentiate(compute, Object.values(task.parameters), Object.values(before));
  value.dispose();
  const entries = Object.keys(before).flatMap((name, i) => (others[i] ? [[name, others[i]] as const] : []));
  return { lossSum, count, state, buffers, gradients, dState: Object.fromEntries(entries) };
}

/** sum + Σ ⟨dₙ, sₙ⟩ over the states' names n that have a gradient. */
function addProducts(sum: tf.Scalar, dState: CarriedState, state: CarriedState): tf.Scalar {
  const products = Object.entries(dState).map(([name, d]) => tf.sum<tf.Scalar>(tf.mul(d, state[name]!)));
  return products.reduce((total, product) => tf.add(total, product), sum);
}
