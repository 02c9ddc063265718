import { expect, test } from 'vitest';
import type { BenchResult } from '../harness/bench-result.js';
import { compare } from '../harness/comparison.js';
import type { Measurement } from '../harness/measure.js';
import { summarise } from '../harness/statistics.js';
import { models } from '../models.js';
import { formatSpeed } from './speed-table.js';

function measurement(peer: string, stepMs: number): Measurement {
  const counts = { threads: 2, parameters: 1, lossNats: 9, tokensPerSecond: 1, peakBytes: stepMs * 2 ** 20 };
  const [step, infer] = [summarise([stepMs]), summarise([stepMs / 100])];
  return { peer, engine: `${peer} 1.0`, ...counts, stepMs: step, inferMs: infer, startMs: step, roundStepMs: [stepMs] };
}

function bench(...measurements: readonly Measurement[]): BenchResult {
  const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0' };
  const comparison = { model: 'ptb-small', shape: models['ptb-small']!, precision: 'float32', measurements } as const;
  return {
    date: '2026-01-02T03:04:05Z',
    revision: 'abc',
    command: 'pnpm bench',
    machine: { ...machine, instructionSets: ['fma', 'avx2'] },
    busyCores: 0,
    rounds: 1,
    steps: 1,
    threads: 2,
    comparisons: [{ ...comparison, speedups: compare(measurements) }],
  };
}

test('a row sets ours beside PyTorch; the note names machine, revision and engines', () => {
  const [, , row, , note] = formatSpeed(bench(measurement('unroll', 40), measurement('pytorch', 50))).split('\n');
  expect(row!.replace(/ +/g, ' ')).toBe(
    '| ptb-small | float32 | 40.0 ms | 50.0 ms | 1.25× | 400 µs | 500 µs | 40 MiB | 50 MiB |',
  );
  expect(note).toBe(
    'Measured on 2026-01-02 at revision abc: Abacus (avx2), 2 threads, Node 20.1.0; unroll 1.0; pytorch 1.0.',
  );
});

test('without PyTorch its columns are empty, and without a run there is no table', () => {
  expect(formatSpeed(bench(measurement('unroll', 40))).replace(/ +/g, ' ')).toContain(
    '| 40.0 ms | – | – | 400 µs | – | 40 MiB | – |',
  );
  expect(formatSpeed(undefined)).toBe('Nothing has been measured yet.');
});
