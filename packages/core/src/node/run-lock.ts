import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import { fileError } from './file-errors.js';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** when the process began, in the kernel's ticks: tells a later process with the same number; '' where unknown */
  readonly started: string;
}

/** A takeover lasts microseconds; a token that is older was left by a process that died in it. */
const staleTokenMs = 10_000;

/**
 * Claims a run folder for this process. The lock of a process that has ended is taken over.
 *
 * @returns what gives the folder free again
 * @throws {DataError} `run/locked` if another run is using the folder
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'run.lock');
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: startTime(process.pid) } satisfies Owner);
  try {
    if (!createExclusively(path, mine)) takeOver(path, mine, folder);
  } catch (error) {
    throw fileError(error, 'lock', folder);
  }
  return () => {
    if (readIfThere(path) === mine) rmSync(path, { force: true });
  };
}

/** Only the holder of the token of exactly this dead owner may replace its lock, so two heirs cannot both win. */
function takeOver(path: string, mine: string, folder: string): void {
  const old = readIfThere(path);
  if (old === undefined) {
    if (createExclusively(path, mine)) return;
    throw locked(folder, 'another process');
  }
  const owner = parseOwner(old);
  if (owner && isAlive(owner)) throw locked(folder, `process ${owner.pid} on ${owner.host}`);
  const token = `${path}.takeover`;
  removeStaleToken(token);
  if (!createExclusively(token, mine)) throw locked(folder, 'another process');
  try {
    if (readIfThere(path) !== old) throw locked(folder, 'another process');
    writeFileSync(`${token}.new`, mine);
    renameSync(`${token}.new`, path);
  } finally {
    rmSync(token, { force: true });
  }
}

function removeStaleToken(token: string): void {
  const age = Date.now() - (statSync(token, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN);
  if (age > staleTokenMs) rmSync(token, { force: true });
}

function createExclusively(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a lock that a crash left unfinished. */
function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const { pid, host, started } = owner ?? {};
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, started: started ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another machine counts as alive: nobody here can tell. */
function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return started === '' || started === startTime(pid);
}

/** Field 22 of /proc/PID/stat on Linux; the command name before it may itself hold spaces and brackets. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function locked(folder: string, by: string): DataError {
  const message = `${folder} is in use by ${by}; wait for it, choose another folder, or remove run.lock there if it ended`;
  return new DataError('run/locked', message);
}
