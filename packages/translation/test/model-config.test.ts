import { ConfigError, randomKey, Vocabulary } from '@unroll/core';
import { createTranslationModel, parseTranslationConfig, type TranslationConfigInput } from '@unroll/translation';
import { expect, test } from 'vitest';
import { toyFacts, toyModel } from './models.js';

const cases: readonly [NonNullable<TranslationConfigInput['model']>, string][] = [
  [
    { bridge: 'last', encoder: { hiddenSize: 4 } },
    'model.bridge "last" hands the encoder\'s states on as they are: the decoder must have layers × hiddenSize of 1 × 8 or 2 × 4, got 1 × 6; set model.bridge to "dense" or "mean" for other sizes',
  ],
  [
    { tiedEmbeddings: 'target', deepOutput: false },
    'model.tiedEmbeddings "target" needs an output layer that reads embeddingSize = 5 numbers, but without model.deepOutput it reads 12; set model.deepOutput to true',
  ],
  [{ attention: { kind: 'none' }, copy: true }, 'model.copy needs attention, but model.attention.kind is "none"'],
  [
    { attention: { kind: 'none', coverage: { enabled: true } } },
    'model.attention.coverage needs attention, but model.attention.kind is "none"',
  ],
  [
    { attention: { kind: 'none' }, bridge: 'zero' },
    'without attention the decoder knows of the source what model.bridge hands it, but that is "zero"; set model.attention.kind, or model.bridge to "mean"',
  ],
  [
    { attention: { range: 'monotonic' } },
    'model.attention.range "monotonic" needs model.decoder.attends "after", got "between"',
  ],
  [
    { attention: { kind: 'dot' }, encoder: { hiddenSize: 4 } },
    'model.attention.kind "dot" compares the decoder\'s 6 numbers with the encoder\'s 8; set model.decoder.hiddenSize to 8, or kind to "general"',
  ],
];

test.each(cases)('parts that do not fit each other: %o', (model, message) => {
  expect(() => toyModel({ model })).toThrow(ConfigError);
  expect(() => toyModel({ model })).toThrow(message);
});

test('three-way tying needs one vocabulary', () => {
  const config = parseTranslationConfig({ model: { tiedEmbeddings: 'all' } });
  const { specials, tokens } = toyFacts.source.vocabulary;
  const target = { vocabulary: new Vocabulary([...tokens, 'more'], specials), merges: [] };
  expect(() => createTranslationModel({ config, facts: { ...toyFacts, target }, key: randomKey(1) })).toThrow(
    'model.tiedEmbeddings "all" needs one vocabulary, but the source has 11 tokens and the target 12',
  );
});

test('tied embeddings are one table', () => {
  const tables = (tiedEmbeddings: 'none' | 'target' | 'all') => {
    const model = toyModel({ model: { tiedEmbeddings } });
    const names = Object.keys(model.parameters).filter((name) => /table|head/.test(name));
    model.dispose();
    return names;
  };
  expect(tables('none')).toEqual([
    'encoder.tokens.embedding.table',
    'tokens.embedding.table',
    'head.kernel',
    'head.bias',
  ]);
  expect(tables('target')).toEqual(['encoder.tokens.embedding.table', 'tokens.embedding.table', 'head.bias']);
  expect(tables('all')).toEqual(['encoder.tokens.embedding.table', 'head.bias']);
});
