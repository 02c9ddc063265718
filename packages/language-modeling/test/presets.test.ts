import { ConfigError, randomKey } from '@unroll/core';
import { describe, expect, test, vi } from 'vitest';
import {
  createLanguageModel,
  findPreset,
  parseLanguageModelConfig,
  presets,
  publishedScores,
} from '@unroll/language-modeling';

// many small models take their time on a busy machine
vi.setConfig({ testTimeout: 30_000 });

function parameterCount(name: string, vocabularySize: number): number {
  const model = createLanguageModel(parseLanguageModelConfig(findPreset(name)), vocabularySize, randomKey(1));
  const count = Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0);
  model.dispose();
  return count;
}

describe('published sizes', () => {
  test('Zaremba et al. 2014: 4.65 and 19.8 million weights', () => {
    // embedding and output V·H each, output bias V, and per layer 8·H² + 4·H
    const expected = (hidden: number) => 2 * 10_000 * hidden + 10_000 + 2 * (8 * hidden * hidden + 4 * hidden);
    expect(parameterCount('ptb-small', 10_000)).toBe(expected(200));
    expect(expected(200)).toBe(4_651_600);
    expect(parameterCount('ptb-medium', 10_000)).toBe(expected(650));
    expect(expected(650)).toBe(19_775_200);
  });

  test('char-rnn: 240,321 weights on 65 characters, of which 1,024 are a second bias of each gate', () => {
    expect(parameterCount('char-rnn', 65)).toBe(240_321 - 2 * 4 * 128);
  });
});

test.each(Object.keys(presets))('%s is a whole configuration that can be saved and read back', (name) => {
  const config = parseLanguageModelConfig(findPreset(name));
  expect(parseLanguageModelConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test('the Penn Treebank recipes follow the table of their authors', () => {
  const row = (name: string) => {
    const { model, batches, training, gradientAverage } = parseLanguageModelConfig(findPreset(name));
    const { hiddenSize, layers, dropout, forgetBias, initialization } = model;
    return { hiddenSize, layers, dropout, forgetBias, initialization, ...batches, gradientAverage, training };
  };
  expect(row('ptb-small')).toMatchObject({
    hiddenSize: 200,
    layers: 2,
    forgetBias: 0,
    initialization: { kind: 'uniform', scale: 0.1, cellBias: 'zeros' },
    batchSize: 20,
    truncationSteps: 20,
    gradientAverage: 'sequence',
    dropout: { kind: 'plain', embedding: 0, layers: 0, output: 0, recurrent: 0 },
    training: {
      epochs: 13,
      clipNorm: 5,
      optimizer: { name: 'sgd', learningRate: 1 },
      schedule: { name: 'exponential', factor: 0.5, hold: 4, unit: 'epoch' },
    },
  });
  expect(row('ptb-large')).toMatchObject({
    hiddenSize: 1500,
    truncationSteps: 35,
    initialization: { scale: 0.04 },
    dropout: { embedding: 0.65, layers: 0.65, output: 0.65, recurrent: 0 },
    training: { epochs: 55, clipNorm: 10, schedule: { factor: 1 / 1.15, hold: 14 } },
  });
  expect(publishedScores['ptb-small']![0]).toMatchObject({ score: 'perplexity', split: 'test', value: 115.91 });
});

test('an unknown preset names the nearest', () => {
  expect(() => findPreset('ptb-smal')).toThrow(ConfigError);
  expect(() => findPreset('ptb-smal')).toThrow('there is no preset "ptb-smal"; did you mean ptb-small?');
  expect(() => findPreset('toString')).toThrow('there is no preset');
});

test('an unknown key names the nearest', () => {
  const misspelt = { model: { hidenSize: 3 } } as never;
  expect(() => parseLanguageModelConfig(misspelt)).toThrow('model.hidenSize; did you mean model.hiddenSize?');
});

test('a tied embedding is as wide as the hidden state', () => {
  const config = { model: { tiedEmbedding: true, hiddenSize: 8, embeddingSize: 4 } };
  expect(() => parseLanguageModelConfig(config)).toThrow('model.tiedEmbedding');
});
