import { CheckpointError } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { DecoderState, EncodedSource, SourceBatch, TranslationModel } from '../types.js';

/** What one step says of every row, as plain arrays. To be read before the next step. */
export interface StepOutput {
  /** tokens of the vocabulary, and of a model that copies the most words that a sentence adds */
  readonly width: number;
  /** `[rows, width]`, which the caller may write into */
  logProbabilities(): Float32Array;
  /** The most probable tokens of each row, best first, equal ones by id: both `[rows, count]` */
  best(count: number): { readonly ids: Int32Array; readonly logProbabilities: Float32Array };
  /** `[rows, source time]`; absent where no model has attention */
  attention(): Float32Array | undefined;
}

/**
 * The decoders of one or several models, which go over rows `[hypothesis, sentence]` step by step. Of several models the
 * probabilities and the attentions are averaged:
 *
 *   p(y | x) = Σₘ pₘ(y | x) / M
 */
export interface DecoderRows {
  readonly timeSteps: number;
  /**
   * One token further, and what `read` makes of it.
   *
   * @param ids - `[rows]`, the last token of each
   * @throws {CheckpointError} `checkpoint/not-a-number` if the models give no probabilities
   */
  step<Result>(ids: Int32Array, read: (output: StepOutput) => Result): Result;
  /**
   * Goes on with other rows.
   *
   * @param rows - `[new rows]`, numbers of rows of the last step
   * @param sentences - columns that stay, in their order; all unless given
   */
  keep(rows: Int32Array, sentences?: Int32Array): void;
  dispose(): void;
}

/** The rows of a batch before the first step, one a sentence. The caller disposes them. */
export function decoderRows(models: readonly TranslationModel[], source: SourceBatch): DecoderRows {
  const networks = models.map((model) => createRow(model, source));
  return {
    timeSteps: source.timeSteps,
    step(ids, read) {
      const outputs = networks.map((network) => network.step(ids));
      let result: { readonly value: ReturnType<typeof read> } | undefined;
      try {
        // Nothing of what is read is a tensor, and tfjs would look for some in every number of it.
        tf.tidy(() => void (result = { value: read(outputOf(outputs)) }));
      } finally {
        for (const { logProbabilities, attention } of outputs) tf.dispose([logProbabilities, attention ?? []]);
      }
      return result!.value;
    },
    keep: (rows, sentences) => networks.forEach((network) => network.keep(rows, sentences)),
    dispose: () => networks.forEach((network) => network.dispose()),
  };
}

interface NetworkOutput {
  readonly logProbabilities: tf.Tensor2D;
  readonly attention?: tf.Tensor2D | undefined;
}

function createRow(model: TranslationModel, source: SourceBatch) {
  let encoded = model.encode(source);
  let state: DecoderState = gatherState(encoded.initial);
  return {
    step(ids: Int32Array): NetworkOutput {
      const { state: next, logProbabilities, attention } = model.step(encoded, ids, state);
      tf.dispose(state);
      state = next;
      return { logProbabilities, attention };
    },
    keep(rows: Int32Array, sentences: Int32Array | undefined) {
      const next = gatherState(state, rows);
      tf.dispose(state);
      state = next;
      if (!sentences) return;
      const fewer = gatherSentences(encoded, sentences);
      disposeEncoded(encoded);
      encoded = fewer;
    },
    dispose() {
      tf.dispose(state);
      disposeEncoded(encoded);
    },
  };
}

/** Copies of the rows, by name; of all without `rows`. */
function gatherState(state: DecoderState, rows?: Int32Array): DecoderState {
  return tf.tidy(() => {
    const indices = rows && tf.tensor1d(rows, 'int32');
    const pick = (tensor: tf.Tensor) => (indices ? tf.gather(tensor, indices) : tensor.clone());
    return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, pick(tensor)]));
  });
}

function gatherSentences(encoded: EncodedSource, sentences: Int32Array): EncodedSource {
  const columns = tf.tensor1d(sentences, 'int32');
  const result = {
    source: gatherSource(encoded.source, sentences),
    states: tf.gather(encoded.states, columns, 1),
    ...(encoded.keys && { keys: tf.gather(encoded.keys, columns, 1) }),
    initial: gatherState(encoded.initial, sentences),
  };
  columns.dispose();
  return result;
}

function gatherSource(source: SourceBatch, sentences: Int32Array): SourceBatch {
  const { timeSteps, batchSize, ids, lengths, inTarget } = source;
  const pick = (values: Int32Array) =>
    Int32Array.from({ length: timeSteps * sentences.length }, (_, place) => {
      const time = Math.floor(place / sentences.length);
      return values[time * batchSize + sentences[place % sentences.length]!]!;
    });
  return {
    timeSteps,
    batchSize: sentences.length,
    ids: pick(ids),
    lengths: sentences.map((sentence) => lengths[sentence]!),
    ...(inTarget && { inTarget: pick(inTarget) }),
  };
}

/** Tensors alone: tfjs would look for some in every number of the arrays. */
function disposeEncoded({ states, keys, initial }: EncodedSource): void {
  tf.dispose([states, ...(keys ? [keys] : []), ...Object.values(initial)]);
}

function outputOf(outputs: readonly NetworkOutput[]): StepOutput {
  const logProbabilities = meanOfLogs(outputs.map((output) => output.logProbabilities));
  requireNumbers(logProbabilities);
  return {
    width: logProbabilities.shape[1],
    logProbabilities: () => logProbabilities.dataSync<'float32'>(),
    best(count) {
      const { values, indices } = tf.topk(logProbabilities, Math.min(count, logProbabilities.shape[1]));
      return { ids: indices.dataSync<'int32'>(), logProbabilities: values.dataSync<'float32'>() };
    },
    attention() {
      const attentions = outputs.flatMap(({ attention }) => attention ?? []);
      return attentions.length === 0 ? undefined : mean(attentions).dataSync<'float32'>();
    },
  };
}

/** Nothing compares with NaN: a search would take it for the end of every sentence. One in a row makes all of the row NaN. */
function requireNumbers(logProbabilities: tf.Tensor2D): void {
  const first = tf.slice(logProbabilities, 0, [logProbabilities.shape[0], 1]).dataSync<'float32'>();
  if (!first.some(Number.isNaN)) return;
  const message = 'the model gives no probabilities but NaN: its weights are damaged; take another checkpoint';
  throw new CheckpointError('checkpoint/not-a-number', message);
}

function mean(tensors: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tensors.length === 1 ? tensors[0]! : tf.div(tf.addN([...tensors]), tensors.length);
}

function meanOfLogs(tensors: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tensors.length === 1 ? tensors[0]! : tf.log(mean(tensors.map((tensor) => tf.exp(tensor))));
}
