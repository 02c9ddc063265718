import type { CtcFunctions } from './ctc-functions.js';
/**
 * What every sequence function begins with; shapes are those of `SequenceInputs` in core's kernel names. Rows of `output`
 * and `dOutput` begin `outputStride` numbers apart, so that two walks can write beside each other.
 */
export type SequenceArguments = [
  timeSteps: number,
  batchSize: number,
  inputSize: number,
  hiddenSize: number,
  reverse: boolean,
  input: Float32Array,
  inputKernel: Float32Array,
  recurrentKernel: Float32Array,
  bias: Float32Array,
  initialH: Float32Array,
  lengths: Int32Array | null,
  recurrentDropoutMask: Float32Array | null,
  outputStride: number,
];

/** Where the gradients go; without `dInput` that product is saved. */
export type SequenceGradients = [
  dInput: Float32Array | null,
  dInputKernel: Float32Array,
  dRecurrentKernel: Float32Array,
  dBias: Float32Array,
  dInitialH: Float32Array,
];

export type RnnWalk = [...SequenceArguments, activation: 'tanh' | 'relu', output: Float32Array, finalH: Float32Array];
export type RnnWalkBack = [
  ...SequenceArguments,
  activation: 'tanh' | 'relu',
  output: Float32Array,
  dOutput: Float32Array,
  dFinalH: Float32Array,
  ...SequenceGradients,
];
export type LstmWalk = [
  ...SequenceArguments,
  initialC: Float32Array,
  output: Float32Array,
  finalH: Float32Array,
  finalC: Float32Array,
  gates: Float32Array,
  cells: Float32Array,
];
export type LstmWalkBack = [
  ...SequenceArguments,
  initialC: Float32Array,
  output: Float32Array,
  gates: Float32Array,
  cells: Float32Array,
  dOutput: Float32Array,
  dFinalH: Float32Array,
  dFinalC: Float32Array,
  ...SequenceGradients,
  dInitialC: Float32Array,
];
export type GruWalk = [
  ...SequenceArguments,
  recurrentBias: Float32Array,
  output: Float32Array,
  finalH: Float32Array,
  gates: Float32Array,
];
export type GruWalkBack = [
  ...SequenceArguments,
  recurrentBias: Float32Array,
  output: Float32Array,
  gates: Float32Array,
  dOutput: Float32Array,
  dFinalH: Float32Array,
  ...SequenceGradients,
  dRecurrentBias: Float32Array,
];

export type GruFanOutArguments = [
  states: number,
  fanOut: number,
  inputRows: number,
  hiddenSize: number,
  inputProducts: Float32Array,
  stateProducts: Float32Array,
  state: Float32Array,
];

/** Shapes are those of `SoftAttentionInputs` in core's kernel names. */
export type AttentionArguments = [
  queries: number,
  sourceSteps: number,
  batchSize: number,
  size: number,
  width: number,
  score: 'additive' | 'dot',
  scale: number,
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  scoreVector: Float32Array | null,
  lengths: Int32Array | null,
  scoreBias: Float32Array | null,
];

/** Null where the transition, or the recurrent bias, is not there. */
export type TransitionArguments = [
  inputKernel: Float32Array | null,
  recurrentKernel: Float32Array | null,
  bias: Float32Array | null,
  recurrentBias: Float32Array | null,
];

/** Shapes are those of `AttentionSequence` in core's kernel names. */
export type AttentionSequenceArguments = [
  timeSteps: number,
  batchSize: number,
  inputSize: number,
  hiddenSize: number,
  sourceSteps: number,
  keySize: number,
  valueSize: number,
  cell: 'gru' | 'lstm',
  attends: 'before' | 'between',
  score: 'additive' | 'dot',
  scale: number,
  input: Float32Array,
  ...first: TransitionArguments,
  ...second: TransitionArguments,
  queryKernel: Float32Array | null,
  scoreVector: Float32Array | null,
  keys: Float32Array,
  values: Float32Array,
  sourceLengths: Int32Array | null,
  initialH: Float32Array,
  initialC: Float32Array | null,
  recurrentDropoutMask: Float32Array | null,
];

type Arrays = readonly Float32Array[];

