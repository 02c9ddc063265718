import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * The contracts of the fused kernels: names, inputs, outputs and attributes. An engine implements and registers them
 * under these names; whoever uses one asks `hasKernel` and otherwise walks the readable path.
 *
 * Everything is time-major and row-major float32 unless said otherwise. Gate order is i f g o (LSTM) and r z n (GRU).
 * T time steps, B sequences, I input size, H hidden size, V vocabulary size, N rows.
 *
 * Steps past a sequence's length give zeros in `output` and carry the state unchanged; length 0 returns the initial
 * state. With `reverse` time is walked from T − 1 down to 0, so the padding comes first and leaves the initial state.
 */
export const RnnSequence = 'RnnSequence';
export const RnnSequenceGrad = 'RnnSequenceGrad';
export const LstmSequence = 'LstmSequence';
export const LstmSequenceGrad = 'LstmSequenceGrad';
export const GruSequence = 'GruSequence';
export const GruSequenceGrad = 'GruSequenceGrad';
export const BidirectionalSequence = 'BidirectionalSequence';
export const BidirectionalSequenceGrad = 'BidirectionalSequenceGrad';
export const AttentionSequence = 'AttentionSequence';
export const AttentionSequenceGrad = 'AttentionSequenceGrad';
export const InputFeedingSequence = 'InputFeedingSequence';
export const InputFeedingSequenceGrad = 'InputFeedingSequenceGrad';
export const LinearCrossEntropy = 'LinearCrossEntropy';
export const OptimizerStep = 'OptimizerStep';
export const DropoutMask = 'DropoutMask';
export const StackStepper = 'StackStepper';
export const SumRowsByIndex = 'SumRowsByIndex';
export const GruFanOut = 'GruFanOut';
export const GruFanOutGrad = 'GruFanOutGrad';
export const SoftAttention = 'SoftAttention';
export const SoftAttentionGrad = 'SoftAttentionGrad';
export const CrfLogLikelihood = 'CrfLogLikelihood';
export const CrfLogLikelihoodGrad = 'CrfLogLikelihoodGrad';
export const CrfForwardBackward = 'CrfForwardBackward';
export const CrfViterbi = 'CrfViterbi';
export const CtcLoss = 'CtcLoss';
export const CtcLossGrad = 'CtcLossGrad';

interface SequenceInputs {
  /** `[T, B, I]` */
  input: TensorInfo;
  /** `[I, G·H]` */
  inputKernel: TensorInfo;
  /** `[H, G·H]` */
  recurrentKernel: TensorInfo;
  /** `[G·H]` */
  bias: TensorInfo;
  /** `[B, H]` */
  initialH: TensorInfo;
  /** int32 `[B]`, each 0 … T; all T when absent */
  lengths?: TensorInfo;
  /** `[B, H]`, multiplies h before the recurrent product only; not differentiated */
  recurrentDropoutMask?: TensorInfo;
}

export interface SequenceAttributes {
  reverse: boolean;
}

/** h′ = φ(x·W + h·R + b). Outputs: output `[T, B, H]`, finalH `[B, H]`. */
export type RnnSequenceInputs = SequenceInputs;
export interface RnnSequenceAttributes extends SequenceAttributes {
  activation: 'tanh' | 'relu';
}

/**
 * Outputs: output `[T, B, H]`, finalH, finalC `[B, H]`, and for the gradient kernel alone gates `[T, B, 4H]` (activated
 * i f g o) and cells `[T, B, H]`, whose rows an engine may order as it likes where there is padding.
 */
export interface LstmSequenceInputs extends SequenceInputs {
  /** `[B, H]` */
  initialC: TensorInfo;
}

/** Outputs: output `[T, B, H]`, finalH `[B, H]`, and for the gradient kernel alone gates `[T, B, 4H]` (r, z, n, and h·R_n + rb_n). */
export interface GruSequenceInputs extends SequenceInputs {
  /** `[3H]` */
  recurrentBias: TensorInfo;
}

/**
 * What a gradient kernel gets besides the inputs of its forward kernel, and what it gives back: the gradients of
 * input, inputKernel, recurrentKernel, bias, (recurrentBias,) initialH(, initialC), in this order. Its attributes are
 * those of the forward kernel and `SequenceGradAttributes`.
 */
