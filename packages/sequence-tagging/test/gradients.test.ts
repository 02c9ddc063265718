import { randomKey, Vocabulary } from '@unroll/core';
import { checkGradients } from '@unroll/core/testing';
import {
  allowedTransitions,
  casingClasses,
  createTaggingModel,
  parseSequenceTaggingConfig,
  taggingLoss,
  type Batch,
  type SequenceTaggingConfigInput,
  type TagColumn,
  type TaggingFacts,
} from '@unroll/sequence-tagging';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adversarialVectors } from '../src/adversarial.js';
import { referenceLoss, referenceVectors, type ReferenceTagger } from './reference-tagger.js';

const unknown = { unknown: '<unk>' };
const tags = ['O', 'B-X', 'I-X'];

function factsOf(column: Partial<TagColumn>): TaggingFacts {
  return {
    words: new Vocabulary(['<unk>', 'a', 'b', 'c'], unknown),
    wordCounts: [0, 3, 2, 1],
    characters: new Vocabulary(['<unk>', 'a', 'b', 'c', 'd'], unknown),
    suffixes: [],
    features: [],
    columns: [
      {
        name: 'tag',
        scheme: 'iob2',
        trainedScheme: 'iob2',
        multiLabel: false,
        tags: new Vocabulary(tags),
        counts: [3, 2, 1],
        ...column,
      },
    ],
  };
}

/** Two sentences, of three tokens and of one; a word twice, spellings of three letters, of one, and of two. */
const batch: Batch = {
  timeSteps: 3,
  batchSize: 2,
  lengths: Int32Array.of(3, 1),
  count: 4,
  words: Int32Array.of(1, 3, 2, 0, 1, 0),
  casing: Int32Array.of(0, 1, 2, 0, 0, 0),
  spellings: {
    timeSteps: 3,
    size: 3,
    characters: Int32Array.of(1, 2, 4, 3, 0, 1, 2, 0, 0),
    lengths: Int32Array.of(3, 1, 2),
    index: Int32Array.of(0, 2, 1, 0, 0, 0),
  },
  suffixes: [],
  features: [],
  targets: [Int32Array.of(1, 0, 2, 0, -1, 0)],
};

const counts = { words: 4, letters: 5, casing: casingClasses.length };

/** Every number of every parameter against differences of the float64 reference. */
function check(
  tagger: ReferenceTagger,
  input: SequenceTaggingConfigInput,
  options: { column?: Partial<TagColumn>; targets?: Int32Array } = {},
) {
  const config = parseSequenceTaggingConfig({
    ...input,
    model: {
      words: { size: 2 },
      featureSize: 2,
      hiddenSize: 2,
      layers: 1,
      head: tagger.head === 'crf' ? 'crf' : 'softmax',
      dropout: { input: 0, layers: 0, output: 0 },
      ...input.model,
    },
  });
  const facts = factsOf(options.column ?? {});
  const model = createTaggingModel({ config, facts, key: randomKey(7) });
  // Biases, transitions and borders begin with zeros, which would hide mistakes.
  for (const [name, variable] of Object.entries(model.parameters)) {
    const values = variable.dataSync().map((value, i) => value + 0.3 * Math.sin(name.length + i));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  const own = options.targets ? { ...batch, targets: [options.targets] } : batch;
  const loss = () => taggingLoss(model, own, { training: true }).sum;
  const { epsilon, weight } = config.adversarial;
  const change = epsilon > 0 ? changeOf() : undefined;
  const compared = checkGradients({
    tensors: model.parameters,
    loss,
    reference: (arrays) => {
      const vectors = referenceVectors(arrays, own, { characters: tagger.characters, counts });
      const plain = referenceLoss(arrays, vectors, { batch: own, tagger });
      if (!change) return plain;
      const size = vectors[0]!.length;
      const moved = vectors.map((vector, i) => vector.map((value, f) => value + change[i * size + f]!));
      return plain + weight * referenceLoss(arrays, moved, { batch: own, tagger });
    },
    tolerance: { rtol: 1e-4, atol: 2e-6 },
  });
  model.dispose();
  return compared;

  /** What the fast gradient method adds: a constant for the gradient, as documented. */
  function changeOf(): Float32Array {
    return tf.tidy(() => {
      const vectors = model.embed(own);
      const lossAt = (x: tf.Tensor) => model.heads[0]!.loss(model.encode(x as tf.Tensor3D, own), own, own.targets![0]!);
      const gradient = tf.grad(lossAt)(vectors) as tf.Tensor3D;
      const moved = adversarialVectors(vectors, gradient, { epsilon, lengths: own.lengths });
      return tf.sub(moved, vectors).dataSync<'float32'>().slice();
    });
  }
}

const forbidden = () => {
  const { pairs } = allowedTransitions(tags, 'iob2');
  return new Set([...pairs.keys()].filter((i) => pairs[i] === 0));
};

test('letters by LSTM and a CRF of which a tag is not known', () => {
  expect(
    check(
      { characters: 'lstm', head: 'crf' },
      { model: { constrained: false, characters: { kind: 'lstm', size: 2, hiddenSize: 2 } } },
    ),
  ).toBeGreaterThan(200);
});

test('a constrained CRF', () => {
  expect(
    check(
      { characters: 'none', head: 'crf', forbidden: forbidden(), firstForbidden: [2] },
      { model: { characters: { kind: 'none' } } },
    ),
  ).toBeGreaterThan(90);
});

test('letters by convolution and a softmax with class weights', () => {
  const model = {
    characters: { kind: 'cnn', size: 2, filters: 3, width: 3 },
    classWeights: { 'B-X': 0.5, 'I-X': 2.5 },
  } as const;
  expect(check({ characters: 'cnn', head: 'softmax', weights: [1, 0.5, 2.5] }, { model })).toBeGreaterThan(100);
});

test('several labels a token', () => {
  const column = { multiLabel: true, scheme: 'none', trainedScheme: 'none', labelSeparator: '|' } as const;
  const targets = Int32Array.from([1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  const model = { characters: { kind: 'none' }, classWeights: 'balanced' } as const;
  expect(
    check({ characters: 'none', head: 'multi-label', weights: [2 / 3, 1, 2] }, { model }, { column, targets }),
  ).toBeGreaterThan(90);
});

test('adversarial training: the change counts as a constant', () => {
  const input = {
    adversarial: { epsilon: 0.3, weight: 0.7 },
    model: { characters: { kind: 'none' }, constrained: false },
  } as const;
  expect(check({ characters: 'none', head: 'crf' }, input)).toBeGreaterThan(90);
});