/** Shapes are those of `InputFeedingSequence` in core's kernel names; lists have an array for each layer, empty where there is none. */
export type InputFeedingArguments = [
  timeSteps: number,
  batchSize: number,
  inputSize: number,
  hiddenSize: number,
  sourceSteps: number,
  keySize: number,
  valueSize: number,
  cell: 'gru' | 'lstm',
  score: 'additive' | 'dot',
  scale: number,
  input: Float32Array,
  inputKernels: Arrays,
  recurrentKernels: Arrays,
  biases: Arrays,
  recurrentBiases: Arrays,
  initialHs: Arrays,
  initialCs: Arrays,
  recurrentMasks: Arrays,
  inputMasks: Arrays,
  queryKernel: Float32Array | null,
  combineKernel: Float32Array,
  initialFeed: Float32Array,
  scoreVector: Float32Array | null,
  keys: Float32Array,
  values: Float32Array,
  sourceLengths: Int32Array | null,
];

/** What every function of a conditional random field begins with; shapes are those of `CrfInputs` in core's kernel names. */
export type CrfArguments = [
  timeSteps: number,
  batchSize: number,
  tags: number,
  emissions: Float32Array,
  transitions: Float32Array,
  start: Float32Array,
  end: Float32Array,
  lengths: Int32Array,
];

/**
 * The addon's functions behind the fused kernels; `NativeFunctions` includes them. Sequence functions walk once, those
 * named `…Pair` twice side by side; the two gradients of a pair add up in `dInput` if it is the same.
 */
export interface FusedFunctions extends CtcFunctions {
  rnnSequence(...call: RnnWalk): void;
  rnnSequenceGrad(...call: RnnWalkBack): void;
  rnnSequencePair(...calls: [...RnnWalk, ...RnnWalk]): void;
  rnnSequencePairGrad(...calls: [...RnnWalkBack, ...RnnWalkBack]): void;
  lstmSequence(...call: LstmWalk): void;
  lstmSequenceGrad(...call: LstmWalkBack): void;
  lstmSequencePair(...calls: [...LstmWalk, ...LstmWalk]): void;
  lstmSequencePairGrad(...calls: [...LstmWalkBack, ...LstmWalkBack]): void;
  gruSequence(...call: GruWalk): void;
  gruSequenceGrad(...call: GruWalkBack): void;
  gruSequencePair(...calls: [...GruWalk, ...GruWalk]): void;
  gruSequencePairGrad(...calls: [...GruWalkBack, ...GruWalkBack]): void;

  attentionSequence(
    ...call: [
      ...AttentionSequenceArguments,
      output: Float32Array,
      contexts: Float32Array,
      weights: Float32Array,
      finalH: Float32Array,
      finalC: Float32Array | null,
      workspace: Float32Array,
    ]
  ): void;
  attentionSequenceGrad(
    ...call: [
      ...AttentionSequenceArguments,
      output: Float32Array,
      contexts: Float32Array,
      weights: Float32Array,
      workspace: Float32Array,
      dOutput: Float32Array,
      dContexts: Float32Array,
      dWeights: Float32Array,
      dFinalH: Float32Array,
      dFinalC: Float32Array | null,
      dInput: Float32Array | null,
      ...dFirst: TransitionArguments,
      ...dSecond: TransitionArguments,
      dQueryKernel: Float32Array | null,
      dScoreVector: Float32Array | null,
      dKeys: Float32Array,
      dValues: Float32Array,
      dInitialH: Float32Array,
      dInitialC: Float32Array | null,
    ]
  ): void;

  inputFeedingSequence(
    ...call: [...InputFeedingArguments, output: Float32Array, weights: Float32Array, workspace: Float32Array]
  ): void;
  inputFeedingSequenceGrad(
    ...call: [
      ...InputFeedingArguments,
      output: Float32Array,
      weights: Float32Array,
      workspace: Float32Array,
      dOutput: Float32Array,
      dWeights: Float32Array,
      dInput: Float32Array | null,
      dInputKernels: Arrays,
      dRecurrentKernels: Arrays,
      dBiases: Arrays,
      dRecurrentBiases: Arrays,
      dInitialHs: Arrays,
      dInitialCs: Arrays,
      dQueryKernel: Float32Array | null,
      dCombineKernel: Float32Array,
      dInitialFeed: Float32Array,
      dScoreVector: Float32Array | null,
      dKeys: Float32Array,
      dValues: Float32Array,
    ]
  ): void;

