import { describe, expect, test } from 'vitest';
import { collectFacts, createSegmenters, encodeExample, encodeSource, parseTranslationConfig } from '../src/index.js';
import { pairsOf, smallPairs } from './pairs.js';

const { tokenization } = parseTranslationConfig({ tokenization: { unit: 'word', words: 'whitespace', joint: false } });
const pairs = pairsOf('b a Kim = a b Kim', 'c b = b c', 'a = c a');

async function encoder(copy: boolean) {
  const segmenters = await createSegmenters(await collectFacts(pairs, { tokenization }), tokenization);
  return { segmenters, copy };
}

test('ids end with the end, and what training never had is unknown', async () => {
  const options = await encoder(false);
  const { source, target } = options.segmenters;
  const text = (ids: Int32Array, { vocabulary } = source) => Array.from(ids, (id) => vocabulary.token(id)).join(' ');
  const example = encodeExample({ source: 'a b Lou', target: 'b Lou' }, options);
  expect(text(example.source)).toBe('a b <unk> </s>');
  expect(text(example.target!, target)).toBe('b <unk> </s>');
  expect(example.sourceInTarget).toBeUndefined();
  expect(text(encodeExample({ source: '', target: '' }, options).source)).toBe('</s>');
  expect(encodeSource('a Lou', options)).toEqual({
    tokens: ['a', 'Lou', '</s>'],
    example: { source: source.encode('a Lou </s>').with(2, source.vocabulary.endId!) },
    copied: [],
  });
});

describe('a model that copies', () => {
  test('numbers what the target vocabulary lacks from its size on, and the target has those numbers', async () => {
    const options = await encoder(true);
    const { vocabulary } = options.segmenters.target;
    const { size, endId, unknownId } = vocabulary;
    const [a, b] = [vocabulary.id('a'), vocabulary.id('b')];
    const pair = { source: 'Lou b Ann a Lou', target: 'a Ann Lou b Tim' };
    const { sourceInTarget, target } = encodeExample(pair, options);
    expect([...sourceInTarget!]).toEqual([size, b, size + 1, a, size, endId]);
    expect([...target!]).toEqual([a, size + 1, size, b, unknownId, endId]);
    expect(encodeSource(pair.source, options).copied).toEqual(['Lou', 'Ann']);
  });

  test('a special token that the text spells is copied as a word, and ends nothing', async () => {
    const options = await encoder(true);
    const { size, endId } = options.segmenters.target.vocabulary;
    const { sourceInTarget, target } = encodeExample({ source: '</s> <unk>', target: '<unk> </s>' }, options);
    expect([...sourceInTarget!]).toEqual([size, size + 1, endId]);
    expect([...target!]).toEqual([size + 1, size, endId]);
  });
});

test('facts are of the training split alone, the same in any order of its pairs', async () => {
  const config = parseTranslationConfig({ tokenization: { merges: 20 } });
  const facts = await collectFacts(smallPairs, config);
  expect(await collectFacts(smallPairs.toReversed(), config)).toEqual(facts);
  expect(facts.source.merges).toHaveLength(20);
  const words = await collectFacts(smallPairs, parseTranslationConfig({ tokenization: { unit: 'word' } }));
  expect(words.source.merges).toEqual([]);
});
