import { deriveKey, differentiate, hasKernel, pathCounts, randomKey, type Gradient } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import {
  attribute,
  createBatchSource,
  createTaggingModel,
  createTaggingTask,
  networkTagger,
  taggingLoss,
  type Batch,
  type SequenceTaggingConfigInput,
  type TaggingModel,
} from '@unroll/sequence-tagging';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { toyModel } from './models.js';
import { toyCorpus } from './toy-corpus.js';

const variants: readonly (readonly [string, SequenceTaggingConfigInput['model']])[] = [
  ['lstm, crf, letters by lstm', {}],
  ['gru, softmax, letters by cnn', { cell: 'gru', head: 'softmax', characters: { kind: 'cnn', size: 4, filters: 5 } }],
  ['elman, two layers, suffixes', { cell: 'elman-tanh', layers: 2, characters: { kind: 'none' }, suffixes: [1, 3] }],
];

async function firstBatch({ config, prepared }: Awaited<ReturnType<typeof toyModel>>): Promise<Batch> {
  const { splits, spellings, facts } = prepared;
  const source = createBatchSource(splits.train.examples, { config, spellings, facts, part: 'valid' });
  for await (const batch of source.batches(0, randomKey(1), 0)) if (batch.batchSize > 1) return batch;
  throw new Error('no batch of several sentences');
}

/** `[time, batch, …]` with more padding behind, and the sentences in the order of `rows`. */
function rearranged(batch: Batch, timeSteps: number, rows: readonly number[]): Batch {
  const move = (values: Int32Array) => {
    const width = values.length / (batch.timeSteps * batch.batchSize);
    const out = new Int32Array(timeSteps * rows.length * width);
    for (let t = 0; t < batch.timeSteps; t++) {
      rows.forEach((row, place) => {
        const from = (t * batch.batchSize + row) * width;
        out.set(values.subarray(from, from + width), (t * rows.length + place) * width);
      });
    }
    return out;
  };
  const { spellings, casing, targets, words, suffixes, features } = batch;
  return {
    timeSteps,
    batchSize: rows.length,
    lengths: Int32Array.from(rows, (row) => batch.lengths[row]!),
    count: rows.reduce((sum, row) => sum + batch.lengths[row]!, 0),
    words: move(words),
    suffixes: suffixes.map(move),
    features: features.map(move),
    ...(spellings && { spellings: { ...spellings, index: move(spellings.index) } }),
    ...(casing && { casing: move(casing) }),
    ...(targets && { targets: targets.map(move) }),
  };
}

const lossOf = (model: TaggingModel, batch: Batch) =>
  tf.tidy(() => taggingLoss(model, batch, { training: true }).sum.dataSync()[0]!);

