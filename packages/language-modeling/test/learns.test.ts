import { randomKey, train } from '@unroll/core';
import { expect, test } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  evaluateLanguageModel,
  generate,
  parseLanguageModelConfig,
  prepareText,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';
import { textSource } from './sources.js';

const sentence = 'the quick brown fox jumps over the lazy dog';

/** A model of a sentence that is repeated line by line, its loss on the held-out end before and after training. */
async function learn(input: LanguageModelConfigInput) {
  const config = parseLanguageModelConfig({ ...input, batches: { batchSize: 4, truncationSteps: 16 } });
  const { vocabulary, splits } = await prepareText({ train: textSource(`${sentence}\n`.repeat(40)) }, config);
  const model = createLanguageModel(config, vocabulary.size, randomKey(1));
  const before = await evaluateLanguageModel(model, splits.valid);
  const task = createLanguageModelingTask({ config, model, ...splits });
  const options = { config: config.training, key: randomKey(1), clock: () => 0 };
  const events: string[] = [];
  for await (const { type } of train(task, options)) events.push(type);
  expect(events.at(-1)).toBe('stopped');
  const after = await evaluateLanguageModel(model, splits.valid);
  let text = '';
  const length = config.text.unit === 'word' ? 9 : sentence.length;
  for await (const piece of generate(model, vocabulary, {
    prompt: 'the quick',
    length,
    greedy: true,
    key: randomKey(1),
  })) {
    text += piece;
  }
  model.dispose();
  return { before: before.lossNats, after: after.lossNats, text: `the quick${text}` };
}

test('a character model learns a sentence by heart', async () => {
  const training = { epochs: 6, optimizer: { name: 'adam', learningRate: 0.03 }, clipNorm: 1 } as const;
  const { before, after, text } = await learn({ model: { layers: 1, hiddenSize: 24 }, training });
  expect(before).toBeGreaterThan(3);
  expect(after).toBeLessThan(0.1);
  expect(text.startsWith(sentence)).toBe(true);
}, 30_000);

test('a word model learns a sentence by heart, with the loss summed over time', async () => {
  const { before, after, text } = await learn({
    text: { unit: 'word' },
    model: { layers: 1, hiddenSize: 24, initialization: { kind: 'uniform', scale: 0.2 }, forgetBias: 0 },
    gradientAverage: 'sequence',
    training: { epochs: 25, optimizer: { name: 'sgd', learningRate: 1 }, clipNorm: 5 },
  });
  expect(before).toBeGreaterThan(2);
  expect(after).toBeLessThan(0.1);
  expect(text.startsWith(`${sentence}\n`)).toBe(true);
}, 30_000);
