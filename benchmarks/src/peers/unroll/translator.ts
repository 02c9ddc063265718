import { deriveKey, randomKey, uniform, Vocabulary, type RandomKey, type Task } from '@unroll/core';
import {
  createTranslationModel,
  parseTranslationConfig,
  specialTokens,
  translationLoss,
  type Batch,
} from '@unroll/translation';
import type { TranslatorShape } from '../../models.js';
import type { Session, StartOf } from './session.js';
import { Training } from './training.js';

/** `@unroll/translation`'s model and loss with core's trainer, on random words. */
export function startTranslator({ shape, seed, lengths = [] }: StartOf<TranslatorShape>): Session {
  const key = randomKey(seed);
  const config = configOf(shape);
  const side = { vocabulary: vocabularyOf(shape.vocabularySize), merges: [] };
  const model = createTranslationModel({ config, facts: { source: side, target: side }, key: deriveKey(key, 'model') });
  const batches = lengths.map((own, index) => randomBatch(shape, own, deriveKey(key, 'batch', index)));
  const task: Task<Batch> = {
    name: 'translator',
    parameters: model.parameters,
    train: { batchesPerEpoch: batches.length, batches: (_epoch, _key, from) => batches.slice(from) },
    loss: (batch, context) => translationLoss(model, batch, context),
    lossDivisor: (_batch, count) => count,
    scores: (sum, count) => ({ loss: sum / count, count }),
    bestScore: { name: 'loss', better: 'lower' },
  };
  const training = new Training(task, config.training, seed);
  return {
    parameters: Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0),
    run: (_work, repetitions) => training.run(repetitions),
  };
}

function configOf({ embeddingSize, hiddenSize, learningRate, clipNorm }: TranslatorShape) {
  return parseTranslationConfig({
    tokenization: { unit: 'word', words: 'whitespace' },
    model: {
      embeddingSize,
      encoder: { cell: 'gru', hiddenSize },
      decoder: { cell: 'gru', hiddenSize, attends: 'before' },
      attention: { kind: 'additive' },
      bridge: 'mean',
    },
    training: { epochs: 1_000_000, optimizer: { name: 'adam', learningRate }, clipNorm },
  });
}

function vocabularyOf(size: number): Vocabulary {
  const specials = Object.values(specialTokens);
  const words = Array.from({ length: size - specials.length }, (_, index) => `w${index}`);
  return new Vocabulary([...specials, ...words], specialTokens);
}

/** Source and target of the same lengths; what stands in padding is 0. */
function randomBatch(shape: TranslatorShape, lengths: readonly number[], key: RandomKey): Batch {
  const { timeSteps, batchSize, vocabularySize } = shape;
  const draw = (name: string) =>
    Int32Array.from(uniform(deriveKey(key, name), timeSteps * batchSize), (value, index) =>
      Math.floor(index / batchSize) < lengths[index % batchSize]! ? Math.floor(value * vocabularySize) : 0,
    );
  const common = { timeSteps, batchSize, lengths: Int32Array.from(lengths) };
  return {
    batchSize,
    source: { ...common, ids: draw('source') },
    target: { ...common, inputs: draw('inputs'), targets: draw('targets') },
    count: lengths.reduce((sum, length) => sum + length, 0),
  };
}
