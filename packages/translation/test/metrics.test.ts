import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  bleuFromStatistics,
  bleuStatistics,
  corpusBleu,
  corpusChrf,
  corpusTer,
  createBleu,
  metricTokens,
  scoreTexts,
  sentenceBleu,
  sentenceChrf,
  sentenceTer,
  tokenizedBleu,
  type BleuOptions,
  type ChrfOptions,
  type TerOptions,
} from '../src/index.js';

interface Golden {
  readonly sacrebleu: string;
  readonly corpora: readonly {
    readonly hypotheses: readonly string[];
    readonly references: readonly (readonly string[])[];
    readonly scores: readonly GoldenScore[];
  }[];
}

type GoldenScore = { readonly score: number; readonly signature: string } & (
  | { readonly metric: 'bleu'; readonly options: BleuOptions; readonly details: string }
  | { readonly metric: 'chrf'; readonly options: ChrfOptions }
  | { readonly metric: 'ter'; readonly options: TerOptions }
);

const golden = JSON.parse(readFileSync(new URL('golden/sacrebleu.json', import.meta.url), 'utf8')) as Golden;

test.for(golden.corpora.map((corpus, number) => [number, corpus] as const))(
  'corpus %i has the scores and signatures of sacreBLEU',
  ([, { hypotheses, references, scores }]) => {
    for (const expected of scores) {
      const found = {
        bleu: () => corpusBleu(hypotheses, references, expected.options as BleuOptions),
        chrf: () => corpusChrf(hypotheses, references, expected.options as ChrfOptions),
        ter: () => corpusTer(hypotheses, references, expected.options as TerOptions),
      }[expected.metric]();
      expect(found.score).toBeCloseTo(expected.score, 10);
      // the line of BLEU, where there is one
      const { options: _, metric: __, score: ___, ...texts } = expected;
      expect(found).toMatchObject(texts);
    }
  },
);

test('the goldens have every tokenizer, smoothing and option', () => {
  const scores = golden.corpora.flatMap((corpus) => corpus.scores);
  const bleus = scores.flatMap((score) => (score.metric === 'bleu' ? [score.options] : []));
  expect(new Set(bleus.map(({ tokenizer }) => tokenizer))).toEqual(
    new Set([undefined, '13a', 'intl', 'char', 'zh', 'none']),
  );
  expect(new Set(bleus.map(({ smoothing }) => smoothing))).toEqual(
    new Set([undefined, 'exp', 'floor', 'add-k', 'none']),
  );
  expect(new Set(scores.map(({ signature }) => signature.split('|')[0]))).toEqual(
    new Set(['nrefs:1', 'nrefs:2', 'nrefs:3', 'nrefs:var']),
  );
  expect(scores.filter(({ score }) => score > 0 && score < 100).length).toBeGreaterThan(100);
});

test('13a keeps numbers together, intl parts every mark, char parts everything', () => {
  expect(metricTokens('Well-known, 3.5 (x) U.S. 10-20 «où»', '13a').join(' ')).toBe(
    'Well-known , 3.5 ( x ) U . S . 10 - 20 «où»',
  );
  expect(metricTokens('Well-known, 3.5 «où» €5', 'intl').join(' ')).toBe('Well - known , 3.5 « où » € 5');
  expect(metricTokens('ab 👍', 'char')).toEqual(['a', 'b', '👍']);
  expect(metricTokens('你好 ab.', 'zh')).toEqual(['你', '好', 'ab', '.']);
  expect(metricTokens(' a  b. ', 'none')).toEqual(['a', 'b.']);
});

test('statistics add up over batches to the score of all', () => {
  const hypotheses = ['the cat sat', 'a dog ran home', 'it is late'];
  const references = ['the cat sat down', 'a dog went home', 'it is too late'];
  const batches = [
    bleuStatistics(hypotheses.slice(0, 1), references.slice(0, 1)),
    bleuStatistics(hypotheses.slice(1), references.slice(1)),
  ];
  const sums = Object.fromEntries(
    Object.keys(batches[0]!).map((name) => [name, batches.reduce((sum, batch) => sum + batch[name]!, 0)]),
  );
  expect(sums).toMatchObject({ hypothesisLength: 10, referenceLength: 12, matched1: 9, total2: 7 });
  expect(bleuFromStatistics({ ...sums, correct: 3 })).toEqual(corpusBleu(hypotheses, references));
});

test('a sentence by itself is scored with effective order', () => {
  expect(sentenceBleu('good morning', 'good morning').score).toBeCloseTo(100, 10);
  expect(corpusBleu(['good morning'], ['good morning']).score).toBe(0);
  expect(sentenceChrf('good morning', 'good morning').score).toBe(100);
  // one move, which is one edit
  expect(sentenceTer('c d a b', 'a b c d').score).toBe(25);
});

test('tokenised BLEU is that of words in lower case, without smoothing', () => {
  const { signature, score } = corpusBleu(['A man sits .'], ['a man sits .'], tokenizedBleu);
  expect(signature).toBe('nrefs:1|case:lc|eff:no|tok:none|smooth:none|version:2.6.0');
  expect(score).toBeCloseTo(100, 10);
  expect(corpusBleu(['a b c x'], ['a b c d'], tokenizedBleu).score).toBe(0);
});

test('texts have the scores of an evaluation', () => {
  const scores = scoreTexts(['the cat sat'], ['the cat sat down'], { bleu: { smoothing: 'floor' } });
  expect(Object.keys(scores)).toEqual(['sentences', 'bleu', 'signature', 'chrf', 'ter']);
  expect(scores).toMatchObject({ sentences: 1, ter: 25, signature: expect.stringContaining('smooth:floor[0.10]') });
});

test('what cannot be scored says why', () => {
  expect(() => corpusBleu(['a', 'b'], ['a'])).toThrow(
    'unroll: there are 2 translations and 1 references; line i of one has to belong to line i of the other',
  );
  expect(() => corpusTer([], [])).toThrow('unroll: there is no translation to score; give at least one line');
  expect(() => corpusChrf(['a', 'b'], ['a', []])).toThrow('unroll: sentence 2 has no reference');
  expect(() => createBleu({ maximumOrder: 0 })).toThrow('maximumOrder has to be a whole number of at least 1, got 0');
  expect(() => corpusChrf(['a'], ['a'], { characterOrder: 0 })).toThrow('one of them above 0, got 0 and 0');
});

test('a line of 10,000 words is scored near the diagonal, without a table of all pairs of words', () => {
  const words = Array.from({ length: 10_000 }, (_, i) => `w${i}`);
  const moved = [...words.slice(3, 40), ...words.slice(0, 3), ...words.slice(40)];
  expect(corpusTer([moved.join(' ')], [words.join(' ')]).score).toBe(0.01);
  expect(corpusBleu([moved.join(' ')], [words.join(' ')]).score).toBeCloseTo(99.95, 1);
});
