import {
  deriveKey,
  Linear,
  logSoftmax,
  prefixParameters,
  type LabelSmoothing,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { SourceBatch } from '../types.js';

export interface CopyGateParts {
  /** `[…, contextSize]`; absent where `output` has it */
  readonly context?: tf.Tensor | undefined;
  readonly output: tf.Tensor;
  readonly vectors: tf.Tensor;
}

/**
 * Whether the next token is one of the decoder's own or a copy from the source.
 *
 *   g = σ(w_s·s + w_c·c + w_y·y + b)
 *
 * Parameters: `output.kernel` w_s and `output.bias` b, `context.kernel` w_c, `vectors.kernel` w_y.
 *
 * @see See, Liu & Manning 2017, equation 8
 */
export class CopyGate {
  readonly parameters: Parameters;
  readonly #maps: Readonly<Record<string, Linear>>;

  constructor(options: {
    readonly sizes: { readonly output: number; readonly context: number; readonly vectors: number };
    readonly key: RandomKey;
  }) {
    const { sizes, key } = options;
    const maps = Object.entries(sizes).filter(([, inputSize]) => inputSize > 0);
    this.#maps = Object.fromEntries(
      maps.map(([name, inputSize]) => [
        name,
        new Linear({
          inputSize,
          outputSize: 1,
          key: deriveKey(key, name),
          ...(name !== 'output' && { biasInitializer: 'none' }),
        }),
      ]),
    );
    this.parameters = Object.assign(
      {},
      ...Object.entries(this.#maps).map(([name, map]) => prefixParameters(name, map.parameters)),
    ) as Parameters;
  }

  /** @returns log-odds of a token of one's own, `[…, 1]` */
  apply(parts: CopyGateParts): tf.Tensor {
    const terms = Object.entries(this.#maps).map(([name, map]) => map.apply(parts[name as keyof CopyGateParts]!));
    return tf.addN(terms);
  }
}

export interface MixtureTensors {
  /** scores of the vocabulary, `[rows, vocabulary]` */
  readonly logits: tf.Tensor2D;
  /** log-odds of `CopyGate`, `[rows]` */
  readonly gate: tf.Tensor1D;
  /** rows of attention, `[rows, source time]`; row r belongs to sentence r mod batch */
  readonly attention: tf.Tensor2D;
  readonly source: SourceBatch;
}

/** so that the logarithm of what is not copied at all stays a number */
const smallest = 1e-30;

/**
 * Negative log-likelihood of targets under generating and copying, in nats. Label smoothing concerns the vocabulary alone:
 *
 *   loss = −(1 − ε) · ln p(w) − ε / V · Σᵥ ln softmax(logits)ᵥ
 *
 * @param mask - float32 `[rows]`: 0 in padding
 * @returns `sum` with gradient, `losses` `[rows]`
 */
export function mixedCrossEntropy(
  tensors: MixtureTensors,
  { targets, mask, labelSmoothing = 0 }: LabelSmoothing & { readonly targets: Int32Array; readonly mask: tf.Tensor1D },
): { readonly sum: tf.Scalar; readonly losses: tf.Tensor1D } {
  const vocabulary = logSoftmax(tensors.logits);
  const likely = mixedTargetLogProbabilities({ ...tensors, vocabulary }, targets);
  const even: tf.Tensor1D = tf.mean(vocabulary, 1);
  const mixed: tf.Tensor1D =
    labelSmoothing > 0 ? tf.add(tf.mul(likely, 1 - labelSmoothing), tf.mul(even, labelSmoothing)) : likely;
  const losses: tf.Tensor1D = tf.neg(tf.mul(mixed, mask));
  return { sum: tf.sum(losses), losses };
}

/**
 * log p of wanted tokens under generating and copying.
 *
 *   p(w) = g · softmax(logits)_w + (1 − g) · Σ α_i over places i of the source where w stands
 *
 * as a sum of exponentials of logarithms, so that neither part underflows.
 *
 * @param targets - `[rows]`; ids from the size of the vocabulary on are copied alone
 * @returns `[rows]`
 */
function mixedTargetLogProbabilities(
  { vocabulary, gate, attention, source }: MixtureTensors & { readonly vocabulary: tf.Tensor2D },
  targets: Int32Array,
): tf.Tensor1D {
  const [rows, vocabularySize] = vocabulary.shape;
  const known = tf.tensor1d(
    targets.map((id) => (id < vocabularySize ? id : 0)),
    'int32',
  );
  const isKnown = Float32Array.from(targets, (id) => (id < vocabularySize ? 0 : -Infinity));
  const own = tf.sum(tf.mul(tf.oneHot(known, vocabularySize), vocabulary), 1);
  const { timeSteps, batchSize, inTarget } = source;
  const matches = new Float32Array(rows * timeSteps);
  for (let row = 0; row < rows; row++) {
    const sentence = row % batchSize;
    for (let i = 0; i < source.lengths[sentence]!; i++) {
      if (inTarget![i * batchSize + sentence] === targets[row]) matches[row * timeSteps + i] = 1;
    }
  }
  const copied = tf.sum(tf.mul(attention, tf.tensor2d(matches, [rows, timeSteps])), 1);
  return addLogarithms(
    tf.add(tf.add(logSigmoid(gate), own), tf.tensor1d(isKnown)),
    tf.add(logSigmoid(tf.neg(gate)), tf.log(tf.add(copied, smallest))),
  );
}

/**
 * log p of every token, as `mixedTargetLogProbabilities`; without gradient.
 *
 * @returns `[rows, vocabulary + most copied words of a sentence]`, −Infinity for numbers that a sentence does not have
 */
export function mixedLogProbabilities({ logits, gate, attention, source }: MixtureTensors): tf.Tensor2D {
  const [rows, vocabularySize] = logits.shape;
  const { timeSteps, batchSize, inTarget, lengths } = source;
  const width = inTarget!.reduce((most, id) => Math.max(most, id + 1), vocabularySize);
  const gates = tf.expandDims(gate, 1);
  const own: tf.Tensor2D = tf.add(logSigmoid(gates), logSoftmax(logits));
  const all: tf.Tensor2D = tf.pad(
    own,
    [
      [0, 0],
      [0, width - vocabularySize],
    ],
    -Infinity,
  );
  const places = new Int32Array(rows * timeSteps);
  for (let row = 0; row < rows; row++) {
    const sentence = row % batchSize;
    // weights of padding are 0: where they are added does not matter
    for (let i = 0; i < lengths[sentence]!; i++) {
      places[row * timeSteps + i] = row * width + inTarget![i * batchSize + sentence]!;
    }
  }
  const flat = tf.scatterND(tf.tensor2d(places, [rows * timeSteps, 1], 'int32'), tf.reshape(attention, [-1]), [
    rows * width,
  ]);
  const copied: tf.Tensor2D = tf.reshape(flat, [rows, width]);
  const copies: tf.Tensor2D = tf.add(logSigmoid(tf.neg(gates)), tf.log(copied));
  return tf.where(tf.greater(copied, 0), addLogarithms(all, copies), all);
}

/** log(exp(a) + exp(b)), where one of them may be −Infinity. */
function addLogarithms<T extends tf.Tensor>(a: T, b: T): T {
  const most: T = tf.maximum(a, b);
  return tf.add(most, tf.log1p(tf.exp(tf.sub(tf.minimum(a, b), most))));
}

/** log σ(x). tfjs' own reads x in its gradient without saving it, so that a `tidy` takes it away. */
function logSigmoid<T extends tf.Tensor>(x: T): T {
  return tf.neg(tf.softplus(tf.neg(x)));
}
