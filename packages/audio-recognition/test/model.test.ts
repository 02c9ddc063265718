import { deriveKey, differentiate, randomKey, tidy } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import {
  collate,
  recognitionLoss,
  type AudioRecognitionConfigInput,
  type Batch,
  type Example,
  type RecognitionModel,
} from '@unroll/audio-recognition';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { frames, smallModel } from './models.js';

/** Of a tensor that is no longer there. */
interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const poolings = ['mean', 'max', 'last', 'attention', 'query'] as const;
const front = [
  { filters: 3, kernel: [3, 3], stride: [2, 2] },
  { filters: 2, kernel: [2, 2], stride: [1, 1] },
] satisfies NonNullable<AudioRecognitionConfigInput['model']>['convolutions'];

const variants: readonly (readonly [string, AudioRecognitionConfigInput])[] = [
  ...poolings.map((pooling) => [pooling, { model: { pooling } }] as const),
  ['convolutions', { model: { convolutions: front, dense: [4] } }],
  ['speaker', { task: 'speaker', model: { convolutions: front } }],
  ['transcribe', { task: 'transcribe', model: { convolutions: front, cell: 'lstm' } }],
];

const lengths = [9, 4, 7];

function example(length: number, row: number): Example {
  return { name: `${row}`, frames: length, features: frames(length, row + 1), target: row % 3 };
}

/** Of what a model tells: classes or symbols. */
function batchOf(examples: readonly Example[], { config }: Pick<RecognitionModel, 'config'>): Batch {
  if (config.task !== 'transcribe') return collate(examples, 6);
  const written = examples.map(({ target, ...rest }) => ({ ...rest, symbols: Int32Array.of(1 + target!) }));
  return collate(written, 6);
}

/** The same with a longer padding behind, in which nothing may be looked at: it is full of zeros, as the contract says. */
function longer(batch: Batch, timeSteps: number): Batch {
  const features = new Float32Array(timeSteps * batch.batchSize * 6);
  features.set(batch.features);
  return { ...batch, timeSteps, features };
}

const numbers = (tensor: tf.Tensor): Numbers => ({
  shape: tensor.shape,
  values: tensor.dataSync().slice() as Float32Array,
});

/** Logits of classes, or those of symbols row by row without padding. */
function outputs(model: RecognitionModel, batch: Batch): readonly Numbers[] {
  return tidy(() => {
    const encoded = model.encode(batch);
    if (model.config.task !== 'transcribe') {
      const logits = model.classLogits(model.pool(encoded));
      return tf.unstack(logits).map((row) => numbers(row));
    }
    const rows = tf.unstack(tf.transpose(model.symbolLogits(encoded), [1, 0, 2]));
    return rows.map((row, i) => numbers(tf.slice(row, [0, 0], [encoded.lengths[i]!, -1])));
  });
}

