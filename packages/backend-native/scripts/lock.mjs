import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryToLock(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Runs `body` while no other process holds the lock file `path`; a lock whose owner died is taken over. */
export function withLock(path, body) {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  while (!tryToLock(path)) {
    Atomics.wait(sleep, 0, 0, 200);
    let owner = 0;
    try {
      owner = Number(readFileSync(path, 'utf8'));
    } catch {
      continue; // released meanwhile
    }
    if (owner > 0 && !isAlive(owner)) rmSync(path, { force: true });
  }
  try {
    return body();
  } finally {
    rmSync(path, { force: true });
  }
}
