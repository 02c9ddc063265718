import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileVersion, encodeScalarEvent } from '@unroll/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventFile } from './event-file.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-events-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('steps and evaluations become scalars; they are written at evaluations and every two seconds', async () => {
  const file = new EventFile(folder, 1_700_000_000_000);
  const base = { epoch: 0, elapsedMs: 0 };
  const step = { ...base, type: 'step', step: 1, loss: 2.5, tokens: 4, learningRate: 0.5, gradientNorm: 3 } as const;
  await file.add(step, 1_700_000_000_500);
  await expect(readFile(file.path)).rejects.toMatchObject({ code: 'ENOENT' });
  const scores = { loss: 1.5, count: 7 };
  await file.add({ ...base, type: 'evaluation', step: 1, scores, best: true }, 1_700_000_001_000);
  const expected = [
    encodeFileVersion(1_700_000_000),
    encodeScalarEvent({
      wallTimeSeconds: 1_700_000_000.5,
      step: 1,
      scalars: { 'train/loss': 2.5, 'train/learningRate': 0.5, 'train/gradientNorm': 3 },
    }),
    encodeScalarEvent({
      wallTimeSeconds: 1_700_000_001,
      step: 1,
      scalars: { 'valid/loss': 1.5, 'valid/count': 7 },
    }),
  ];
  expect((await readFile(file.path)).equals(Buffer.concat(expected))).toBe(true);
  await file.add({ ...step, step: 2 }, 1_700_000_003_500);
  expect((await readFile(file.path)).length).toBeGreaterThan(Buffer.concat(expected).length);
});