  crfLogLikelihood(...call: [...CrfArguments, knownTags: Int32Array, logLikelihood: Float32Array]): void;
  crfLogLikelihoodGrad(
    ...call: [
      ...CrfArguments,
      knownTags: Int32Array,
      dLogLikelihood: Float32Array,
      dEmissions: Float32Array,
      dTransitions: Float32Array,
      dStart: Float32Array,
      dEnd: Float32Array,
    ]
  ): void;
  crfForwardBackward(
    ...call: [
      ...CrfArguments,
      marginals: Float32Array,
      forward: Float32Array,
      backward: Float32Array,
      logPartition: Float32Array,
    ]
  ): void;
  crfViterbi(...call: [...CrfArguments, nBest: number, bestTags: Int32Array, bestScores: Float32Array]): void;

  gruFanOut(...call: [...GruFanOutArguments, output: Float32Array]): void;
  gruFanOutGrad(
    ...call: [
      ...GruFanOutArguments,
      dOutput: Float32Array,
      dInputProducts: Float32Array,
      dStateProducts: Float32Array,
      dState: Float32Array,
    ]
  ): void;

  attention(...call: [...AttentionArguments, context: Float32Array, weights: Float32Array]): void;
  /** `dScores` is the gradient of the scores, and so that of `scoreBias`. */
  attentionGrad(
    ...call: [
      ...AttentionArguments,
      weights: Float32Array,
      dContext: Float32Array,
      dWeights: Float32Array,
      dQuery: Float32Array,
      dKeys: Float32Array,
      dValues: Float32Array,
      dScoreVector: Float32Array | null,
      dScores: Float32Array,
    ]
  ): void;

  linearCrossEntropy(
    ...call: [
      rows: number,
      hiddenSize: number,
      vocabularySize: number,
      hidden: Float32Array,
      kernel: Float32Array,
      transposeKernel: boolean,
      bias: Float32Array | null,
      targets: Int32Array,
      mask: Float32Array | null,
      labelSmoothing: number,
      losses: Float32Array,
      sum: Float32Array,
      count: Float32Array,
      dHidden: Float32Array | null,
      dKernel: Float32Array | null,
      dBias: Float32Array | null,
    ]
  ): void;

  dropoutMask(...call: [key0: number, key1: number, rate: number, offset: number, mask: Float32Array]): void;

  /** `settings` holds columns, learningRateScale, l1, l2, weightDecay, maxNorm of each parameter. @returns the gradient norm */
  optimizerStep(
    ...call: [
      rule: 'sgd' | 'momentum' | 'rmsprop' | 'adam',
      momentum: number,
      nesterov: boolean,
      decay: number,
      beta1: number,
      beta2: number,
      epsilon: number,
      step: number,
      learningRate: number,
      gradientScale: number,
      clipNorm: number,
      clipValue: number,
      count: number,
      settings: Float64Array,
      parameters: readonly Float32Array[],
      gradients: readonly Float32Array[],
      firstSlots: readonly Float32Array[],
      secondSlots: readonly Float32Array[],
      rows: readonly (Int32Array | null)[],
    ]
  ): number;

  /** `cells` holds 0 (LSTM), 1 (GRU), 2 (tanh) or 3 (relu) of each layer; `recurrentBiases` empty arrays but for a GRU. */
  prepareStepper(
    ...call: [
      batchSize: number,
      inputSize: number,
      hiddenSize: number,
      cells: Int32Array,
      inputKernels: readonly Float32Array[],
      recurrentKernels: readonly Float32Array[],
      biases: readonly Float32Array[],
      recurrentBiases: readonly Float32Array[],
      input: 'vector' | 'embedded' | 'oneHot',
      idCount: number,
      embedding: Float32Array | null,
      outputSize: number,
      headKernel: Float32Array | null,
      transposeHead: boolean,
      headBias: Float32Array | null,
    ]
  ): PreparedStepper;
  runStepper(
    ...call: [
      stepper: PreparedStepper,
      input: Int32Array | Float32Array,
      state: Float32Array,
      output: Float32Array | undefined,
    ]
  ): void;
  /** Frees its memory now; the garbage collector would do it later. */
  disposeStepper(stepper: PreparedStepper): void;
}

declare const prepared: unique symbol;
/** The addon's own object. */
export type PreparedStepper = { readonly [prepared]: true };
