import { expect, test } from 'vitest';
import { ptbSmall } from '../recipes/ptb-small.js';
import type { RecipeCase } from '../recipes/recipe.js';
import { summariseCase, summariseRecipe, type FinishedSeed } from '../reproduction/result.js';
import { formatAllResults, formatResults } from './results-table.js';

function seed(number: number, scores: Record<string, number>, config = {}): FinishedSeed {
  const rest = { curve: [], revision: 'abc', engine: '', date: '', commands: [], flags: [] };
  return { config, result: { seed: number, scores, trainSeconds: 600, ...rest } };
}

const perplexity = (value: number) => ({ perplexity: value });
const [only] = ptbSmall.cases as readonly [RecipeCase];
const reached = summariseCase(only, [seed(1, perplexity(115)), seed(2, perplexity(116)), seed(3, perplexity(118))]);

test('the mean over the seeds is held against the bar', () => {
  const [score] = reached.scores;
  expect(score).toMatchObject({ bar: { atMost: 117 }, reached: true });
  expect(score!.mean).toBeCloseTo(116.333);
  expect(score!.standardDeviation).toBeCloseTo(Math.sqrt((1.7778 + 0.1111 + 2.7778) / 2), 3);
  expect(summariseCase(only, [seed(1, perplexity(117.01))]).scores[0]!.reached).toBe(false);
});

test('a row tells ours, the published score and how to get it; a missed bar is said', () => {
  const missed = summariseCase(only, [seed(1, perplexity(120))]);
  const [, , row, second] = formatResults([summariseRecipe(ptbSmall, [reached, missed])]).split('\n');
  expect(row!.replace(/ +/g, ' ')).toBe(
    '| Penn Treebank, words; 2 x 200 LSTM | test perplexity | **116.33** ± 1.53 | 115.91 (TensorFlow PTB tutorial, small, ' +
      'after Zaremba et al. 2014) | 3 | 10 min | `pnpm reproduce ptb-small` |',
  );
  expect(second).toContain('**120.00** (missed: at most 117.00)');
});

test('a range is a bar, too; a score without one is only shown', () => {
  const coverage = { key: 'coverage', label: 'coverage', decimals: 2, bar: { atLeast: 0.75, atMost: 0.85 } };
  const naive = { key: 'naive', label: 'naive', decimals: 3 };
  const both: RecipeCase = { ...only, scores: [coverage, naive] };
  const result = (value: number) => summariseCase(both, [seed(1, { coverage: value, naive: 0.5 })]);
  expect([0.74, 0.8, 0.86].map((value) => result(value).scores[0]!.reached)).toEqual([false, true, false]);
  const table = formatAllResults([summariseRecipe(ptbSmall, [result(0.86)])]);
  expect(table).toMatch(/coverage +\| \*\*0.86\*\* \(missed: from 0.75 to 0.85\) +\| – +\| from 0.75 to 0.85 +\|/);
  expect(table).toMatch(/naive +\| \*\*0.500\*\* +\| – +\| +\|/);
});

test('seeds that were trained with different settings are not averaged', () => {
  const mixed = [seed(1, perplexity(115), { layers: 2 }), seed(2, perplexity(116), { layers: 3 })];
  expect(() => summariseCase(only, mixed)).toThrow('seed 2 of test was trained with other settings');
});

test('several cases have a mean once none of them is missing', () => {
  const cases: readonly RecipeCase[] = ['left', 'right'].map((name) => ({ ...only, name }));
  const score = { ...only.scores[0], bar: { atMost: 120 } };
  const mean = { name: 'both', data: 'both sides', model: 'one', cases: ['left', 'right'], score };
  const results = cases.map((each, index) => summariseCase(each, [seed(1, perplexity(115 + 4 * index))]));
  expect(summariseRecipe({ ...ptbSmall, cases, mean }, results.slice(1)).cases).toHaveLength(1);
  const [, , both] = summariseRecipe({ ...ptbSmall, cases, mean }, results).cases;
  expect(both).toMatchObject({ name: 'both', scores: [{ mean: 117, reached: true }] });
  expect(both!.scores[0]!.standardDeviation).toBeCloseTo(Math.sqrt(8));
  expect(both!.seeds).toHaveLength(2);
});