describe.each(variants)('%s', (_name, options) => {
  test('padding and the order of sentences change neither loss nor gradients nor tags', async () => {
    const made = await toyModel(['chunk', 'pos'], { model: options });
    const { model } = made;
    const batch = await firstBatch(made);
    const order = Array.from({ length: batch.batchSize }, (_, row) => (row + 1) % batch.batchSize);
    const other = rearranged(batch, batch.timeSteps + 3, order);
    expect(lossOf(model, other)).toBeCloseTo(lossOf(model, batch), 4);
    const variables = Object.values(model.parameters);
    tf.tidy(() => {
      const gradients = [batch, other].map((each) =>
        tf.variableGrads(() => taggingLoss(model, each, { training: true }).sum, variables),
      );
      for (const name of Object.keys(gradients[0]!.grads)) {
        expectClose(gradients[1]!.grads[name]!, gradients[0]!.grads[name]!, { rtol: 1e-4, atol: 2e-5, name });
      }
      const tags = [batch, other].map((each) => {
        const hidden = model.encode(model.embed(each), each);
        return model.heads.map((head) => head.decode(hidden, each).map(({ ids }) => [...ids]));
      });
      expect(tags[1]).toEqual(tags[0]!.map((rows) => order.map((row) => rows[row])));
    });
    model.dispose();
  });

  test('one key gives one loss, another key another dropout', async () => {
    const dropout = { kind: 'plain', word: 0.2, characters: 0.2, recurrent: 0.2 } as const;
    const made = await toyModel(['pos'], { model: { ...options, dropout } });
    const batch = await firstBatch(made);
    const loss = (...path: number[]) =>
      tf.tidy(
        () =>
          taggingLoss(made.model, batch, { training: true, key: deriveKey(randomKey(2), ...path) }).sum.dataSync()[0]!,
      );
    expect(loss(1)).toBe(loss(1));
    expect(loss(1)).not.toBe(loss(2));
    made.model.dispose();
  });

  test('no tensor is left behind', async () => {
    const before = tf.memory().numTensors;
    const made = await toyModel(['chunk', 'pos'], { model: options, adversarial: { epsilon: 0.1 } });
    const batch = await firstBatch(made);
    const task = createTaggingTask(made);
    const alive = tf.memory().numTensors;
    const variables = Object.values(made.model.parameters);
    const gradients: (Gradient | undefined)[] = [];
    tf.tidy(() => {
      const { value, gradients: found } = differentiate(
        () => task.loss(batch, { training: true, key: randomKey(3) }).sum,
        variables,
      );
      expect(value.dataSync()[0]).toBeGreaterThan(0);
      gradients.push(...found);
    });
    expect(gradients.every((gradient) => gradient !== undefined)).toBe(true);
    tf.tidy(() => void task.loss(batch, { training: false }));
    const tagger = networkTagger(made);
    for await (const { columns } of tagger.tag(made.corpus.sentences, { probabilities: true, nBest: 2 }))
      expect(columns).toHaveLength(2);
    attribute(made.model, made.corpus.sentences[0]!, { token: 1 });
    expect(tf.memory().numTensors).toBe(alive);
    tagger.dispose!();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('rows of a table get the gradient of the table, with adversarial training too', async () => {
  const made = await toyModel(['pos'], { adversarial: { epsilon: 0.2, weight: 0.5 } });
  const batch = await firstBatch(made);
  const table = made.model.parameters['words.table']!;
  const loss = () => taggingLoss(made.model, batch, { training: true, key: randomKey(4) }).sum;
  tf.tidy(() => {
    const { grads } = tf.variableGrads(loss, [table]);
    const [rows] = differentiate(loss, Object.values(made.model.parameters)).gradients as [Gradient];
    if (!('rows' in rows)) throw new Error('the gradient of the table is as large as the table');
    const size = table.shape[1]!;
    const dense = new Float32Array(table.size);
    rows.rows
      .dataSync()
      .forEach((row, i) => dense.set(rows.values.dataSync().subarray(i * size, (i + 1) * size), row * size));
    expectClose({ shape: table.shape, values: dense }, Object.values(grads)[0]!, { rtol: 1e-4, atol: 1e-6 });
    tf.dispose([rows.rows, rows.values]);
  });
  made.model.dispose();
});

test('layers, letters and the CRF run through the fused kernels where the engine has them', async () => {
  const made = await toyModel(['chunk']);
  const batch = await firstBatch(made);
  const path = hasKernel('BidirectionalSequence') ? 'fused' : 'steps';
  for (const kernel of ['BidirectionalSequence', 'CrfLogLikelihood', 'CrfViterbi'] as const) {
    const before = pathCounts(kernel)[path];
    tf.tidy(() => void taggingLoss(made.model, batch, { training: false }));
    expect(pathCounts(kernel)[path] - before).toBe(kernel === 'BidirectionalSequence' ? 2 : 1);
  }
  made.model.dispose();
});

test('a word that is dropped is forgotten altogether', async () => {
  const rates = { input: 0, layers: 0, output: 0, word: 0.5 };
  const made = await toyModel(['pos'], { model: { dropout: rates } });
  const batch = await firstBatch(made);
  tf.tidy(() => {
    const vectors = made.model.embed(batch, { key: randomKey(6) });
    const kept = tf.any(tf.notEqual(vectors, 0), 2).dataSync();
    const all = tf.all(tf.notEqual(vectors, 0), 2).dataSync();
    expect([...kept]).toEqual([...all]);
    expect(kept).toContain(0);
    expect(kept).toContain(1);
    const scaled = tf.mul(
      made.model.embed(batch),
      tf.expandDims(tf.mul(tf.tensor(kept, [batch.timeSteps, batch.batchSize], 'float32'), 2), 2),
    );
    expectClose(vectors, scaled, { rtol: 1e-6, atol: 1e-7 });
  });
  made.model.dispose();
});

describe('class weights', () => {
  const weights = (classWeights: object | string) =>
    ({ model: { head: 'softmax', classWeights } }) as SequenceTaggingConfigInput;

  test('a type of span means all of its tags', async () => {
    const [plain, byType, byTag] = await Promise.all([
      toyModel(['chunk'], weights('none')),
      toyModel(['chunk'], weights({ NP: 3 })),
      toyModel(['chunk'], weights({ 'B-NP': 3, 'I-NP': 3, 'E-NP': 3, 'S-NP': 3 })),
    ]);
    const batch = await firstBatch(plain);
    expect(lossOf(byType.model, batch)).toBeCloseTo(lossOf(byTag.model, batch), 4);
    expect(lossOf(byType.model, batch)).toBeGreaterThan(1.2 * lossOf(plain.model, batch));
    [plain, byType, byTag].forEach(({ model }) => model.dispose());
  });

  test('a name that no column has is refused with the nearest, and any with a CRF', async () => {
    await expect(toyModel(['chunk'], weights({ 'I-MP': 2 }))).rejects.toThrow(
      /model.classWeights: there is no tag "I-MP"; did you mean I-NP\?/,
    );
    await expect(toyModel(['chunk'], { model: { classWeights: 'balanced' } })).rejects.toThrow(
      /the loss of a CRF is that of a whole sentence; set model.head to softmax/,
    );
  });
});

test('a model that knows nothing of a token is refused', async () => {
  const model = { words: { size: 0 }, characters: { kind: 'none' }, casing: false } as const;
  await expect(toyModel(['pos'], { model })).rejects.toThrow(/knows nothing of a token: set model.words.size/);
});

test('frozen vectors stay out of the parameters', async () => {
  const { config, prepared, model } = await toyModel(['pos']);
  const { facts } = prepared;
  const wordVectors = { size: 6, values: Float32Array.from({ length: 6 * facts.words.size }, (_, i) => Math.sin(i)) };
  const frozenConfig = {
    ...config,
    model: { ...config.model, words: { ...config.model.words, vectors: 'x.vec', frozen: true } },
  };
  const frozen = createTaggingModel({ config: frozenConfig, facts, key: randomKey(5), wordVectors });
  expect(Object.keys(frozen.frozen)).toEqual(['words.table']);
  expect(frozen.parameters['words.table']).toBeUndefined();
  expectClose(
    frozen.frozen['words.table']!,
    { shape: [facts.words.size, 6], values: wordVectors.values },
    { rtol: 0, atol: 0 },
  );
  expect(Object.keys(model.parameters)).toContain('words.table');
  [model, frozen].forEach((each) => each.dispose());
});

test('a sentence of nothing but unknown words and letters has tags', async () => {
  const { model } = await toyModel(['chunk']);
  const tagger = networkTagger({ model });
  const strange = { line: 1, tokens: ['Ωμέγα', '👩‍🚀', '123', ''], features: [] };
  for await (const { columns } of tagger.tag([strange, toyCorpus(['chunk']).sentences[0]!])) {
    expect(columns[0]!.tags.every((tag) => /^(O|[BI]-)/.test(tag))).toBe(true);
  }
  model.dispose();
});
