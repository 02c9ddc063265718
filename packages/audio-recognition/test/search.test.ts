import { describe, expect, it } from 'vitest';
import { createTranscriptSearch, decodeTranscripts, type SymbolScorer, type Transcript } from '../src/index.js';
import { irregularSteps, listTexts, searchedModel } from './search-model.js';

const letters = ['a', 'b', ' '];
const exact = { decoding: { minimumProbability: 0 } };

/** ln p from a table of made-up, irregular numbers that depend on the two units before; `#` is the end. */
function tableScorer(unit: 'word' | 'symbol'): SymbolScorer<readonly string[]> {
  const value = (history: readonly string[], next: string) =>
    -1.5 +
    Math.sin(
      [...history, next]
        .join('|')
        .split('')
        .reduce((sum, c, i) => sum + c.charCodeAt(0) * (i + 3), 0),
    );
  return {
    name: 'table',
    unit,
    start: () => [],
    score: (state, units) =>
      units.map((next) => ({ logProbability: value(state, next), state: [...state, next].slice(-2) })),
    end: (state) => value(state, '#'),
  };
}

/** ln p(units) with the end, unit by unit. */
function languageScore(scorer: SymbolScorer<readonly string[]>, units: readonly string[]): number {
  let [state, sum] = [scorer.start(), 0];
  for (const unit of units) {
    const next = scorer.score(state, [unit])[0]!;
    sum += next.logProbability;
    state = next.state;
  }
  return sum + scorer.end(state);
}

/** All transcripts with their scores, best first, from a listing of all alignments. */
function listed(
  logProbabilities: Float32Array,
  symbols: readonly string[],
  score: (ids: readonly string[], logProbability: number) => number,
) {
  return Array.from(listTexts(logProbabilities, symbols.length + 1), ([key, logProbability]) => {
    const ids = key === '' ? [] : key.split(' ').map((id) => symbols[Number(id) - 1]!);
    return { text: ids.join(''), logProbability, score: score(ids, logProbability) };
  })
    .filter((one) => one.score > -Infinity)
    .sort((a, b) => b.score - a.score);
}

function expectSame(found: readonly Transcript[], expected: ReturnType<typeof listed>): void {
  expect(found.length).toBeGreaterThan(0);
  found.forEach((one, i) => {
    expect(one.score).toBeCloseTo(expected[i]!.score, 5);
    expect(one.logProbability).toBeCloseTo(expected[i]!.logProbability, 5);
    expect(one.text).toBe(expected[i]!.text.replace(/ +/g, ' ').trim());
  });
}

