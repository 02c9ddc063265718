import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { discountsOf } from '../src/n-gram/kneser-ney.js';
import {
  evaluateNGramModel,
  nGramScorer,
  parseArpa,
  sentenceLogProbability,
  trainNGramModel,
  writeArpa,
  type NGramModel,
} from '../src/index.js';
import { byteSource, textSource } from './sources.js';

interface Golden {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly cases: readonly {
    readonly order: number;
    readonly minimumNGramCounts: readonly number[];
    readonly discounts: readonly (readonly number[])[];
    readonly logProbabilities: readonly (readonly number[])[];
  }[];
}

const golden = JSON.parse(await readFile(new URL('golden/n-gram.json', import.meta.url), 'utf8')) as unknown as Golden;
const text = 'a b c\nb a c d\na b\n\nc d a b\nd d\n'.repeat(2) + 'a c b\ne f a\n';

/** Σ p(w | words before) over all words and the end of a sentence. */
function totalProbability(model: NGramModel, history: readonly string[]): number {
  let state = model.start();
  for (const word of history) state = model.next(state, model.id(word)).state;
  return model.words
    .map((_, id) => (id === model.startId ? 0 : Math.exp(model.next(state, id).logProbability)))
    .reduce((sum, p) => sum + p, 0);
}

function arpaText(model: NGramModel): string {
  return [...writeArpa(model)].join('');
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

  it.each(golden.cases)(
    'of order $order with counts from $minimumNGramCounts are those of the formulas',
    async (given) => {
      const { order, minimumNGramCounts, logProbabilities } = given;
      const model = await trainNGramModel(textSource(golden.train.join('\n')), { order, minimumNGramCounts });
      const scorer = nGramScorer(model);
      golden.test.forEach((sentence, i) => {
        let state = scorer.start();
        const found = sentence.split(' ').map((word) => {
          const next = scorer.score(state, ['the', word])[1]!;
          state = next.state;
          return next.logProbability;
        });
        [...found, scorer.end(state)].forEach((value, j) => expect(value).toBeCloseTo(logProbabilities[i]![j]!, 5));
      });
      const total = logProbabilities[1]!.reduce((sum, value) => sum + value, 0);
      expect(sentenceLogProbability(model, golden.test[1]!.split(' '))).toBeCloseTo(total, 4);
    },
  );

  it('take the usual discounts where counts cannot tell them', () => {
    // the golden values have both
    const told = golden.cases.flatMap(({ discounts }) => discounts.map((some) => some.join(' ') !== '0.5 1 1.5'));
    expect(new Set(told).size).toBe(2);
    expect(discountsOf(Int32Array.of(1, 1, 1, 2, 2, 3, 4, 9))).toEqual([
      1 - (2 * (3 / 7) * 2) / 3,
      2 - (3 * (3 / 7) * 1) / 2,
      3 - (4 * (3 / 7) * 1) / 1,
    ]);
    expect(discountsOf(Int32Array.of(5, 5, 5))).toEqual([0.5, 1, 1.5]);
  });

  it('tell how well they predict a text', async () => {
    const model = await trainNGramModel(textSource(text), { order: 3 });
    const found = await evaluateNGramModel(model, textSource('A b\n\nzz d\n'), { lowercase: true });
    const expected = sentenceLogProbability(model, ['a', 'b']) + sentenceLogProbability(model, ['zz', 'd']);
    expect(found).toMatchObject({ sentences: 2, words: 6, unknown: 1 });
    expect(found.logProbability).toBeCloseTo(expected, 10);
    expect(found.perplexity).toBeCloseTo(Math.exp(-expected / 6), 8);
    await expect(evaluateNGramModel(model, textSource('\n'))).rejects.toThrow(/no words/);
  });

  it('of characters know the space, and keep it in a file', async () => {
    const model = await trainNGramModel(textSource('Ab ba\nba ab b\n'), {
      order: 3,
      unit: 'character',
      lowercase: true,
    });
    const read = await parseArpa(textSource(arpaText(model)));
    expect(read.unit).toBe('character');
    const scorer = nGramScorer(read);
    expect(scorer.unit).toBe('symbol');
    const [space, unknown] = scorer.score(scorer.score(scorer.start(), ['b'])[0]!.state, [' ', '#']);
    expect(space!.logProbability).toBeGreaterThan(unknown!.logProbability + 0.5);
  });

  it('do not take the marks of ends in a text for ends', async () => {
    const model = await trainNGramModel(textSource('a <s> b\na </s> b\na <unk> b\n'), { order: 2 });
    const same = await trainNGramModel(textSource('a <unk> b\n'.repeat(3)), { order: 2 });
    expect(model.levels).toEqual(same.levels);
  });

  it('name what they cannot be trained with', async () => {
    await expect(trainNGramModel(textSource(' \n\n'))).rejects.toThrow(/no words/);
    await expect(trainNGramModel(textSource('a\n'), { order: 7 })).rejects.toThrow(/order must be .* 1 to 6, got 7/);
    await expect(trainNGramModel(textSource('a\n'), { minimumNGramCounts: [1, 3, 2] })).rejects.toThrow(/do not fall/);
    await expect(trainNGramModel(byteSource(Uint8Array.of(0x61, 0xff)))).rejects.toThrow(/byte 1 is not UTF-8/);
  });
});

