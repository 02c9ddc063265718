import { logSoftmax } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { symbolTimes } from './alignment.js';
import type { Batch, Recognition, RecognitionModel, RecognizeOptions, Transcript } from './types.js';

/** What a model computes of one recording. */
export interface Decoded {
  /** of classify and speaker: p(class) */
  readonly probabilities?: Float32Array;
  /** of speaker, length 1 */
  readonly embedding?: Float32Array;
  /** of transcribe: `[step, symbols]`, natural logarithms */
  readonly logProbabilities?: Float32Array;
}

/** @returns of each recording of a batch, in plain arrays */
export function decodeBatch(
  model: RecognitionModel,
  batch: Pick<Batch, 'features' | 'lengths' | 'timeSteps' | 'batchSize'>,
): readonly Decoded[] {
  if (model.config.task === 'transcribe') return decodeSymbols(model, batch);
  const [probabilities, vectors] = numbersOf(() => {
    const pooled = model.pool(model.encode(batch));
    return [tf.softmax(model.classLogits(pooled)), pooled];
  });
  const rowsOf = (values: Float32Array) => {
    const width = values.length / batch.batchSize;
    return (row: number) => values.slice(row * width, (row + 1) * width);
  };
  const [probability, vector] = [rowsOf(probabilities!), rowsOf(vectors!)];
  const isSpeaker = model.config.task === 'speaker';
  return Array.from({ length: batch.batchSize }, (_, row) => ({
    probabilities: probability(row),
    ...(isSpeaker && { embedding: vector(row) }),
  }));
}

function decodeSymbols(model: RecognitionModel, batch: Parameters<typeof decodeBatch>[1]): readonly Decoded[] {
  let lengths = batch.lengths;
  const [values] = numbersOf(() => {
    const encoded = model.encode(batch);
    lengths = encoded.lengths;
    return [logSoftmax(model.symbolLogits(encoded))];
  });
  const size = model.facts.symbols.size;
  return Array.from(lengths, (length, row) => {
    const logProbabilities = new Float32Array(length * size);
    for (let t = 0; t < length; t++) {
      const from = (t * lengths.length + row) * size;
      logProbabilities.set(values!.subarray(from, from + size), t * size);
    }
    return { logProbabilities };
  });
}

/** The numbers of tensors that `compute` makes; none of them stays. */
function numbersOf(compute: () => readonly tf.Tensor[]): readonly Float32Array[] {
  let numbers: readonly Float32Array[] = [];
  tf.tidy(() => {
    numbers = compute().map((tensor) => tensor.dataSync() as Float32Array);
  });
  return numbers;
}

/** When the symbols of the best transcript were said, and the posteriors, each where asked. */
export function detailsOf(
  logProbabilities: Float32Array,
  [best]: readonly Transcript[],
  { model, times, posteriors }: { readonly model: RecognitionModel } & Pick<RecognizeOptions, 'times' | 'posteriors'>,
): Pick<Recognition, 'times' | 'posteriors'> {
  const { facts, stepSeconds } = model;
  return {
    ...(times &&
      best && { times: symbolTimes({ logProbabilities, ids: best.ids, symbols: facts.symbols, stepSeconds }) }),
    ...(posteriors && { posteriors: logProbabilities }),
  };
}
