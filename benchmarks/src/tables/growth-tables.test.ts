import { expect, test } from 'vitest';
import type { CurvesResult, ScalingResult } from '../harness/bench-result.js';
import { resultVersion } from '../harness/bench-result.js';
import { summariseTurns } from '../harness/measure.js';
import { fitCost } from '../fit.js';
import { scalingAxes } from '../measures/scaling.js';
import { formatCurves } from './curves-table.js';
import { formatScalingTable } from './scaling-table.js';

const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0', instructionSets: [] };
const run = { command: 'pnpm bench', machine, busyCores: 0, rounds: 1, steps: 1, threads: 2 };
const head = { version: resultVersion, date: '2026-01-02T03:04:05Z', revision: 'abc', ...run } as const;
const lines = (text: string) => text.replace(/ +/g, ' ').split('\n');

test('a row tells the points of an axis and how they grow', () => {
  const { name, letter, power, shapeAt } = scalingAxes.find(({ letter }) => letter === 'H')!;
  const values = [1, 2, 4, 8];
  const points = values.map((value) => {
    return { value, shape: shapeAt(value), ms: summariseTurns([[2 * value ** 2, 3 * value ** 2]]) };
  });
  const fit = fitCost(
    values.map((x) => ({ x, y: 2 * x * x })),
    2,
  );
  const result: ScalingResult = {
    ...head,
    kind: 'scaling',
    axes: [{ name, letter, power, engine: 'engine 1', points, fit }],
  };
  const [, , row, , note] = lines(formatScalingTable(result));
  expect(row).toBe('| hidden size | H 1: 2.0, H 2: 8.0, H 4: 32.0, H 8: 128.0 | a + b·H² | 2.00 | 0.0 % |');
  expect(note).toBe('Measured on 2026-01-02 at revision abc: Abacus (), 2 threads, Node 20.1.0; engine 1.');
  expect(formatScalingTable(undefined)).toBe('Nothing has been measured yet.');
});

test('two precisions stand side by side every 200 steps, with what they differ by', () => {
  const losses = (shift: number) =>
    [50, 100, 150, 200, 250].map((step) => ({ step, lossNats: 7 - step / 100 + shift }));
  const result: CurvesResult = {
    ...head,
    kind: 'curves',
    curves: [
      { precision: 'float32', command: '', losses: losses(0), validPerplexity: 300 },
      { precision: 'bfloat16', command: '', losses: losses(0.0625), validPerplexity: 299.5 },
    ],
  };
  expect(lines(formatCurves(result)).slice(0, 4)).toEqual([
    '| step | float32 | bfloat16 | difference |',
    '| --------------------- | ------- | -------- | ---------- |',
    '| 200 | 5.000 | 5.063 | 0.063 |',
    '| validation perplexity | 300.00 | 299.50 | -0.50 |',
  ]);
  expect(formatCurves(undefined)).toBe('Nothing has been measured yet.');
});
