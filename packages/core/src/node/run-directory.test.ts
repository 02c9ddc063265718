import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError, DataError } from '../errors.js';
import { parseSafetensors } from '../safetensors.js';
import { initialProgress, type Checkpoint } from '../training/checkpoint.js';
import type { TrainingEvent } from '../training/events.js';
import { findCheckpoint, openRunDirectory } from './run-directory.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-run-'));
});
afterEach(() => rm(folder, { recursive: true }));

function checkpointAt(step: number, best?: { step: number; score: number }): Checkpoint {
  const array = (...values: number[]) =>
    ({ dtype: 'float32', shape: [values.length], values: Float32Array.from(values) }) as const;
  return {
    progress: { ...initialProgress(), step, epoch: 2, batch: 3, best: best ?? null, epochLoss: { sum: 0.1, count: 7 } },
    parameters: { weights: array(step, 0.1, -3) },
    optimizer: { 'weights/mean': array(1, 2, 3) },
    state: { h: array(0.5) },
  };
}

const event = (step: number, type: 'epoch' | 'step' = 'step') =>
  ({ type, step, epoch: 0, elapsedMs: 1 }) as TrainingEvent;
const saved = (step: number): TrainingEvent => ({ type: 'checkpoint', step, epoch: 0, elapsedMs: 1, path: '' });

async function rejection(promise: Promise<unknown>): Promise<CheckpointError> {
  return promise.then(
    () => expect.unreachable('nothing was thrown'),
    (error: unknown) => {
      if (error instanceof CheckpointError || error instanceof DataError) return error;
      throw error;
    },
  );
}