describe('prefix beam search', () => {
  it('sums all alignments of every text, where the beam has room for all', () => {
    const symbols = ['a', 'b'];
    const steps = irregularSteps(6, 3);
    const found = decodeTranscripts(steps, searchedModel(symbols, exact), { beam: 1000, nBest: 1000 });
    const expected = listed(steps, symbols, (_, logProbability) => logProbability);
    expect(found.length).toBe(expected.length);
    expectSame(found, expected);
    expect(found.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0)).toBeCloseTo(1, 6);
  });

  it('finds a text whose alignments together are likelier than the single best alignment', () => {
    // p(blank) = 0.6, p(a) = 0.4 twice: greedy writes nothing with 0.36, but "a" has 0.64
    const steps = Float32Array.from([0.6, 0.4, 0.6, 0.4], Math.log);
    const model = searchedModel(['a']);
    expect(decodeTranscripts(steps, model).map(({ text }) => text)).toEqual(['']);
    const [best] = decodeTranscripts(steps, model, { beam: 2 });
    expect(best!.text).toBe('a');
    expect(best!.logProbability).toBeCloseTo(Math.log(0.64), 6);
  });

  it('joins repetitions unless a blank is between, greedily and by search', () => {
    const path = [1, 1, 0, 1, 2, 2, 0, 0, 2];
    const steps = Float32Array.from(path.flatMap((id) => [0, 1, 2].map((c) => Math.log(c === id ? 0.98 : 0.01))));
    const model = searchedModel(['a', 'b']);
    const greedy = decodeTranscripts(steps, model)[0]!;
    expect(greedy.text).toBe('aabb');
    expect(greedy.logProbability).toBeCloseTo(9 * Math.log(0.98), 4);
    expect(decodeTranscripts(steps, model, { beam: 8 })[0]!.text).toBe('aabb');
  });

  it.each(['symbol', 'word'] as const)('adds the language model by %s and the bonus to the score', (unit) => {
    const steps = irregularSteps(6, 4, { sharpness: 2 });
    const scorer = tableScorer(unit);
    const [alpha, beta] = [0.7, 0.9];
    const unitsOf = (ids: readonly string[]) => (unit === 'symbol' ? ids : wordsOf(ids));
    const expected = listed(steps, letters, (ids, logProbability) => {
      const units = unitsOf(ids);
      if (units.includes('')) return -Infinity;
      return logProbability + alpha * languageScore(scorer, units) + beta * units.length;
    });
    const options = { beam: 4000, nBest: 30, languageModel: scorer, languageWeight: alpha, insertionBonus: beta };
    const found = decodeTranscripts(steps, searchedModel(letters, exact), options);
    // texts that differ in their last space alone are one
    const seen = new Set<string>();
    expectSame(
      found,
      expected.filter(({ text }) => {
        const written = text.replace(/ +/g, ' ').trim();
        return !seen.has(written) && seen.add(written);
      }),
    );
  });

  it('writes words of the lexicon alone', () => {
    const steps = irregularSteps(6, 4, { sharpness: 2, shift: 0.4 });
    const lexicon = ['ab', 'a', 'bb', 'zz'];
    const expected = listed(steps, letters, (ids, logProbability) => {
      const words = wordsOf(ids);
      return words.every((word) => lexicon.includes(word)) ? logProbability + 0.3 * words.length : -Infinity;
    });
    const found = decodeTranscripts(steps, searchedModel(letters, exact), {
      beam: 4000,
      nBest: 3,
      lexicon,
      insertionBonus: 0.3,
    });
    expectSame(found, expected.slice(0, 3));
  });

  it('leaves a word out that is not whole at the end, where that is all there is', () => {
    const said = [1, 2, 3, 2];
    const steps = Float32Array.from(said.flatMap((id) => [0, 1, 2, 3].map((c) => Math.log(c === id ? 0.97 : 0.01))));
    const search = createTranscriptSearch(searchedModel(letters), { beam: 1, lexicon: ['ab', 'bbb'] });
    search.push(steps);
    expect(search.best()[0]!.text).toBe('ab b');
    expect(search.end()[0]!.text).toBe('ab');
  });

  it('takes a lexicon and a language model of words for a model that writes words', () => {
    const symbols = ['one', 'three', 'two'];
    const steps = irregularSteps(4, 4);
    const scorer = tableScorer('word');
    const model = searchedModel(symbols, { ...exact, data: { unit: 'word' } });
    const expected = Array.from(listTexts(steps, 4), ([key, logProbability]) => {
      const words = key === '' ? [] : key.split(' ').map((id) => symbols[Number(id) - 1]!);
      const score = logProbability + languageScore(scorer, words) - 0.2 * words.length;
      return { text: words.join(' '), score: words.includes('two') ? -Infinity : score };
    }).sort((a, b) => b.score - a.score);
    const found = decodeTranscripts(steps, model, {
      beam: 1000,
      nBest: 5,
      languageModel: scorer,
      languageWeight: 1,
      insertionBonus: -0.2,
      lexicon: ['one', 'three'],
    });
    expect(found.map(({ text }) => text)).toEqual(expected.slice(0, 5).map(({ text }) => text));
    found.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i]!.score, 5));
  });

  it('gives of pieces what the whole gives, partial results on the way', () => {
    const steps = irregularSteps(40, 4);
    const model = searchedModel(letters);
    const options = { beam: 5, languageModel: tableScorer('word') };
    const whole = decodeTranscripts(steps, model, { ...options, nBest: 3 });
    const search = createTranscriptSearch(model, options);
    for (const [begin, end] of [
      [0, 1],
      [1, 1],
      [1, 8],
      [8, 40],
    ] as const)
      search.push(steps.subarray(begin * 4, end * 4));
    expect(search.best()[0]!.text.length).toBeGreaterThan(3);
    expect(search.end(3)).toEqual(whole);
  });

  it('stays what it is while prefixes that nothing begins with are let go', () => {
    const steps = irregularSteps(3000, 5, { sharpness: 2.5 });
    const model = searchedModel(['a', 'b', 'c', ' ']);
    const search = createTranscriptSearch(model, { beam: 8, languageModel: tableScorer('symbol') });
    search.push(steps);
    const [best] = search.end();
    expect(best!.ids.length).toBeGreaterThan(500);
    // the language model's part of the score is that of the whole text: no state was mixed up
    const units = Array.from(best!.ids, (id) => model.facts.symbols.token(id));
    const language = languageScore(tableScorer('symbol'), units);
    expect(best!.score).toBeCloseTo(best!.logProbability + 0.5 * language, 6);
  });

  it('does not follow symbols below the minimum probability', () => {
    const steps = Float32Array.from([0.5, 0.45, 0.05, 0.5, 0.45, 0.05], Math.log);
    const pruned = searchedModel(['a', 'b'], { decoding: { minimumProbability: 0.1 } });
    const texts = decodeTranscripts(steps, pruned, { beam: 20, nBest: 20 }).map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['', 'a']);
  });

  it('passes over steps in which nothing is possible', () => {
    const model = searchedModel(['a', 'b']);
    const step = Float32Array.from([0.1, 0.8, 0.1], Math.log);
    const nothing = new Float32Array(3).fill(-Infinity);
    const found = decodeTranscripts(Float32Array.from([...step, ...nothing]), model, { beam: 4 });
    expect(found).toEqual(decodeTranscripts(step, model, { beam: 4 }));
    expect(decodeTranscripts(new Float32Array(), model, { beam: 4 })[0]!.text).toBe('');
  });

  it('says what is wrong', () => {
    const model = searchedModel(['a', 'b']);
    expect(() => decodeTranscripts(new Float32Array(4), model)).toThrow(/\[step, 3\], got 4 numbers/);
    expect(() => decodeTranscripts(new Float32Array(3), model, { beam: 0 })).toThrow(/beam must be a whole number/);
    expect(() => decodeTranscripts(new Float32Array(3), model, { languageWeight: NaN })).toThrow(/languageWeight/);
    expect(() => decodeTranscripts(new Float32Array(3), model, { lexicon: ['xyz', 'q'] })).toThrow(
      /none of the 2 words/,
    );
  });
});

/** Words between spaces; after a last space none begins. */
function wordsOf(ids: readonly string[]): readonly string[] {
  const words = ids.join('').split(' ');
  return words.at(-1) === '' ? words.slice(0, -1) : words;
}
