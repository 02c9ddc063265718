import {
  deriveKey,
  Embedding,
  GruCell,
  initializers,
  Linear,
  linearCrossEntropy,
  LstmCell,
  parseConfig,
  prefixParameters,
  randomKey,
  Stack,
  trainingConfigSchema,
  uniform,
  type LossResult,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TaggerShape } from '../../models.js';
import type { Session, StartOf } from './session.js';
import { Training } from './training.js';

/** Padded sentences, `[time, batch]` row by row. */
interface Batch {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  /** 1 = real, 0 = padding */
  readonly mask: Float32Array;
  readonly lengths: Int32Array;
  readonly count: number;
}

/** A tagger put together from core's parts, with core's trainer. */
export function startTagger({ shape, seed, lengths = [] }: StartOf<TaggerShape>): Session {
  const key = randomKey(seed);
  const parts = createParts(shape, key);
  const parameters: Parameters = {
    ...prefixParameters('embedding', parts.embedding.parameters),
    ...parts.stack.parameters,
    ...prefixParameters('head', parts.head.parameters),
  };
  const batches = lengths.map((own, index) => randomBatch(shape, own, deriveKey(key, 'batch', index)));
  const config = parseConfig(trainingConfigSchema, {
    epochs: 1_000_000,
    optimizer: { name: 'sgd', learningRate: shape.learningRate },
    clipNorm: shape.clipNorm,
  });
  const task = {
    name: 'tagger',
    parameters,
    train: {
      batchesPerEpoch: batches.length,
      batches: (_epoch: number, _key: RandomKey, from: number) => batches.slice(from),
    },
    loss: (batch: unknown) => loss(shape, parts, batch as Batch),
    lossDivisor: (_batch: unknown, count: number) => count,
    scores: (sum: number, count: number) => ({ loss: sum / count, count }),
    bestScore: { name: 'loss', better: 'lower' },
  } as const;
  const training = new Training(task, config, seed);
  return {
    parameters: Object.values(parameters).reduce((sum, { size }) => sum + size, 0),
    run: (_work, repetitions) => training.run(repetitions),
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(shape: TaggerShape, key: RandomKey) {
  const { vocabularySize, embeddingSize, hiddenSize, layers, bidirectional, tags } = shape;
  const initializer = initializers.uniform(0.05);
  const embedding = new Embedding({ vocabularySize, embeddingSize, key: deriveKey(key, 'embedding'), initializer });
  const stack = new Stack({
    inputSize: embeddingSize,
    hiddenSize,
    layers,
    bidirectional,
    key: deriveKey(key, 'stack'),
    createCell: (options) => (shape.cell === 'gru' ? new GruCell(options) : new LstmCell(options)),
  });
  const head = new Linear({ inputSize: stack.outputSize, outputSize: tags, key: deriveKey(key, 'head') });
  return { embedding, stack, head };
}

function loss({ timeSteps, batchSize }: TaggerShape, { embedding, stack, head }: Parts, batch: Batch): LossResult {
  const vectors = embedding.apply(tf.tensor2d(batch.inputs, [timeSteps, batchSize], 'int32')) as tf.Tensor3D;
  const { output } = stack.applyTimeMajor(vectors, { lengths: tf.tensor1d(batch.lengths, 'int32') });
  const { sum } = linearCrossEntropy({
    hidden: tf.reshape(output, [timeSteps * batchSize, stack.outputSize]),
    kernel: head.kernel,
    bias: head.bias,
    targets: tf.tensor1d(batch.targets, 'int32'),
    mask: tf.tensor1d(batch.mask),
  });
  return { sum, count: batch.count };
}

function randomBatch(shape: TaggerShape, lengths: readonly number[], key: RandomKey): Batch {
  const { timeSteps, batchSize, vocabularySize, tags } = shape;
  const size = timeSteps * batchSize;
  const draw = (name: string, limit: number) =>
    Int32Array.from(uniform(deriveKey(key, name), size), (value) => Math.floor(value * limit));
  const mask = Float32Array.from({ length: size }, (_, i) =>
    Math.floor(i / batchSize) < lengths[i % batchSize]! ? 1 : 0,
  );
  return {
    inputs: draw('inputs', vocabularySize).map((id, i) => id * mask[i]!),
    targets: draw('targets', tags).map((tag, i) => tag * mask[i]!),
    mask,
    lengths: Int32Array.from(lengths),
    count: lengths.reduce((sum, length) => sum + length, 0),
  };
}
