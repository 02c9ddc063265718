import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CheckpointError } from '../errors.js';
import { serializeModel } from '../model-file.js';
import type { CheckpointStore } from '../training/checkpoint.js';
import type { TrainingEvent } from '../training/events.js';
import {
  loadCheckpoint,
  replacedPrefix,
  saveCheckpoint,
  temporaryPrefix,
  type LoadedCheckpoint,
} from './checkpoint-files.js';
import { fileError } from './file-errors.js';
import { lockFolder } from './run-lock.js';
import { writeFileAtomically } from './write-file.js';

export interface RunDirectory extends CheckpointStore {
  readonly path: string;
  /** Appends an event to `log.jsonl`, one JSON object a line. */
  log(event: TrainingEvent): void;
  /** Writes a file of the run, all of it or nothing: `write('report.html', text)`. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Gives the folder free; nothing may be written after it. */
  close(): void;
}

export interface RunDirectoryOptions {
  /** the run's whole configuration, written to `config.json` and into every checkpoint */
  readonly config: unknown;
  /** the checkpoint that the run goes on from: `log.jsonl` is cut back to it */
  readonly resumeFrom?: LoadedCheckpoint;
  /** metadata of `model.safetensors` */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Opens a run's folder for writing and locks it: `config.json`, `log.jsonl`, `model.safetensors`, `checkpoints/`. It is
 * made if it is not there.
 *
 * @throws {DataError} `run/locked` if another run is using it; `file/…` if it cannot be written
 * @throws {CheckpointError} `run/exists` if it holds a run that `resumeFrom` is no checkpoint of
 */
export async function openRunDirectory(path: string, options: RunDirectoryOptions): Promise<RunDirectory> {
  const { config, resumeFrom, metadata } = options;
  const checkpoints = join(path, 'checkpoints');
  await mkdir(checkpoints, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'make the run folder', path);
  });
  const unlock = lockFolder(path);
  let log: number | undefined;
  try {
    await clearLeftovers(checkpoints);
    const resumesHere = resumeFrom && dirname(resolve(resumeFrom.folder)) === resolve(checkpoints);
    if (!resumesHere && (await holdsRun(path))) {
      const message = `${path} holds a run already; go on with it by --resume ${path}, or choose another folder`;
      throw new CheckpointError('run/exists', message);
    }
    await writeFileAtomically(join(path, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
    log = openLog(join(path, 'log.jsonl'), resumeFrom?.progress.step ?? 0);
  } catch (error) {
    unlock();
    throw error;
  }
  const file = log;
  return {
    path,
    async saveCheckpoint(checkpoint, keep) {
      const { step, best } = checkpoint.progress;
      const folder = join(checkpoints, checkpointName(step));
      await saveCheckpoint(folder, checkpoint, config);
      await prune(checkpoints, { step, keep, best: best?.step });
      return folder;
    },
    saveModel: (parameters) =>
      writeFileAtomically(join(path, 'model.safetensors'), serializeModel(parameters, metadata)),
    log: (event) => appendLine(file, event, path),
    write: (name, content) => writeFileAtomically(join(path, name), content),
    close() {
      closeSync(file);
      unlock();
    },
  };
}

/**
 * The checkpoint to resume from: `path` itself if it is a checkpoint, else the newest of the run folder `path`.
 *
 * @throws {CheckpointError} `checkpoint/missing` if there is none, `checkpoint/damaged` if it cannot be trusted
 */
export async function findCheckpoint(path: string): Promise<LoadedCheckpoint> {
  if (await isFile(join(path, 'manifest.json'))) return loadCheckpoint(path);
  const folder = join(path, 'checkpoints');
  const newest = (await listCheckpoints(folder)).at(-1);
  if (!newest) {
    const message = `${path} holds no checkpoint; give the folder of a run, or one of the folders in its checkpoints/`;
    throw new CheckpointError('checkpoint/missing', message);
  }
  return loadCheckpoint(join(folder, newest.name));
}

/**
 * The newest checkpoints of the run folder `path`, oldest first.
 *
 * @throws {CheckpointError} `checkpoint/missing` if there are not so many, `checkpoint/damaged` if one cannot be trusted
 */
export async function findCheckpoints(path: string, count: number): Promise<readonly LoadedCheckpoint[]> {
  const folder = join(path, 'checkpoints');
  const listed = await listCheckpoints(folder);
  if (listed.length < count) {
    const message = `${path} holds ${listed.length} checkpoints, not ${count}; ask for fewer, or train with --set training.keepCheckpoints=${count}`;
    throw new CheckpointError('checkpoint/missing', message);
  }
  return Promise.all(listed.slice(-count).map(({ name }) => loadCheckpoint(join(folder, name))));
}

async function holdsRun(path: string): Promise<boolean> {
  if (await isFile(join(path, 'model.safetensors'))) return true;
  return (await listCheckpoints(join(path, 'checkpoints'))).length > 0;
}

function checkpointName(step: number): string {
  return `step-${String(step).padStart(9, '0')}`;
}

interface ListedCheckpoint {
  readonly step: number;
  readonly name: string;
}

/** The checkpoints in a folder by rising step; none if there is no such folder. */
async function listCheckpoints(folder: string): Promise<readonly ListedCheckpoint[]> {
  const names: readonly string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw fileError(error, 'read', folder);
  });
  const listed = names.flatMap((name) => {
    const match = /^(\.replaced-)?step-(\d+)$/.exec(name);
    // One that stepped aside counts only if a kill came before its successor was in place.
    const counts = match && !(match[1] && names.includes(name.slice(replacedPrefix.length)));
    return counts ? [{ step: Number(match[2]), name }] : [];
  });
  return listed.sort((a, b) => a.step - b.step);
}

