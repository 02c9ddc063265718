import { expect, test } from 'vitest';
import { summarise } from '../harness/statistics.js';
import type { RooflineResult } from '../roofline/result.js';
import { formatRoofline } from './roofline-table.js';

const kernel = { model: 'ptb-small', kernel: 'LstmSequence', calls: 2, operations: 5.12e8, bytes: 7.2e6 } as const;
const result: RooflineResult = {
  date: '2026-01-02T03:04:05Z',
  revision: 'abc',
  command: 'pnpm roofline',
  machine: { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0', instructionSets: [] },
  engine: 'portable (avx2)',
  threads: 2,
  busyCores: 0,
  ceilings: { products: { float32: 400, bfloat16: 800 }, memory: 50, cache: 120, cacheBytes: 2 ** 25 },
  steps: [{ model: 'ptb-small', precision: 'float32', floorMs: 15, ms: summarise([20]) }],
  kernels: [
    { ...kernel, precision: 'float32', floor: { ms: 1.28, bound: 'products' }, ms: summarise([1.6]) },
    { ...kernel, precision: 'bfloat16', floor: { ms: 0.64, bound: 'products' }, ms: summarise([1.28]) },
    {
      ...kernel,
      kernel: 'DropoutMask',
      operations: 0,
      precision: 'float32',
      floor: { ms: 0.06, bound: 'cache' },
      ms: summarise([0.6]),
    },
  ],
  steppers: [
    {
      precision: 'float32',
      hiddenSize: 512,
      layers: 2,
      bytes: 16.8e6,
      floor: { ms: 0.1, bound: 'cache' },
      ms: summarise([0.125]),
    },
  ],
};

test('both precisions of a kernel stand in one row, by the names of the kernels', () => {
  const lines = formatRoofline(result)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
  const at = lines.findIndex((line) => line.startsWith('| kernel |'));
  expect(lines.slice(at + 2, at + 4)).toEqual([
    '| DropoutMask | ptb-small | 2 | – | 7.2 | 0.060 (cache) | 0.600 | 10 % | – | – | – |',
    '| LstmSequence | ptb-small | 2 | 0.51 | 7.2 | 1.28 (products) | 1.60 | 80 % | 0.640 (products) | 1.28 | 50 % |',
  ]);
});

test('ceilings, steps, steppers and what it was measured on', () => {
  const text = formatRoofline(result).replace(/ +/g, ' ');
  for (const row of [
    '| large product, bfloat16 | 800 GFLOP/s |',
    '| last cache, 32 MiB | 120.0 GB/s |',
    '| ptb-small | float32 | 15.00 | 20.00 | 75 % |',
    '| 2 × 512 LSTM | float32 | 16.8 MB | 100 µs (cache) | 125 µs | 80 % |',
  ]) {
    expect(text).toContain(row);
  }
  expect(text).toMatch(
    /Measured on 2026-01-02 at revision abc by `pnpm roofline`, on Abacus, 2 threads, portable \(avx2\)\.$/,
  );
  expect(formatRoofline({ ...result, busyCores: 3 })).toContain('beside programs that kept 3.0 cores busy, on Abacus');
  expect(formatRoofline(undefined)).toBe('Nothing has been measured yet.');
});
