import {
  deriveKey,
  disposeParameters,
  hasKernel,
  InputFeedingSequence,
  pathCounts,
  randomKey,
  uniform,
} from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { parseTranslationConfig, type TranslationConfigInput } from '../src/config.js';
import { LuongDecoder } from '../src/decoder/luong.js';
import type { DecoderMemory, SequenceOptions } from '../src/decoder/decoder.js';

const [time, batch, sourceTime, embeddingSize, hiddenSize] = [4, 3, 5, 4, 6];
const key = randomKey(5);

/** Numbers in [−1, 1), other ones for each name. */
function numbers<R extends tf.Rank>(name: string, ...shape: number[]): tf.Tensor<R> {
  const values = uniform(deriveKey(key, name), tf.util.sizeFromShape(shape)).map((value) => 2 * value - 1);
  return tf.tensor(values, shape as tf.ShapeMap[R]);
}

interface Problem {
  readonly decoder: LuongDecoder;
  readonly vectors: tf.Tensor3D;
  readonly memory: DecoderMemory & { readonly keys: tf.Tensor3D };
  readonly options: SequenceOptions;
}

/** Makes a decoder of irregular weights with a source to attend to, hands it to `check`, and frees all of it. */
function withDecoder(input: TranslationConfigInput['model'], check: (problem: Problem) => void): void {
  const { model } = parseTranslationConfig({
    model: {
      ...input,
      embeddingSize,
      decoder: { ...input?.decoder, attends: 'after', hiddenSize },
    },
  });
  const decoder = new LuongDecoder({ model, valueSize: hiddenSize, key });
  try {
    tf.tidy(() => {
      for (const [name, variable] of Object.entries(decoder.parameters)) {
        variable.assign(tf.mul(numbers(name, ...variable.shape), 0.6));
      }
      const values = numbers<tf.Rank.R3>('values', sourceTime, batch, hiddenSize);
      const cells = Array.from({ length: model.decoder.layers }, (_, layer) => ({
        h: numbers<tf.Rank.R2>(`h${layer}`, batch, hiddenSize),
        ...(model.decoder.cell === 'lstm' && { c: numbers<tf.Rank.R2>(`c${layer}`, batch, hiddenSize) }),
      }));
      const feed = numbers('feed', batch, hiddenSize);
      check({
        decoder,
        vectors: numbers('vectors', time, batch, embeddingSize),
        memory: { values, keys: decoder.attention.keys(values), lengths: tf.tensor1d([5, 2, 4], 'int32') },
        options: {
          initial: { ...decoder.initialState(cells, sourceTime), feed },
          lengths: tf.tensor1d([4, 4, 2], 'int32'),
          key,
        },
      });
    });
  } finally {
    disposeParameters(decoder.parameters);
  }
}

type Walk = 'sequence' | 'steps';

function resultsOf({ decoder, vectors, memory, options }: Problem, walk: Walk): Record<string, tf.Tensor> {
  const { output, weights } = decoder[walk](vectors, memory, options);
  return { output, weights: weights! };
}

/** Of a sum in which every result has weights of its own, by all that leads to it. */
function gradientsOf(problem: Problem, walk: Walk): Record<string, tf.Tensor> {
  const { decoder, vectors, memory, options } = problem;
  const used = Object.entries(decoder.parameters).filter(([name]) => !/key(Kernel|Bias)$/u.test(name));
  const { keys, values } = memory;
  const tensors = { ...Object.fromEntries(used), vectors, keys, values, ...options.initial };
  const gradients = tf.grads(() => {
    const terms = Object.entries(resultsOf(problem, walk)).map(([name, tensor]) =>
      tf.sum(tf.mul(tensor, numbers(`d ${name}`, ...tensor.shape))),
    );
    return tf.addN(terms);
  })(Object.values(tensors));
  return Object.fromEntries(Object.keys(tensors).map((name, i) => [name, gradients[i]!]));
}

const models: Record<string, NonNullable<TranslationConfigInput['model']>> = {
  'one GRU, additive': { decoder: { cell: 'gru' } },
  'one LSTM, dot': { decoder: { cell: 'lstm' }, attention: { kind: 'dot' } },
  'two LSTMs, general, dropout of each kind': {
    decoder: { cell: 'lstm', layers: 2 },
    attention: { kind: 'general' },
    dropout: { layers: 0.4, recurrent: 0.3 },
  },
  'three GRUs, concat, locked dropout': {
    decoder: { cell: 'gru', layers: 3 },
    attention: { kind: 'concat', size: 9 },
    dropout: { kind: 'locked', layers: 0.4, recurrent: 0.3 },
  },
};

describe('input feeding over a sequence equals its steps, in values and gradients', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    withDecoder(model, (problem) => {
      const before = pathCounts(InputFeedingSequence).fused;
      const actual = resultsOf(problem, 'sequence');
      expect(pathCounts(InputFeedingSequence).fused - before).toBe(hasKernel(InputFeedingSequence) ? 1 : 0);
      for (const [name, tensor] of Object.entries(resultsOf(problem, 'steps'))) {
        expectClose(actual[name]!, tensor, { ...tolerances.forward, name });
      }
      const gradients = gradientsOf(problem, 'sequence');
      for (const [name, tensor] of Object.entries(gradientsOf(problem, 'steps'))) {
        expectClose(gradients[name]!, tensor, { ...tolerances.backward, name: `gradient of ${name}` });
      }
    });
  });

  it('steps where scores have biases', () => {
    withDecoder({ attention: { coverage: { enabled: true } } }, (problem) => {
      const before = pathCounts(InputFeedingSequence).fused;
      resultsOf(problem, 'sequence');
      expect(pathCounts(InputFeedingSequence).fused).toBe(before);
    });
  });
});
