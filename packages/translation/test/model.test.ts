import { randomKey, type RandomKey } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import {
  attentionKinds,
  translationLoss,
  type Batch,
  type DecoderState,
  type TranslationConfigInput,
  type TranslationModel,
} from '@unroll/translation';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { toyBatch, toyExamples, toyModel } from './models.js';

vi.setConfig({ testTimeout: 120_000 });

type ModelInput = NonNullable<TranslationConfigInput['model']>;

/** Every kind of attention, at every place of the step, with both cells and with and without feeding; the rest takes turns. */
const variants: readonly { readonly name: string; readonly input: ModelInput }[] = attentionKinds.flatMap((kind, k) =>
  (['before', 'between', 'after'] as const).flatMap((attends, a) =>
    (['gru', 'lstm'] as const).flatMap((cell, c) =>
      (attends === 'after' ? [true, false] : [true]).map((inputFeeding, f) => {
        const turn = k + 2 * a + c + 3 * f;
        const takesTurns = <T>(values: readonly T[], step = 1): T => values[Math.floor(turn / step) % values.length]!;
        const hasAttention = kind !== 'none';
        const copy = hasAttention && turn % 3 === 1;
        const coverage = hasAttention && turn % 3 !== 2;
        const range =
          hasAttention && attends === 'after' ? takesTurns(['global', 'monotonic', 'predicted'] as const) : 'global';
        const bridge = takesTurns(['mean', 'dense', 'last', hasAttention ? 'zero' : 'mean'] as const);
        const layers = takesTurns([1, 2]);
        const tiedEmbeddings = takesTurns(['none', 'target', 'all'] as const);
        const model: ModelInput = {
          encoder: { cell: takesTurns(['gru', 'lstm'] as const, 2), layers },
          decoder: { cell, attends, inputFeeding, layers },
          attention: { kind, range, window: 2, coverage: { enabled: coverage } },
          bridge,
          copy,
          tiedEmbeddings,
          layerNorm: turn % 2 === 0,
          deepOutput: tiedEmbeddings !== 'none' || turn % 2 === 0,
        };
        const parts = [kind, attends, cell, bridge, range, `${layers} layers`];
        const options = {
          feeding: attends === 'after' && inputFeeding,
          copy,
          coverage,
          tied: tiedEmbeddings !== 'none',
        };
        const named = Object.entries(options).flatMap(([name, is]) => (is ? [name] : []));
        return { name: [...parts, ...named].join(', '), input: model };
      }),
    ),
  ),
);

function losses(model: TranslationModel, batch: Batch, key?: RandomKey): Float32Array {
  return tf.tidy(() => {
    const encoded = model.encode(batch.source, { key });
    const decoded = model.decode(encoded, batch.target, { key });
    return model.crossEntropy(encoded, decoded, batch.target).losses.dataSync<'float32'>().slice();
  });
}

/** The same by steps of the decoder, each of which sees two hypotheses a sentence: the true one, and one that differs. */
function lossesBySteps(model: TranslationModel, { source, target, batchSize }: Batch): Float32Array {
  return tf.tidy(() => {
    const encoded = model.encode(source);
    let state: DecoderState = Object.fromEntries(
      Object.entries(encoded.initial).map(([name, tensor]) => [name, tf.concat([tensor, tensor])]),
    );
    const all = new Float32Array(target.timeSteps * batchSize);
    for (let t = 0; t < target.timeSteps; t++) {
      const ids = target.inputs.subarray(t * batchSize, (t + 1) * batchSize);
      const step = model.step(encoded, Int32Array.of(...ids.map((id) => (id + t) % 11), ...ids), state);
      state = step.state;
      const [, width] = step.logProbabilities.shape;
      const values = step.logProbabilities.dataSync();
      for (let sentence = 0; sentence < batchSize; sentence++) {
        const place = t * batchSize + sentence;
        const isReal = t < target.lengths[sentence]!;
        all[place] = isReal ? -values[(batchSize + sentence) * width + target.targets[place]!]! : 0;
      }
    }
    return all;
  });
}

const numbers = (values: Float32Array | readonly number[]) => ({ shape: [values.length], values });

describe.each(variants)('$name', ({ input }) => {
  const batch = toyBatch(input.copy === true);

  test('many steps at once are the steps one by one', () => {
    const model = toyModel({ model: input });
    const before = tf.memory().numTensors;
    const values = losses(model, batch);
    expectClose(numbers(lossesBySteps(model, batch)), numbers(values), { rtol: 1e-5, atol: 1e-5 });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('a pair alone is the pair among others', () => {
    const model = toyModel({ model: input });
    const values = losses(model, batch);
    toyExamples.forEach((example, sentence) => {
      const alone = toyBatch(input.copy === true, [example]);
      const among = Array.from(alone.target.targets, (_, t) => values[t * batch.batchSize + sentence]!);
      expectClose(numbers(losses(model, alone)), numbers(among), { rtol: 1e-5, atol: 1e-5 });
    });
    model.dispose();
  });

  test('every parameter has a gradient', () => {
    const model = toyModel({ model: input });
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(
      () => translationLoss(model, batch, { training: true, key: randomKey(3) }).sum,
      Object.values(model.parameters),
    );
    const without = Object.entries(model.parameters)
      .filter(([, { name }]) => !grads[name] || !grads[name].dataSync().some((number) => Math.abs(number) > 1e-9))
      .map(([name]) => name);
    expect(without).toEqual([]);
    const bad = Object.values(grads).filter((gradient) =>
      gradient.dataSync().some((number) => !Number.isFinite(number)),
    );
    expect(bad).toEqual([]);
    tf.dispose([value, ...Object.values(grads)]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
