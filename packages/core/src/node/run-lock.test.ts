import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../errors.js';
import { lockFolder } from './run-lock.js';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-lock-'));
  lock = join(folder, 'run.lock');
});
afterEach(() => rm(folder, { recursive: true }));

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

const owner = (pid: number, started = '', host = hostname()) => JSON.stringify({ pid, host, started });

describe('lockFolder', () => {
  it('lets one run in at a time', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(DataError);
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use by process ${process.pid} on ${hostname()}; wait for it`,
    );
    unlock();
    lockFolder(folder)();
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a process that has ended', async () => {
    await writeFile(lock, owner(await deadProcess()));
    const unlock = lockFolder(folder);
    expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(() => lockFolder(folder)).toThrow('is in use by');
    unlock();
  });

  it('is not deceived by a later process with the same number', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux tells when a process began');
    await writeFile(lock, owner(process.pid, '12345'));
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('takes over a lock that a crash left unfinished', async () => {
    await writeFile(lock, '{"pid":');
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('trusts the lock of another machine, and says how to remove it', async () => {
    await writeFile(lock, owner(await deadProcess(), '', 'elsewhere'));
    expect(() => lockFolder(folder)).toThrow(/process \d+ on elsewhere; .* remove run\.lock there if it ended/);
  });

  it('leaves the takeover to the one that began it, unless that one died', async () => {
    await writeFile(lock, owner(await deadProcess()));
    await writeFile(`${lock}.takeover`, '');
    expect(() => lockFolder(folder)).toThrow('is in use by another process');
    await utimes(`${lock}.takeover`, 0, 0);
    lockFolder(folder)();
  });

  it('does not remove a lock that is no longer its own', async () => {
    const unlock = lockFolder(folder);
    await writeFile(lock, owner(1));
    unlock();
    expect(existsSync(lock)).toBe(true);
  });
});
