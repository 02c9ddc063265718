import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withFileLock } from './file-lock.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('a file lock', () => {
  test('lets one in at a time, gives the result back, and leaves nothing behind', async () => {
    const path = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (result: number): Promise<number> => {
      most = Math.max(most, (inside += 1));
      await sleep(5);
      inside -= 1;
      return result;
    };
    const results = await Promise.all([1, 2, 3, 4, 5].map((result) => withFileLock(path, () => work(result))));
    expect(results).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    const path = join(folder, 'lock');
    await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withFileLock(path, () => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  test('of a process that is no more is taken over by exactly one of those who wait', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: deadProcess(), id: 'x' }));
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await sleep(20);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(path, work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of another machine is respected as long as it may be alive', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ host: 'elsewhere', pid: deadProcess(), id: 'x' }));
    const waiting = withFileLock(path, () => Promise.resolve(), AbortSignal.timeout(300));
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(readdirSync(folder)).toEqual(['lock']);
  });
});