export interface SequenceGradAttributes {
  /** false where nothing that is learned leads to `input`: its gradient is then missing from the outputs */
  inputGradient: boolean;
}
interface SequenceGradInputs {
  output: TensorInfo;
  /** `[T, B, H]` */
  dOutput: TensorInfo;
  /** `[B, H]` */
  dFinalH: TensorInfo;
}
export type RnnSequenceGradInputs = RnnSequenceInputs & SequenceGradInputs;
export type LstmSequenceGradInputs = LstmSequenceInputs &
  SequenceGradInputs & { gates: TensorInfo; cells: TensorInfo; dFinalC: TensorInfo };
export type GruSequenceGradInputs = GruSequenceInputs & SequenceGradInputs & { gates: TensorInfo };

/**
 * Both directions of a layer of one kind of cell, side by side: two walks of that cell's own kernel over the same input.
 *
 * Inputs: `input` and `lengths`, and the rest of the cell's inputs for each direction, as `bias.forward` and
 * `bias.backward`. Outputs: output `[T, B, 2H]`, forward beside backward, then the final states of forward and of
 * backward, then what the gradient kernel needs of each. The gradient kernel gets dOutput `[T, B, 2H]`,
 * `dFinalH.forward` and so on, and gives the gradients of `input` (the sum of both), of forward and of backward.
 */
export interface BidirectionalSequenceAttributes {
  cell: 'elman' | 'lstm' | 'gru';
  /** of elman cells */
  activation?: 'tanh' | 'relu';
}

/**
 * A recurrent layer that attends inside its step; `AttentiveLayer` has the equations. S source steps, A key size, V value
 * size besides; no padding in time.
 *
 * Inputs: input `[T, B, I]`; of each transition `first.inputKernel`, `first.recurrentKernel`, `first.bias` and, of a GRU,
 * `first.recurrentBias`, with `attends` 'before' the input kernel being `[I + V, G·H]`, with 'between' `[I, G·H]` and
 * `second.inputKernel` `[V, G·H]` and so on; queryKernel `[H, A]` (absent: A = H), scoreVector `[A]` (of additive scores),
 * keys `[S, B, A]`, values `[S, B, V]`, initialH and, of an LSTM, initialC `[B, H]`; not differentiated, and may be absent:
 * sourceLengths int32 `[B]`, recurrentDropoutMask `[B, H]`.
 *
 * Outputs: output `[T, B, H]`, contexts `[T, B, V]`, weights `[T, B, S]`, finalH(, finalC), and workspace, which the gradient
 * kernel alone reads. That gets output, contexts, weights, workspace and the gradients of all other outputs besides, as
 * dOutput and so on, and gives the gradients of the inputs in the order above.
 */
export interface AttentionSequenceAttributes {
  cell: 'gru' | 'lstm';
  attends: 'before' | 'between';
  /** additive: v·tanh(q + k); dot: scale·(q·k) */
  score: 'additive' | 'dot';
  /** of dot scores */
  scale: number;
}

/**
 * A stack of recurrent layers whose top state attends, and whose attentional state the next step reads; `inputFeedingSequence`
 * has the equations. Sizes as in `AttentionSequenceAttributes`; the layers are counted in the names, from `0.` on.
 *
 * Inputs: input `[T, B, I]`; of each layer `0.inputKernel` (of the first `[I + H, G·H]`, else `[H, G·H]`), `0.recurrentKernel`,
 * `0.bias`, of a GRU `0.recurrentBias`, `0.initialH` and, of an LSTM, `0.initialC`; queryKernel `[H, A]` (absent: A = H),
 * combineKernel `[V + H, H]`, initialFeed `[B, H]`, scoreVector, keys, values; not differentiated, and may be absent: sourceLengths,
 * `0.recurrentMask` `[B, H]`, `1.inputMask` `[T, B, H]`.
 *
 * Outputs: output `[T, B, H]`, weights `[T, B, S]`, and workspace, which the gradient kernel alone reads. That gets these three,
 * dOutput and dWeights besides, and gives the gradients of the inputs in the order above.
 */
export interface InputFeedingAttributes {
  cell: 'gru' | 'lstm';
  layers: number;
  score: 'additive' | 'dot';
  /** of dot scores */
  scale: number;
}

/**
 * One step of a GRU from each of N states, with S inputs each, after both matrix products (`gruFanOut` has the
 * equations). Output: h′ `[N·S, H]`, whose row i has state ⌊i / S⌋ and input i mod M.
 *
 * The gradient kernel gets dOutput `[N·S, H]` besides, and gives the gradients of the three inputs.
 */
export interface GruFanOutInputs {
  /** `[M, 3H]`, M a multiple of S */
  inputProducts: TensorInfo;
  /** `[N, 3H]` */
  stateProducts: TensorInfo;
  /** `[N, H]` */
  state: TensorInfo;
}
export interface GruFanOutAttributes {
  /** S */
  fanOut: number;
}