/** Keeps the newest and the best. Those past `step` belong to what came after the checkpoint that was resumed. */
async function prune(
  folder: string,
  { step, keep, best }: { step: number; keep: number; best: number | undefined },
): Promise<void> {
  const listed = await listCheckpoints(folder);
  const newest = listed.filter((each) => each.step <= step).slice(-keep);
  const old = listed.filter((each) => !newest.includes(each) && each.step !== best);
  for (const { name } of old) await rm(join(folder, name), { recursive: true, force: true });
}

/** What a killed run left: unfinished checkpoints go, one that was being replaced comes back if the new one is not there. */
async function clearLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names) {
    const path = join(folder, name);
    if (name.startsWith(replacedPrefix) && !names.includes(name.slice(replacedPrefix.length))) {
      await rename(path, join(folder, name.slice(replacedPrefix.length)));
    } else if (name.startsWith(temporaryPrefix) || name.startsWith(replacedPrefix)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Opens the log for appending, after cutting it back to the checkpoint of `step`. */
function openLog(path: string, step: number): number {
  try {
    const log = openSync(path, 'a+');
    truncateSync(path, keptLength(readFileSync(path), step));
    return log;
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

/** Bytes of the log up to the line that tells of the checkpoint at `step`, or of the last event before it. */
function keptLength(content: Buffer, step: number): number {
  let kept = 0;
  let start = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, start)) {
    const event = parseLine(content.toString('utf8', start, end));
    start = end + 1;
    if (!event || event.step > step || step === 0) return kept;
    kept = start;
    if (event.type === 'checkpoint' && event.step === step) return kept;
  }
  return kept;
}

function parseLine(line: string): { type: string; step: number } | undefined {
  try {
    return JSON.parse(line) as { type: string; step: number };
  } catch {
    return undefined;
  }
}

function appendLine(log: number, event: TrainingEvent, path: string): void {
  try {
    writeSync(log, `${JSON.stringify(event)}\n`);
  } catch (error) {
    throw fileError(error, 'write', join(path, 'log.jsonl'));
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