const arpa = `anything may stand here
\\data\\
ngram 1=5
ngram 2=3
ngram 3=1

\\1-grams:
-99 <s> -0.5
-0.7 </s>
-0.4 a -0.2
-0.9 b -0.1
-1.2 c

\\2-grams:
-0.3 a b -0.6
-0.25 <s> a
-0.15 b </s>

\\3-grams:
-0.05 a b </s>

\\end\\
`;

describe('ARPA files', () => {
  it('give back-off probabilities', async () => {
    const model = await parseArpa(textSource(arpa));
    const sum = (words: readonly string[]) => sentenceLogProbability(model, words) / Math.LN10;
    // <s> a, a b, a b </s>
    expect(sum(['a', 'b'])).toBeCloseTo(-0.25 - 0.3 - 0.05, 5);
    // <s> backs off to c; c has no weight
    expect(sum(['c', 'b'])).toBeCloseTo(-0.5 - 1.2 - 0.9 - 0.15, 5);
    // a b backs off to b, that to a; a to the end
    expect(sum(['a', 'b', 'a'])).toBeCloseTo(-0.25 - 0.3 - 0.6 - 0.1 - 0.4 - 0.2 - 0.7, 5);
    // a word that it does not know
    expect(sum(['zz'])).toBeCloseTo(-0.5 - 100 - 0.7, 4);
  });

  it('are read back as the same model, in any order of lines', async () => {
    const model = await trainNGramModel(textSource(text), { order: 3 });
    const written = arpaText(model);
    const read = await parseArpa(textSource(written));
    expect(read.levels).toEqual(model.levels);
    expect(read.words).toEqual(model.words);
    expect(arpaText(read)).toBe(written);
    const [head, ...sections] = written.split(/(?=\\[0-9]-grams:)/);
    const turned = sections.map((section, n) => {
      const [title, ...lines] = section.trim().split('\n');
      const last = lines.at(-1) === '\\end\\' ? ['\\end\\'] : [];
      const entries = lines.filter((line) => /^-?[0-9]/.test(line));
      return [title, ...(n === 0 ? entries : entries.toReversed()), ...last, ''].join('\n');
    });
    expect(arpaText(await parseArpa(textSource(head + turned.join('\n'))))).toBe(written);
  });

  it.each([
    ['nothing', '', /no line .*data/],
    ['a size too many', arpa.replace('2=3', '3=3'), /line 4: expected "ngram 2=…"/],
    ['another count', arpa.replace('2=3', '2=4'), /line 19: expected 4 n-grams of length 2, got 3/],
    ['the end in the middle', arpa.slice(0, 150), /expected 3 n-grams of length 2, got/],
    ['no number', arpa.replace('-0.9 b', 'x b'), /line 11: expected a number, got "x"/],
    ['a probability above 1', arpa.replace('-0.9 b', '0.9 b'), /must not be above 0, got 0.9/],
    ['a word twice', arpa.replace('-1.2 c', '-1.2 a'), /line 12: "a" is there twice/],
    ['an n-gram twice', arpa.replace('<s> a', 'a b'), /an n-gram of length 2 that ends in "b" is there twice/],
    ['a word of no 1-gram', arpa.replace('<s> a', '<s> x'), /line 16: "x" is not among the 1-grams/],
    ['no shorter n-gram', arpa.replace('a b </s>', 'c b </s>'), /line 20: the first 2 words are no n-gram/],
    [
      'a field too many',
      arpa.replace('-0.05 a b </s>', '-0.05 a b </s> -1'),
      /line 20: expected a number, 3 words, got/,
    ],
    ['no end', arpa.replace('-0.7 </s>', '-0.7 d').replaceAll('b </s>', 'b d'), /the 1-grams have no <\/s>/],
    ['too many words', arpa.replace('1=5', '1=99999999999'), /more than 200000000 n-grams/],
  ])('with %s are refused', async (_, damaged, message) => {
    await expect(parseArpa(textSource(damaged, 'model.arpa'))).rejects.toThrow(message);
    await expect(parseArpa(textSource(damaged, 'model.arpa'))).rejects.toThrow(/model\.arpa/);
  });
});
