import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFailure } from './disk-failure.js';
import { codeOf } from './reasons.js';

/** An owner shows this often that it is alive, milliseconds. */
const beatMs = 2000;
/** An owner that has shown nothing for this long is gone. */
const goneMs = 15_000;
const pollMs = 150;

/**
 * Runs `action` while no other process that uses the same `path` does. The lock is a file that exists as long as it is
 * held and is touched while its owner lives; one that a killed process left behind is taken over.
 *
 * Two owners at once are possible only if one was suspended longer than 15 s; what the lock guards is checked by its
 * checksum before use, so that costs a second download and nothing else.
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const token = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  await acquire(path, token, signal);
  const beat = setInterval(() => {
    const now = new Date();
    // Failing to show life is no reason to stop: at worst another process downloads too.
    utimes(path, now, now).catch(() => {});
  }, beatMs);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    if ((await contentOf(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, signal: AbortSignal | undefined): Promise<void> {
  // Compared with this process's own clock, because a network drive may run on another.
  let seen = { content: '', touched: 0, since: performance.now() };
  while (!(await create(path, token))) {
    signal?.throwIfAborted();
    const content = await contentOf(path);
    const touched = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (content === undefined || touched === undefined) continue;
    if (content !== seen.content || touched !== seen.touched) seen = { content, touched, since: performance.now() };
    if (isDead(content) || performance.now() - seen.since > goneMs) await takeAway(path, content);
    else await sleep(pollMs, undefined, { signal });
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw diskFailure(path, 0, error);
  }
}

/** Removes the lock of a gone owner, and puts it back if a new owner's was caught instead. */
async function takeAway(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  // Of several processes that try, one succeeds; the others find nothing and go on waiting.
  if (
    await rename(path, aside).then(
      () => false,
      () => true,
    )
  )
    return;
  if ((await contentOf(aside)) !== content) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** Whether the owner ran on this machine and is no more; an unreadable owner is given the benefit of time. */
function isDead(content: string): boolean {
  try {
    const { host, pid } = JSON.parse(content) as { host: unknown; pid: unknown };
    if (host !== hostname() || typeof pid !== 'number') return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
