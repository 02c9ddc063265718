import type * as fs from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Checkpoint } from '../training/checkpoint.js';
import { initialProgress } from '../training/checkpoint.js';
import { findCheckpoint, openRunDirectory } from './run-directory.js';

/** Stands for the death of the process: after so many changes of the disk every further one fails, clean-up included. */
const life = vi.hoisted(() => ({
  left: Infinity,
  spend() {
    life.left -= 1;
    if (life.left < 0) throw new Error('killed');
  },
}));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const mortal =
    <Arguments extends unknown[], Result>(act: (...values: Arguments) => Promise<Result>) =>
    async (...values: Arguments): Promise<Result> => {
      life.spend();
      return act(...values);
    };
  const open = async (...values: Parameters<typeof real.open>) => {
    if (values[1] === 'w') life.spend();
    const handle = await real.open(...values);
    const writeFile = handle.writeFile.bind(handle);
    handle.sync = mortal(handle.sync.bind(handle));
    handle.writeFile = async (content) => {
      const bytes = Buffer.from(content as Uint8Array);
      // A kill may come in the middle of a file.
      if (life.left < 1) await writeFile(bytes.subarray(0, bytes.length / 2));
      life.spend();
      await writeFile(bytes);
    };
    return handle;
  };
  return { ...real, open, rename: mortal(real.rename), rm: mortal(real.rm), mkdir: mortal(real.mkdir) };
});

let folder: string;
beforeEach(async () => {
  life.left = Infinity;
  folder = await mkdtemp(join(tmpdir(), 'unroll-crash-'));
});
afterEach(async () => {
  life.left = Infinity;
  await rm(folder, { recursive: true });
});

function checkpointAt(step: number, mark: number): Checkpoint {
  const values = Float32Array.from({ length: 50 }, (_, i) => step + mark + i / 7);
  const parameters = { weights: { dtype: 'float32', shape: [50], values } } as const;
  return { progress: { ...initialProgress(), step }, parameters, optimizer: {}, state: {} };
}

/** Runs `act` and dies after `changes` changes of the disk. @returns whether it lived to the end */
async function withLife(changes: number, act: () => Promise<unknown>): Promise<boolean> {
  life.left = changes;
  try {
    await act();
    return true;
  } catch (error) {
    if ((error as Error).message === 'killed') return false;
    throw error;
  } finally {
    life.left = Infinity;
  }
}

it.each([
  ['a next checkpoint', 20],
  ['the same checkpoint again', 10],
])('leaves a whole checkpoint, old or new, wherever the writing of %s stops', async (_, step) => {
  const first = checkpointAt(10, 0);
  const second = checkpointAt(step, 0.5);
  const seen = { old: 0, new: 0 };
  for (let changes = 0, finished = false; !finished; changes++) {
    const path = join(folder, String(changes));
    const run = await openRunDirectory(path, { config: {} });
    await run.saveCheckpoint(first, 1);
    finished = await withLife(changes, () => run.saveCheckpoint(second, 1));
    run.close();
    const resumeFrom = await findCheckpoint(path);
    const isNew = resumeFrom.parameters['weights']!.values[0] === second.parameters['weights']!.values[0];
    seen[isNew ? 'new' : 'old'] += 1;
    expect(resumeFrom).toMatchObject(isNew ? second : first);
    expect(isNew || !finished).toBe(true);
    // The next run goes on from it and clears what the dead one left.
    const next = await openRunDirectory(path, { config: {}, resumeFrom });
    expect(await findCheckpoint(path)).toMatchObject(isNew ? second : first);
    await next.saveCheckpoint(checkpointAt(30, 0), 1);
    expect(await readdir(join(path, 'checkpoints'))).toEqual(['step-000000030']);
    next.close();
  }
  expect(seen.old).toBeGreaterThan(10);
  expect(seen.new).toBeGreaterThan(1);
});