/**
 * Attention of Q queries a sequence over S source time steps; `attention` has the equations, and what comes of a sequence
 * without a permitted place. Outputs: context `[Q, B, W]`, weights `[Q, B, S]`.
 *
 * The gradient kernel gets weights, dContext `[Q, B, W]` and dWeights `[Q, B, S]` besides, and gives the gradients of query, keys,
 * values, (scoreVector,) (scoreBias), in this order.
 */
export interface SoftAttentionInputs {
  /** `[Q, B, A]` */
  query: TensorInfo;
  /** `[S, B, A]` */
  keys: TensorInfo;
  /** `[S, B, W]` */
  values: TensorInfo;
  /** `[A]`, of an additive score */
  scoreVector?: TensorInfo;
  /** int32 `[B]`, each 0 … S; all S when absent */
  lengths?: TensorInfo;
  /** `[Q, B, S]` */
  scoreBias?: TensorInfo;
}
export interface SoftAttentionAttributes {
  score: 'additive' | 'dot';
  /** of a score of dot; not read otherwise */
  scale: number;
}

/**
 * Softmax cross-entropy of a linear layer, in nats, without keeping the logits.
 *
 * Outputs: losses `[N]` (times the mask), sum, count (the sum of the mask) as scalars and, `withGradient`, the
 * gradients of `sum` for hidden, kernel and (where there is one) bias.
 */
export interface LinearCrossEntropyInputs {
  /** `[N, H]` */
  hidden: TensorInfo;
  /** `[H, V]`, or `[V, H]` with `transposeKernel` (an embedding that is tied to the output) */
  kernel: TensorInfo;
  /** `[V]` */
  bias?: TensorInfo;
  /** int32 `[N]` */
  targets: TensorInfo;
  /** float32 `[N]`: 1 = real, 0 = padding; other values weigh the row */
  mask?: TensorInfo;
}
export interface LinearCrossEntropyAttributes {
  /** ε: the target distribution is (1 − ε)·onehot + ε / V */
  labelSmoothing: number;
  transposeKernel: boolean;
  withGradient: boolean;
}

/**
 * Scores of a linear-chain conditional random field with K tags; what is at most `forbiddenLimit` forbids. `crfForwardBackward`
 * has the equations, and what comes of it for lengths of 0 and where no row of tags is permitted.
 *
 * CrfForwardBackward's outputs: marginals, forward, backward `[T, B, K]`, logPartition `[B]`.
 */
export interface CrfInputs {
  /** `[T, B, K]`, K at least 1 */
  emissions: TensorInfo;
  /** `[K, K]`, row = from */
  transitions: TensorInfo;
  /** `[K]` */
  start: TensorInfo;
  /** `[K]` */
  end: TensorInfo;
  /** int32 `[B]`, each 0 … T */
  lengths: TensorInfo;
}

/**
 * Output of CrfLogLikelihood: `[B]`. CrfLogLikelihoodGrad gets dLogLikelihood `[B]` besides and gives the gradients of
 * emissions, transitions, start and end.
 */
export interface CrfLogLikelihoodInputs extends CrfInputs {
  /** int32 `[T, B]`, −1 where the tag is not known */
  tags: TensorInfo;
}

/** CrfViterbi, outputs: tags int32 `[N, T, B]`, scores `[N, B]`. */
export interface CrfViterbiAttributes {
  /** N, at least 1 */
  nBest: number;
}

/**
 * Connectionist temporal classification with C symbols. Outputs of CtcLoss: losses `[B]`, +∞ for labels that need more frames than there
 * are; withGradient: occupancy `[T, B, M + 1]`, what CtcLossGrad needs: p(a frame is a blank | labels) and p(it is label i | labels), zeros in
 * padding. CtcLossGrad gets losses, occupancy and dLosses `[B]` besides and gives the gradient of logits.
 */
export interface CtcLossInputs {
  /** `[T, B, C]`, before the softmax; what stands in padding is not read */
  logits: TensorInfo;
  /** int32 `[B, M]`, padded with anything */
  labels: TensorInfo;
  /** int32 `[B]`, each 0 … M */
  labelLengths: TensorInfo;
  /** int32 `[B]`, each 0 … T */
  lengths: TensorInfo;
}
export interface CtcLossAttributes {
  /** id of the symbol that says nothing; no label */
  blank: number;
  withGradient: boolean;
}

