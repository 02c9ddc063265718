import * as tf from '@tensorflow/tfjs-core';
import { deriveKey, randomKey, uniform, Vocabulary } from '@unroll/core';
import { parseTranslationConfig } from '@unroll/translation';
import type {
  DecoderState,
  EncodedSource,
  SideFacts,
  SourceBatch,
  TranslationConfigInput,
  TranslationModel,
} from '@unroll/translation';

/** `<pad>`, `<unk>`, `<s>`, `</s>` and these letters. */
export function letters(text: string): SideFacts {
  const specials = { padding: '<pad>', unknown: '<unk>', start: '<s>', end: '</s>' };
  return { vocabulary: new Vocabulary([...Object.values(specials), ...Array.from(text)], specials), merges: [] };
}

export interface TableOptions {
  readonly seed?: number;
  readonly source?: SideFacts;
  readonly target?: SideFacts;
  readonly config?: TranslationConfigInput;
  /** how far apart the probabilities of a step lie */
  readonly sharpness?: number;
  /** `</s>` is impossible */
  readonly noEnd?: boolean;
  /** called with the rows of every step */
  readonly onStep?: (rows: number) => void;
}

/**
 * A model whose probabilities are a table by sentence and tokens so far, every entry drawn by itself: what it says can be
 * listed in full. Its state is the number of the row of tokens in base V.
 */
export function tableModel(options: TableOptions = {}): TranslationModel {
  const { seed = 1, source = letters('xyz'), target = letters('abc'), sharpness = 2, noEnd = false, onStep } = options;
  const config = parseTranslationConfig({ tokenization: { unit: 'character' }, ...options.config });
  const size = target.vocabulary.size;
  const { copy } = config.model;
  const key = randomKey(seed);

  function step(encoded: EncodedSource, ids: Int32Array, state: DecoderState) {
    onStep?.(ids.length);
    const before = state['tokens']!.dataSync();
    const { batchSize, timeSteps, lengths, inTarget } = encoded.source;
    const width = inTarget ? Math.max(size, ...inTarget.map((id) => id + 1)) : size;
    const tokens = Float32Array.from(ids, (id, row) => before[row]! * size + id);
    const logProbabilities = new Float32Array(ids.length * width).fill(-Infinity);
    const attention = new Float32Array(ids.length * timeSteps);
    for (let row = 0; row < ids.length; row++) {
      const sentence = row % batchSize;
      const words = sentenceWords(encoded.source, sentence);
      const count = copy ? Math.max(size, ...words.inTarget.map((id) => id + 1)) : size;
      const path = [...words.ids, tokens[row]!];
      logProbabilities.set(logSoftmax(deriveKey(key, 'token', ...path), count, sharpness), row * width);
      if (noEnd) logProbabilities[row * width + target.vocabulary.endId!] = -Infinity;
      const weights = logSoftmax(deriveKey(key, 'attention', ...path), lengths[sentence]!, 3);
      attention.set(weights.map(Math.exp), row * timeSteps);
    }
    return {
      logProbabilities: tf.tensor2d(logProbabilities, [ids.length, width]),
      state: { tokens: tf.tensor2d(tokens, [ids.length, 1]), parity: tf.zeros([ids.length, 2]) },
      ...(config.model.attention.kind !== 'none' && { attention: tf.tensor2d(attention, [ids.length, timeSteps]) }),
    };
  }

  return {
    config,
    facts: { source, target },
    parameters: {},
    encode,
    step,
    decode: notUsed,
    crossEntropy: notUsed,
    dispose: () => undefined,
  };
}

function sentenceWords({ ids, inTarget, lengths, batchSize }: SourceBatch, sentence: number) {
  const column = (values: Int32Array | undefined) =>
    Array.from({ length: lengths[sentence]! }, (_, time) => values?.[time * batchSize + sentence] ?? 0);
  return { ids: column(ids), inTarget: column(inTarget) };
}

function logSoftmax(key: readonly [number, number], count: number, sharpness: number): Float32Array {
  const scores = uniform(key, count).map((u) => sharpness * 2 * (u - 0.5));
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
  return scores.map((score) => score - Math.log(sum));
}

function notUsed(): never {
  throw new Error('a table has no such thing');
}

function encode(batch: SourceBatch): EncodedSource {
  const zeros = (columns: number) => tf.zeros<tf.Rank.R2>([batch.batchSize, columns]);
  const states = tf.zeros<tf.Rank.R3>([batch.timeSteps, batch.batchSize, 1]);
  return { source: batch, states, keys: states.clone(), initial: { tokens: zeros(1), parity: zeros(2) } };
}
