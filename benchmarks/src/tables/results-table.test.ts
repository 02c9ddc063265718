import { expect, test } from 'vitest';
import { ptbSmall } from '../recipes/ptb-small.js';
import { summariseSeeds, type FinishedSeed } from '../reproduction/result.js';
import { formatResults } from './results-table.js';

function seed(number: number, score: number, config = {}): FinishedSeed {
  const rest = { scores: {}, curve: [], revision: 'abc', engine: '', date: '', commands: [], flags: [] };
  return { config, result: { seed: number, score, trainSeconds: 600, ...rest } };
}

const reached = summariseSeeds(ptbSmall, [seed(1, 115), seed(2, 116), seed(3, 118)], 'pnpm reproduce ptb-small');

test('the mean over the seeds is held against the bar', () => {
  expect(reached).toMatchObject({ bar: 117, reached: true });
  expect(reached.mean).toBeCloseTo(116.333);
  expect(reached.standardDeviation).toBeCloseTo(Math.sqrt((1.7778 + 0.1111 + 2.7778) / 2), 3);
  expect(summariseSeeds(ptbSmall, [seed(1, 117.01)], '').reached).toBe(false);
});

test('a row tells ours, the published score and how to get it; a missed bar is said', () => {
  const [, , row, missed] = formatResults([reached, summariseSeeds(ptbSmall, [seed(1, 120)], '')]).split('\n');
  expect(row!.replace(/ +/g, ' ')).toBe(
    '| Penn Treebank, words; 2 x 200 LSTM | test perplexity | **116.33** ± 1.53 | 115.91 (TensorFlow PTB tutorial, small, ' +
      'after Zaremba et al. 2014) | 3 | 10 min | `pnpm reproduce ptb-small` |',
  );
  expect(missed).toContain('**120.00** (bar 117.00 missed)');
});

test('seeds that were trained with different settings are not averaged', () => {
  const mixed = [seed(1, 115, { layers: 2 }), seed(2, 116, { layers: 3 })];
  expect(() => summariseSeeds(ptbSmall, mixed, '')).toThrow('seed 2 of ptb-small was trained with other settings');
});
