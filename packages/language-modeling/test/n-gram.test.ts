import { describe, expect, it } from 'vitest';
import { parseArpa, trainNGramModel, writeArpa, type NGramModel } from '../src/index.js';
import { textSource } from './sources.js';

const text = 'a b c\nb a c d\na b\n\nc d a b\nd d\n'.repeat(2) + 'a c b\ne f a\n';

/** Σ p(w | state) over all words and the end of a sentence. */
function totalProbability(model: NGramModel, history: readonly string[]): number {
  let state = model.start();
  for (const word of history) state = model.next(state, model.id(word)).state;
  return model.words
    .map((_, id) => (id === model.startId ? 0 : Math.exp(model.next(state, id).logProbability)))
    .reduce((sum, p) => sum + p, 0);
}

describe('n-gram models', () => {
  it.each([1, 2, 3, 5])('of order %i give probabilities that sum to 1 after any words', async (order) => {
    const model = await trainNGramModel(textSource(text), { order });
    for (const history of [[], ['a'], ['a', 'b'], ['d', 'd', 'd'], ['f', 'zz', 'a', 'c']]) {
      expect(totalProbability(model, history)).toBeCloseTo(1, 5);
    }
  });

  it('sum to 1 where rare n-grams and words are left out', async () => {
    const model = await trainNGramModel(textSource(text), { order: 4, minimumNGramCounts: [1, 2, 3], minimumCount: 2 });
    expect(model.words).not.toContain('e');
    for (const history of [[], ['a', 'b'], ['c', 'd', 'a'], ['e', 'f']]) {
      expect(totalProbability(model, history)).toBeCloseTo(1, 5);
    }
    const whole = await trainNGramModel(textSource(text), { order: 4 });
    expect(model.levels[2]!.words.length).toBeLessThan(whole.levels[2]!.words.length);
  });

  it('are what they were after an ARPA file', async () => {
    const model = await trainNGramModel(textSource(text), { order: 3 });
    const arpa = [...writeArpa(model)].join('');
    const read = await parseArpa(textSource(arpa));
    expect(read.levels).toEqual(model.levels);
    expect(read.words).toEqual(model.words);
    expect([...writeArpa(read)].join('')).toBe(arpa);
  });
});
