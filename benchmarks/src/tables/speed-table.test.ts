import { expect, test } from 'vitest';
import { resultVersion, type SpeedResult } from '../harness/bench-result.js';
import { compare } from '../harness/comparison.js';
import { summariseTurns, type Measurement } from '../harness/measure.js';
import { summarise } from '../harness/statistics.js';
import { generationOf } from '../measures/command-line.js';
import { models, stacks } from '../models.js';
import { formatPeers, formatSpeed } from './speed-table.js';

function measurement(peer: string, ms: number, threads = 2): Measurement {
  const timing = { train: summariseTurns([[ms]]), infer: summariseTurns([[ms / 100]]) };
  return { peer, engine: `${peer} 1.0`, threads, parameters: 1, lossNats: 9, ms: timing, peakBytes: ms * 2 ** 20 };
}

function speed(training: readonly Measurement[], rest: Partial<SpeedResult> = {}): SpeedResult {
  const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0' };
  const work = { shape: models['ptb-small']!, operations: 8e9, tokens: 400 };
  const ceilings = [{ peer: 'unroll', gigaflops: 400, product: '2x2x2' }];
  const comparison = { model: 'ptb-small', precision: 'float32', ceilings, ...work, measurements: training } as const;
  return {
    version: resultVersion,
    kind: 'speed',
    date: '2026-01-02T03:04:05Z',
    revision: 'abc',
    command: 'pnpm bench',
    machine: { ...machine, instructionSets: ['fma', 'avx2'] },
    busyCores: 0,
    rounds: 1,
    steps: 1,
    threads: 2,
    training: [{ ...comparison, speedups: compare(training) }],
    latency: [],
    ...rest,
  };
}

const lines = (text: string) => text.replace(/ +/g, ' ').split('\n');

test('a row sets ours beside PyTorch; the note names machine, revision and engines', () => {
  const [, , row, , note] = lines(formatSpeed(speed([measurement('unroll', 40), measurement('pytorch', 50)])));
  // 8e9 operations in 40 ms are 200 GFLOP/s
  expect(row).toBe('| ptb-small | float32 | 40.0 ms | 50.0 ms | 1.25× | 50 % | 40 MiB | 50 MiB |');
  expect(note).toBe(
    'Measured on 2026-01-02 at revision abc: Abacus (avx2), 2 threads, Node 20.1.0; unroll 1.0; pytorch 1.0.',
  );
});

test('a step at batch 1 is held against PyTorch on the number of threads that suits it best', () => {
  const measurements = [measurement('unroll', 10), measurement('pytorch', 90), measurement('pytorch', 70, 1)];
  const latency = [{ shape: stacks[0]!, measurements, speedups: compare(measurements) }];
  const commandLine = {
    helpMs: summarise([200]),
    generateMs: summarise([500]),
    small: 'a model',
    generation: generationOf(summarise([400]), summarise([1400])),
  };
  expect(lines(formatSpeed(speed([], { training: [], latency, commandLine }))).slice(2, 6)).toEqual([
    '| step at batch 1, 2 × 200 LSTM | 100 µs | 700 µs | 7.00× |',
    '| `unroll-lm generate`, 2 x 512 LSTM, characters | 8571 characters/s | – | – |',
    '| start of `unroll-lm --help` | 200 ms | – | – |',
    '| `unroll-lm generate --length 1`, a model | 500 ms | – | – |',
  ]);
  expect(commandLine.generation.marginalCharactersPerSecond).toBe(10_000);
});

test('without PyTorch its columns are empty, and without a run there is no table', () => {
  const table = formatSpeed(speed([measurement('unroll', 40)]));
  expect(lines(table)[2]).toBe('| ptb-small | float32 | 40.0 ms | – | – | 50 % | 40 MiB | – |');
  expect(formatSpeed(undefined)).toBe('Nothing has been measured yet.');
});

test('every peer has a row of its own, with the ceiling of its library where it was measured', () => {
  const [, , ours, theirs] = lines(formatPeers(speed([measurement('unroll', 40), measurement('cpu', 4000)])));
  expect(ours).toBe('| ptb-small | float32 | unroll | 40.0 ms | – | 200 | 50 % | 400 | 40 MiB |');
  expect(theirs).toBe('| ptb-small | float32 | cpu | 4000.0 ms | 100.00× | 2 | – | – | 4000 MiB |');
});
