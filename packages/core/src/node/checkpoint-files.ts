import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { CheckpointError, isUnrollError } from '../errors.js';
import { parseSafetensors, serializeSafetensors } from '../safetensors.js';
import type { Checkpoint } from '../training/checkpoint.js';
import { fileError } from './file-errors.js';
import { syncFolder, writeFileDurably } from './write-file.js';

const manifestName = 'manifest.json';
const format = 'unroll-checkpoint';

const manifestSchema = z.object({
  format: z.literal(format),
  version: z.literal(1),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});

const patience = { best: z.number().nullable(), evaluationsWithoutImprovement: z.int() };
const progressSchema = z.strictObject({
  step: z.int().min(0),
  epoch: z.int().min(0),
  batch: z.int().min(0),
  epochLoss: z.strictObject({ sum: z.number(), count: z.number() }),
  evaluatedStep: z.int().min(0),
  best: z.strictObject({ score: z.number(), step: z.int() }).nullable(),
  earlyStopping: z.strictObject(patience),
  plateau: z.strictObject({ ...patience, reductions: z.int() }),
});

/** Temporary folders begin with a point, so that nobody takes one for a checkpoint. */
export const temporaryPrefix = '.writing-';
export const replacedPrefix = '.replaced-';

/**
 * Writes a checkpoint as a folder: the tensors as safetensors, progress and configuration as JSON, and a manifest with
 * the size and SHA-256 of each. It is written under a temporary name, flushed, then renamed: whatever happens, `folder`
 * is either absent, the old checkpoint, or the whole new one.
 *
 * @param config - the run's configuration, kept beside the tensors
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint, config: unknown): Promise<void> {
  const temporary = join(dirname(folder), `${temporaryPrefix}${basename(folder)}`);
  const replaced = join(dirname(folder), `${replacedPrefix}${basename(folder)}`);
  const files: Record<string, Uint8Array> = {
    'parameters.safetensors': serializeSafetensors(checkpoint.parameters),
    'optimizer.safetensors': serializeSafetensors(checkpoint.optimizer),
    'state.safetensors': serializeSafetensors(checkpoint.state),
    'progress.json': toJson(checkpoint.progress),
    'config.json': toJson(config ?? null),
  };
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeFileDurably(join(temporary, name), bytes);
    await writeFileDurably(join(temporary, manifestName), toJson({ format, version: 1, files: describe(files) }));
    await syncFolder(temporary);
    // A folder cannot be renamed onto one that has content: an old one steps aside, and is put back after a crash.
    await rename(folder, replaced).catch(ignoreMissing);
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
    await rm(replaced, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, 'write the checkpoint', folder);
  }
}

export interface LoadedCheckpoint extends Checkpoint {
  readonly folder: string;
  /** the run's configuration as it was */
  readonly config: unknown;
}

/**
 * Reads a checkpoint back and checks every byte of it against the manifest.
 *
 * @throws {CheckpointError} `checkpoint/missing` if the folder holds none; `checkpoint/damaged` if a file is missing, cut
 *   short or edited
 */
export async function loadCheckpoint(folder: string): Promise<LoadedCheckpoint> {
  const manifest = readManifest(await readOrThrow(folder, manifestName, 'checkpoint/missing'), folder);
  const read = async (name: string) => {
    const expected = manifest.files[name];
    if (!expected) throw damaged(join(folder, manifestName), `it does not list ${name}`);
    const bytes = await readOrThrow(folder, name, 'checkpoint/damaged');
    if (bytes.length !== expected.bytes) {
      throw damaged(join(folder, name), `expected ${expected.bytes} bytes, got ${bytes.length}`);
    }
    if (sha256(bytes) !== expected.sha256) throw damaged(join(folder, name), 'its content was changed');
    return bytes;
  };
  const readArrays = async (name: string) => parseSafetensors(await read(name), join(folder, name)).arrays;
  const progress = progressSchema.safeParse(fromJson(await read('progress.json')));
  if (!progress.success) throw damaged(join(folder, 'progress.json'), 'it says not where training stood');
  return {
    folder,
    progress: progress.data,
    parameters: await readArrays('parameters.safetensors'),
    optimizer: await readArrays('optimizer.safetensors'),
    state: await readArrays('state.safetensors'),
    config: fromJson(await read('config.json')),
  };
}

function readManifest(bytes: Uint8Array, folder: string): z.output<typeof manifestSchema> {
  const manifest = manifestSchema.safeParse(fromJson(bytes));
  if (manifest.success) return manifest.data;
  throw damaged(join(folder, manifestName), `it is no manifest of an ${format}, version 1`);
}

async function readOrThrow(folder: string, name: string, code: string): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    return await readFile(path);
  } catch (error) {
    const told = fileError(error, 'read', path);
    if (!isUnrollError(told)) throw told;
    const message = `${folder} is no whole checkpoint (${told.message.replace('unroll: ', '')})`;
    throw new CheckpointError(code, message, { cause: error });
  }
}

function damaged(path: string, problem: string): CheckpointError {
  const message = `${path}: ${problem}; the checkpoint is damaged, resume from another one`;
  return new CheckpointError('checkpoint/damaged', message);
}

function describe(files: Readonly<Record<string, Uint8Array>>): Record<string, { bytes: number; sha256: string }> {
  const entries = Object.entries(files);
  return Object.fromEntries(entries.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function toJson(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
