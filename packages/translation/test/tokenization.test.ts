import { fc } from '@fast-check/vitest';
import { randomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import { collectFacts, createSegmenters, specialTokens, type TranslationConfigInput } from '../src/index.js';
import { configOf, pairsOf, smallPairs } from './pairs.js';

type Tokenization = NonNullable<TranslationConfigInput['tokenization']>;

async function segmentersOf(tokenization: Tokenization, pairs = smallPairs) {
  const config = configOf(tokenization);
  return createSegmenters(await collectFacts(pairs, config), config.tokenization);
}

const kinds: readonly Tokenization[] = [
  { unit: 'word' },
  { unit: 'character' },
  { unit: 'byte-pair' },
  { unit: 'byte-pair', joint: false },
  { unit: 'byte-pair', words: 'whitespace' },
  { unit: 'byte-pair', mergeDropout: 0.5 },
  { unit: 'word', words: 'whitespace', joint: false },
];

describe.each(kinds)('%j', (kind) => {
  test('texts of the training split come back from their ids', async () => {
    const { source, target } = await segmentersOf(kind);
    for (const pair of smallPairs) {
      for (const [segmenter, text] of [
        [source, pair.source],
        [target, pair.target],
      ] as const) {
        const ids = segmenter.encode(text);
        expect([...ids]).not.toContain(segmenter.vocabulary.unknownId);
        expect(segmenter.join(Array.from(ids, (id) => segmenter.vocabulary.token(id)))).toBe(text);
      }
    }
  });

  test('special tokens come first, padding as 0, and a text that spells them does not mean them', async () => {
    const spelled = pairsOf('<s> ein </s> Haus <pad> = <s> a </s> house <pad>', '</s> = </s>', '</s> </s> = </s>');
    const { source } = await segmentersOf(kind, spelled);
    const { vocabulary } = source;
    expect(vocabulary.tokens.slice(0, 4)).toEqual(Object.values(specialTokens));
    expect(new Set(vocabulary.tokens).size).toBe(vocabulary.size);
    for (const text of ['</s>', 'ein </s> Haus', '<s> <pad>']) {
      const meant = [...source.encode(text)].filter((id) => id < 4 && id !== vocabulary.unknownId);
      expect(meant).toEqual([]);
      expect(source.join(source.tokens(text))).toBe(text);
    }
  });

  test('characters that training never had are unknown, alone', async () => {
    const { source } = await segmentersOf(kind);
    const { vocabulary } = source;
    expect(new Set(source.encode('漢字'))).toEqual(new Set([vocabulary.unknownId]));
    const ids = source.encode('ein 漢 Hund');
    expect([...ids].filter((id) => id === vocabulary.unknownId)).toHaveLength(1);
    expect(source.encode('')).toHaveLength(0);
    expect(source.join([])).toBe('');
  });
});

const odd = Array.from('Haus .,!?-(1９\u00a0ß漢￭@</s>');

test.each([{ unit: 'byte-pair' }, { unit: 'word' }, { unit: 'character' }] as const)(
  'any line comes back from its tokens: %j',
  async (kind) => {
    const { source } = await segmentersOf(kind);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...odd) }), (text) => {
        const line = kind.unit === 'character' ? text : text.split(' ').filter(Boolean).join(' ');
        expect(source.join(source.tokens(line))).toBe(line);
      }),
      { numRuns: 300 },
    );
  },
);

test('a joint vocabulary is one object; separate ones are of their own side', async () => {
  const joint = await segmentersOf({ unit: 'word' });
  expect(joint.source).toBe(joint.target);
  const { source, target } = await segmentersOf({ unit: 'word', joint: false });
  expect(source.vocabulary.has('Hund')).toBe(true);
  expect(target.vocabulary.has('Hund')).toBe(false);
});

test('pieces that do not end their word say so, and their merges were learnt from the training split', async () => {
  const { source } = await segmentersOf({ unit: 'byte-pair', joint: false });
  expect(source.tokens('ein Hundhaus.')).toEqual(['ein', 'Hun@@', 'd@@', 'h@@', 'au@@', 's', '￭.']);
});

test('byte-pair dropout follows from its key, and what comes of it is known', async () => {
  const { source } = await segmentersOf({ unit: 'byte-pair', mergeDropout: 0.3 });
  const text = smallPairs.map((pair) => pair.source).join(' ');
  const whole = source.tokens(text);
  const dropped = source.tokens(text, randomKey(1));
  expect(source.tokens(text, randomKey(1))).toEqual(dropped);
  expect(source.tokens(text, randomKey(2))).not.toEqual(dropped);
  expect(dropped.length).toBeGreaterThan(1.2 * whole.length);
  expect(source.join(dropped)).toBe(text);
  for (let seed = 0; seed < 50; seed++) {
    expect([...source.encode(text, randomKey(seed))]).not.toContain(source.vocabulary.unknownId);
  }
});

test('a special token that training spells often is still cut into pieces', async () => {
  const spelled = pairsOf('</s> = </s>', '</s> </s> = </s> </s>');
  const { source } = await segmentersOf({ unit: 'byte-pair', words: 'whitespace' }, spelled);
  expect(source.tokens('</s>').length).toBeGreaterThan(1);
  expect([...source.encode('</s>')]).not.toContain(source.vocabulary.unknownId);
});

test('what looks like a piece that goes on comes back, learnt or not', async () => {
  const signs = pairsOf('@@ a@@ @@@ = @@', 'a@@ @@ = @@');
  const { source } = await segmentersOf({ unit: 'byte-pair', words: 'whitespace' }, signs);
  for (const text of ['@@ a@@ b', 'a@@@ @ @@@@ x', '@']) expect(source.join(source.tokens(text))).toBe(text);
});

test('pieces that are too rare for the vocabulary are taken apart', async () => {
  const { source } = await segmentersOf({ unit: 'byte-pair', minimumCount: 3 });
  const tokens = source.tokens('schnell klein');
  expect(source.join(tokens)).toBe('schnell klein');
  expect(tokens).not.toContain('schnell');
  const { vocabulary } = source;
  const lacking = tokens.filter((token) => !vocabulary.has(token));
  expect(lacking.filter((token) => token.replace('@@', '').length > 1)).toEqual([]);
});

test('the vocabulary keeps the most frequent tokens', async () => {
  const config = configOf({ unit: 'word', maximumSize: 8 });
  const { source } = await collectFacts(smallPairs, config);
  expect(source.vocabulary.tokens).toEqual([...Object.values(specialTokens), '￭.', 'the', 'Haus', 'a']);
});