/** One parameter of an update: same shape for all tensors but `rows`; `slots` are the moments that the rule keeps. */
export interface ParameterUpdate {
  parameter: TensorInfo;
  gradient: TensorInfo;
  /**
   * int32 `[R]`, ascending and each once: `gradient` is `[R, C]` and holds these rows of the gradient of `parameter`
   * `[V, C]`, all others being zero (`SumRowsByIndex` makes such a pair). Absent: the gradient is dense.
   */
  rows?: TensorInfo;
  slots: readonly TensorInfo[];
  /** multiplies the learning rate */
  learningRateScale: number;
  /** added to the clipped gradient: l1·sign(w) + l2·w */
  l1: number;
  l2: number;
  /** decoupled decay (AdamW): w ← w − learningRate·weightDecay·w */
  weightDecay: number;
  /** the norm of a unit's incoming weights (a column) is held at or below it; 0 = off */
  maxNorm: number;
}

/** The rules that OptimizerStep knows, with PyTorch's formulas. Slots: momentum 1, rmsprop 1 or 2, adam 2. */
export type OptimizerRule =
  | { name: 'sgd' }
  | { name: 'momentum'; momentum: number; nesterov: boolean }
  | { name: 'rmsprop'; decay: number; epsilon: number; momentum: number }
  | { name: 'adam'; beta1: number; beta2: number; epsilon: number };

/**
 * All updates of one step in one call. Gradients are multiplied by `gradientScale`, clipped by global norm, then by
 * value (0 = off), and applied in place; if the norm is not finite nothing is changed.
 *
 * Called directly through `getKernel`, since lists of tensors are no tfjs inputs; `result` receives the global norm of
 * the scaled gradients before clipping.
 */
export interface OptimizerStepAttributes {
  updates: readonly ParameterUpdate[];
  rule: OptimizerRule;
  /** 1 for the first update: bias correction */
  step: number;
  learningRate: number;
  gradientScale: number;
  clipNorm: number;
  clipValue: number;
  result: { gradientNorm: number };
}

/**
 * The gradient of picking rows by index, without a table of all rows: the sum of the values of each index.
 *
 * Outputs: rows int32 `[R]`, the indices that occur, ascending and each once; sums float32 `[R, C]`.
 */
export interface SumRowsByIndexInputs {
  /** int32 `[N]`, none negative */
  indices: TensorInfo;
  /** `[N, C]` */
  values: TensorInfo;
}

/**
 * 0 with probability `rate`, otherwise 1 / (1 − rate): `uniform(key, size, offset) >= rate` of tensors/random.ts, bit for
 * bit.
 */
export interface DropoutMaskAttributes {
  shape: readonly number[];
  rate: number;
  key: readonly [number, number];
  /** numbers of the key that come before these */
  offset: number;
}

/** Weights of one layer; the equations are those of the cell classes. */
export interface StepLayerWeights {
  cell: 'lstm' | 'gru' | 'elman-tanh' | 'elman-relu';
  /** `[I, G·H]`, above the first layer `[H, G·H]` */
  inputKernel: TensorInfo;
  /** `[H, G·H]` */
  recurrentKernel: TensorInfo;
  /** `[G·H]` */
  bias: TensorInfo;
  /** `[3H]`, of a GRU alone */
  recurrentBias?: TensorInfo;
}

/**
 * Prepares a stack, an embedding and a head for steps of B rows. Called directly through `getKernel`, like OptimizerStep;
 * `result` receives the stepper. Weights are read at once and kept in the engine's own order and precision.
 */
export interface StackStepperAttributes {
  batchSize: number;
  layers: readonly StepLayerWeights[];
  /** what an input is: a vector, an id that stands for a one-hot vector, or an id of a row of `table` `[ids, I]` */
  input: { kind: 'vector' } | { kind: 'one-hot' } | { kind: 'embedded'; table: TensorInfo };
  /** kernel `[H, V]`, or `[V, H]` with `transposeKernel`; bias `[V]`. Absent: the output is the hidden vector. */
  head?: { kernel: TensorInfo; transposeKernel: boolean; bias?: TensorInfo | undefined } | undefined;
  result: { stepper?: KernelStepper };
}

export interface KernelStepper {
  /**
   * One time step of all rows.
   *
   * @param input - int32 `[B]` ids, or float32 `[B, I]`
   * @param state - read and replaced: for each layer h `[B, H]` and, of an LSTM, then c `[B, H]`
   * @param output - `[B, V]` or `[B, H]`, to be filled; absent where nobody needs it
   */
  run(input: Int32Array | Float32Array, state: Float32Array, output?: Float32Array): void;
  /** Frees the weights; nothing else may be called afterwards. */
  dispose(): void;
}