describe('a run folder', () => {
  it('holds configuration, model and checkpoints, and gives a checkpoint back as it was', async () => {
    const run = await openRunDirectory(folder, { config: { seed: 3 }, metadata: { task: 'tiny' } });
    const checkpoint = checkpointAt(12, { step: 8, score: 1 / 3 });
    const path = await run.saveCheckpoint(checkpoint, 2);
    await run.saveModel(checkpoint.parameters);
    await run.write('report.md', '# done\n');
    run.close();
    expect(await findCheckpoint(folder)).toEqual({ ...checkpoint, folder: path, config: { seed: 3 } });
    expect(await findCheckpoint(path)).toEqual({ ...checkpoint, folder: path, config: { seed: 3 } });
    const model = parseSafetensors(await readFile(join(folder, 'model.safetensors')));
    expect(model.arrays).toEqual(checkpoint.parameters);
    expect(model.metadata).toMatchObject({ task: 'tiny' });
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'log.jsonl',
      'model.safetensors',
      'report.md',
    ]);
  });

  it('keeps the newest and the best checkpoints', async () => {
    const run = await openRunDirectory(folder, { config: {} });
    for (const step of [2, 4, 6, 8, 10]) await run.saveCheckpoint(checkpointAt(step, { step: 4, score: 1 }), 2);
    run.close();
    expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual([
      'step-000000004',
      'step-000000008',
      'step-000000010',
    ]);
    expect((await findCheckpoint(folder)).progress.step).toBe(10);
  });

  it('drops what came after the checkpoint that was resumed, once there is a new one', async () => {
    const run = await openRunDirectory(folder, { config: {} });
    for (const step of [2, 4, 6]) await run.saveCheckpoint(checkpointAt(step), 5);
    run.close();
    const resumeFrom = await findCheckpoint(join(folder, 'checkpoints', 'step-000000002'));
    const next = await openRunDirectory(folder, { config: {}, resumeFrom });
    expect(await readdir(join(folder, 'checkpoints'))).toHaveLength(3);
    await next.saveCheckpoint(checkpointAt(3), 5);
    next.close();
    expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual(['step-000000002', 'step-000000003']);
  });

  it('cuts the log back to the checkpoint that was resumed', async () => {
    const log = join(folder, 'log.jsonl');
    const run = await openRunDirectory(folder, { config: {} });
    for (const each of [event(1), event(2), saved(2), event(2, 'epoch'), event(3)]) run.log(each);
    await run.saveCheckpoint(checkpointAt(2), 1);
    run.close();
    await appendFile(log, '{"type":"step","st');
    const resumeFrom = await findCheckpoint(folder);
    const next = await openRunDirectory(folder, { config: {}, resumeFrom });
    next.log(event(3));
    next.close();
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as TrainingEvent)).toEqual([event(1), event(2), saved(2), event(3)]);
  });

  it('cuts the log after the last event of the step if a kill came before the checkpoint was logged', async () => {
    const run = await openRunDirectory(folder, { config: {} });
    for (const each of [event(1), event(2), event(2, 'epoch')]) run.log(each);
    await run.saveCheckpoint(checkpointAt(2), 1);
    run.close();
    const next = await openRunDirectory(folder, { config: {}, resumeFrom: await findCheckpoint(folder) });
    next.close();
    const lines = (await readFile(join(folder, 'log.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as TrainingEvent)).toEqual([event(1), event(2), event(2, 'epoch')]);
  });

  it('is not taken from another run', async () => {
    const run = await openRunDirectory(folder, { config: {} });
    await run.saveCheckpoint(checkpointAt(2), 1);
    run.close();
    const error = await rejection(openRunDirectory(folder, { config: {} }));
    expect(error.message).toBe(
      `unroll: ${folder} holds a run already; go on with it by --resume ${folder}, or choose another folder`,
    );
    const elsewhere = join(folder, 'elsewhere');
    const other = await openRunDirectory(elsewhere, { config: {}, resumeFrom: await findCheckpoint(folder) });
    await other.saveModel({});
    other.close();
    expect((await rejection(openRunDirectory(elsewhere, { config: {} }))).code).toBe('run/exists');
    expect((await findCheckpoint(folder)).progress.step).toBe(2);
  });

  it.each([
    [
      'a file in the way',
      'file',
      /^unroll: cannot make the run folder .*file: (it exists already and is no folder|a part of the path is a file)/,
    ],
    [
      'below a file',
      'file/run',
      /^unroll: cannot make the run folder .*: a part of the path is a file, a folder is needed$/,
    ],
  ])('says in one line why it cannot be made: %s', async (_, name, message) => {
    await writeFile(join(folder, 'file'), 'x');
    expect((await rejection(openRunDirectory(join(folder, name), { config: {} }))).message).toMatch(message);
  });

  it('says so without permission to write', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux has a folder that root cannot write to either');
    const error = await rejection(openRunDirectory('/sys/unroll-run', { config: {} }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(
      /^unroll: cannot make the run folder \/sys\/unroll-run: (no permission|the file system is read-only)$/,
    );
  });
});

describe('a checkpoint is refused', () => {
  let checkpoint: string;
  beforeEach(async () => {
    const run = await openRunDirectory(folder, { config: {} });
    checkpoint = await run.saveCheckpoint(checkpointAt(2), 1);
    run.close();
  });

  const files = [
    'parameters.safetensors',
    'optimizer.safetensors',
    'state.safetensors',
    'progress.json',
    'config.json',
  ];

  it.each(files)('when one byte of %s was changed', async (name) => {
    const path = join(checkpoint, name);
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(path, bytes);
    const { code, message } = await rejection(findCheckpoint(folder));
    expect(code).toBe('checkpoint/damaged');
    expect(message).toBe(
      `unroll: ${path}: its content was changed; the checkpoint is damaged, resume from another one`,
    );
  });

  it.each(files)('when %s was cut short', async (name) => {
    const path = join(checkpoint, name);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, -1));
    const { message } = await rejection(findCheckpoint(folder));
    expect(message).toContain(`${path}: expected ${bytes.length} bytes, got ${bytes.length - 1}`);
  });

  it.each(files)('when %s is missing', async (name) => {
    await rm(join(checkpoint, name));
    const { code, message } = await rejection(findCheckpoint(folder));
    expect(code).toBe('checkpoint/damaged');
    expect(message).toBe(
      `unroll: ${checkpoint} is no whole checkpoint (cannot read ${join(checkpoint, name)}: there is no such file or folder)`,
    );
  });

  it.each([
    ['another format', '{"format":"tf","version":1,"files":{}}'],
    ['a later version', '{"format":"unroll-checkpoint","version":2,"files":{}}'],
    ['half a manifest', '{"format":"unroll-ch'],
  ])('when its manifest is that of %s', async (_, manifest) => {
    await writeFile(join(checkpoint, 'manifest.json'), manifest);
    const { message } = await rejection(findCheckpoint(folder));
    expect(message).toContain('manifest.json: it is no manifest of an unroll-checkpoint, version 1');
  });

  it('when there is none', async () => {
    await mkdir(join(folder, 'empty'));
    for (const name of ['empty', 'nowhere']) {
      const { code, message } = await rejection(findCheckpoint(join(folder, name)));
      expect(code).toBe('checkpoint/missing');
      expect(message).toContain(`${join(folder, name)} holds no checkpoint; give the folder of a run`);
    }
  });
});
