import { expect, test } from 'vitest';
import { resultVersion, type TaggingResult } from '../harness/bench-result.js';
import { compare } from '../harness/comparison.js';
import { summariseTurns, type Measurement } from '../harness/measure.js';
import { sentenceTagger } from '../models.js';
import { formatTaggingTable } from './tagging-table.js';

function measurement(peer: string, trainMs: number, tagMs: number): Measurement {
  const ms = { train: summariseTurns([[trainMs], [trainMs]]), tag: summariseTurns([[tagMs], [tagMs]]) };
  return { peer, engine: `engine of ${peer}`, threads: 2, parameters: 9, ms, peakBytes: 1 };
}

test('a row tells tokens a second of a peer, and how much faster unroll is', () => {
  const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0', instructionSets: [] };
  const measurements = [measurement('unroll', 500, 100), measurement('pytorch', 1250, 130)];
  const shape = { ...sentenceTagger, head: 'crf' } as const;
  const comparison = {
    shape,
    trainingTokens: 6000,
    taggingTokens: 5000,
    measurements,
    speedups: compare(measurements),
  };
  const result: TaggingResult = {
    version: resultVersion,
    date: '2026-01-02T03:04:05Z',
    revision: 'abc',
    command: 'pnpm bench --tagging',
    machine,
    busyCores: 0,
    threads: 2,
    kind: 'tagging',
    rounds: 2,
    tagging: { comparisons: [comparison], crf: { stepMs: 40, crfMs: 3, engine: 'engine of unroll' } },
  };
  const [, , ours, theirs, , share, , note] = formatTaggingTable(result).replace(/ +/g, ' ').split('\n');
  expect(ours).toBe('| crf | unroll | 12,000 | – | 50,000 | – |');
  expect(theirs).toBe('| crf | pytorch | 4,800 | 2.50× | 38,462 | 1.30× |');
  expect(share).toBe("The CRF itself takes 7.5 % of unroll's training step.");
  expect(note).toContain('engine of unroll; engine of pytorch');
});