describe.each(variants)('a model: %s', (_, input) => {
  test('hears nothing of padding, nor of what else is in the batch', () => {
    const model = smallModel(input);
    const examples = lengths.map(example);
    const together = outputs(model, batchOf(examples, model));
    outputs(model, longer(batchOf(examples, model), 13)).forEach((row, i) =>
      expectClose(row, together[i]!, tolerances.forward),
    );
    examples.forEach((each, i) =>
      expectClose(outputs(model, batchOf([each], model))[0]!, together[i]!, tolerances.forward),
    );
    model.dispose();
  });

  test('has a gradient for each parameter, of the loss that neither order nor padding change', () => {
    const model = smallModel(input);
    const batch = batchOf(lengths.map(example), model);
    const gradientsOf = (given: Batch) =>
      tidy(() => {
        const loss = () => recognitionLoss(model, given, { training: false }).sum;
        const { gradients } = differentiate(loss, Object.values(model.parameters));
        return gradients.map((gradient) => numbers(gradient as tf.Tensor));
      });
    const [one, other] = [gradientsOf(batch), gradientsOf(longer(batch, 13))];
    one.forEach((gradient, i) => {
      expect(gradient.values.some((value) => value !== 0)).toBe(true);
      expectClose(other[i]!, gradient, { rtol: 1e-4, atol: 1e-5 });
    });
    model.dispose();
  });

  test('leaves no tensor behind, and has none when disposed', () => {
    const before = tf.memory().numTensors;
    const model = smallModel({
      ...input,
      model: { ...input.model, dropout: { input: 0.2, layers: 0.2, output: 0.2 } },
    });
    const own = tf.memory().numTensors;
    const batch = batchOf(lengths.map(example), model);
    tf.tidy(() => recognitionLoss(model, batch, { training: true, key: randomKey(3) }).sum.dataSync());
    outputs(model, batch);
    expect(tf.memory().numTensors).toBe(own);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('dropout follows from its key', () => {
  const model = smallModel({ model: { dropout: { input: 0.3, layers: 0.3, recurrent: 0.3, output: 0.3 } } });
  const batch = batchOf(lengths.map(example), model);
  const loss = (seed: number) =>
    tf.tidy(
      () =>
        recognitionLoss(model, batch, { training: true, key: deriveKey(randomKey(seed), 'loss') }).sum.dataSync()[0],
    );
  expect(loss(1)).toBe(loss(1));
  expect(loss(1)).not.toBe(loss(2));
  model.dispose();
});

test('batch normalisation of training gives statistics of real frames alone', () => {
  const model = smallModel({ model: { convolutions: [{ filters: 2, kernel: [1, 1] }] } });
  const batch = batchOf(lengths.map(example), model);
  const buffersOf = (given: Batch) =>
    tidy(() => {
      const { buffers } = model.encode(given, { key: randomKey(1) });
      return Object.fromEntries(Object.entries(buffers!).map(([name, tensor]) => [name, numbers(tensor)]));
    });
  const [one, other] = [buffersOf(batch), buffersOf(longer(batch, 20))];
  expect(Object.keys(one)).toEqual(Object.keys(model.buffers));
  expect(Object.keys(one)).toEqual(['front.0.norm.mean', 'front.0.norm.variance']);
  for (const name of Object.keys(one)) expectClose(other[name]!, one[name]!, tolerances.forward);
  model.dispose();
});

test('the right voice loses the margin in training, not in evaluation', () => {
  const losses = [0, 0.2].map((cosineMargin) => {
    const model = smallModel({ task: 'speaker', model: { cosineMargin } });
    const batch = batchOf([example(5, 1)], model);
    const [training, evaluation] = [true, false].map((on) =>
      tf.tidy(() => recognitionLoss(model, batch, { training: on, key: randomKey(1) }).sum.dataSync()[0]!),
    );
    model.dispose();
    return { training: training!, evaluation: evaluation! };
  });
  expect(losses[1]!.evaluation).toBe(losses[0]!.evaluation);
  expect(losses[1]!.training).toBeGreaterThan(losses[0]!.training + 0.1);
});

test('recordings of a class that training does not have are in neither loss nor count', () => {
  const model = smallModel();
  const unknown = { ...example(6, 2), target: -1 };
  const known = batchOf([example(5, 0), example(7, 1)], model);
  const mixed = batchOf([example(5, 0), example(7, 1), unknown], model);
  const result = (batch: Batch) =>
    tf.tidy(() => {
      const { sum, count, statistics } = recognitionLoss(model, batch, { training: false });
      return { sum: sum.dataSync()[0]!, count, clips: statistics!['clips'] };
    });
  expect(result(mixed).sum).toBeCloseTo(result(known).sum, 5);
  expect([result(mixed).count, result(mixed).clips]).toEqual([2, 3]);
  model.dispose();
});

test('a stride that passes over frames is refused', () => {
  expect(() => smallModel({ model: { convolutions: [{ filters: 2, kernel: [2, 2], stride: [3, 1] }] } })).toThrow(
    'model.convolutions: a stride of [3, 1] passes over what a kernel of [2, 2] never sees; it must not be larger',
  );
});
