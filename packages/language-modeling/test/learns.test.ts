import { randomKey, train, type ByteSource } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  evaluateLanguageModel,
  parseLanguageModelConfig,
  prepareText,
} from '@unroll/language-modeling';

function source(text: string, name = 'text'): ByteSource {
  return {
    name,
    async *bytes() {
      yield new TextEncoder().encode(text);
    },
  };
}

describe('a character model', () => {
  test('learns a short text by heart', async () => {
    const text = 'the quick brown fox jumps over the lazy dog. '.repeat(16);
    const config = parseLanguageModelConfig({
      model: { layers: 1, hiddenSize: 24 },
      batches: { batchSize: 4, truncationSteps: 16 },
      training: { epochs: 12, optimizer: { name: 'adam', learningRate: 0.03 }, clipNorm: 1 },
    });
    const { vocabulary, splits } = await prepareText({ train: source(text) }, config);
    const model = createLanguageModel(config, vocabulary.size, randomKey(1));
    const before = await evaluateLanguageModel(model, splits.valid);
    const task = createLanguageModelingTask({ config, model, train: splits.train, valid: splits.valid });
    const options = { config: config.training, key: randomKey(1), clock: () => 0 };
    for await (const event of train(task, options)) expect(event.type).toBeTruthy();
    const after = await evaluateLanguageModel(model, splits.valid);
    expect(before.lossNats).toBeGreaterThan(3);
    expect(after.lossNats).toBeLessThan(0.1);
    model.dispose();
  }, 30_000);
});
