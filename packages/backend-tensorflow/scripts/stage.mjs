// What is to be added to tfjs-node is made in a folder beside it first, on the same file system: tfjs-node stays as it
// is until everything is there, and a file of the package store, which other projects share, is never written.
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const prefix = '.unroll-setup-';

/** Runs `body` with a new folder inside of `folder`, and removes it afterwards. */
export async function withStage(folder, body) {
  removeStale(folder);
  const stage = join(folder, `${prefix}${process.pid}`);
  mkdirSync(stage);
  try {
    return await body(stage);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Of processes that were killed. */
function removeStale(folder) {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Makes `folder/name` show `target`: a path, or a name beside it. Where links need privileges, by a copy. */
export function link(folder, name, target) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  if (process.platform === 'win32') cpSync(join(dirname(path), '.', target), path, { recursive: true });
  else symlinkSync(target, path);
}
