import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findGpus } from './gpus.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-gpus-'));
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function makeTool(script: string): void {
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
}

it('reads names and memory of every GPU', () => {
  makeTool(`printf 'NVIDIA H200, 143771, 143018\\nNVIDIA T4, 15360, 14923\\n'`);
  expect(findGpus()).toEqual([
    { name: 'NVIDIA H200', totalMiB: 143771, freeMiB: 143018 },
    { name: 'NVIDIA T4', totalMiB: 15360, freeMiB: 14923 },
  ]);
});

it('finds none without the tool, where it fails, and where it lists none', () => {
  expect(findGpus()).toEqual([]);
  makeTool('echo "NVIDIA-SMI has failed"; exit 9');
  expect(findGpus()).toEqual([]);
  makeTool('');
  expect(findGpus()).toEqual([]);
});
