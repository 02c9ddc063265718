import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ByteSource } from '@unroll/core';
import { DataError, UsageError } from '@unroll/core/errors';
import type { RunData } from './app.js';
import type { Output } from './output.js';

const mebibyte = 2 ** 20;

/** The splits that `--data` and `--valid` name: a file or standard input, or a dataset with its own splits. */
export async function openRunData(data: string, valid: string | undefined, output: Output): Promise<RunData> {
  const held = valid === undefined ? undefined : await openFile(valid);
  const train = await openFileIfAny(data);
  if (train !== undefined) return { name: train.name, train, ...(held && { valid: held }) };
  const splits = await openSplits(data, output);
  if (splits['train'] === undefined)
    throw new DataError('data/no-split', `dataset ${data} has no train split; it cannot be trained on`);
  return { name: data, ...splits, train: splits['train'], ...(held && { valid: held }) };
}

/** What to evaluate on: a file, standard input, or one split of a dataset. */
export async function openEvaluationData(data: string, split: string | undefined, output: Output): Promise<ByteSource> {
  const file = await openFileIfAny(data);
  if (file !== undefined) {
    if (split !== undefined) throw new UsageError('usage/split', `--split is for datasets; ${file.name} is one file`);
    return file;
  }
  const splits = await openSplits(data, output);
  const name = split ?? (splits['test'] === undefined ? 'valid' : 'test');
  const source = splits[name];
  if (source === undefined)
    throw new DataError(
      'data/no-split',
      `dataset ${data} has no split ${name}; it has ${Object.keys(splits).join(', ')}`,
    );
  return source;
}

/** A file by path, or standard input for `-`. @throws {DataError} `data/missing`, `data/not-a-file` */
export async function openFile(path: string): Promise<ByteSource> {
  const source = await openFileIfAny(path);
  if (source === undefined) throw new DataError('data/missing', `there is no file ${path}; check the path`);
  return source;
}

async function openFileIfAny(path: string): Promise<ByteSource | undefined> {
  if (path === '-') return readStandardInput();
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new DataError('data/unreadable', `cannot read ${path}: ${error.code ?? error.message}`, { cause: error });
  });
  if (found?.isDirectory()) throw new DataError('data/not-a-file', `${path} is a folder; name a file or a dataset`);
  return found && fileOf(path, found.isFile() ? found.size : undefined);
}

function fileOf(path: string, size: number | undefined): ByteSource {
  return {
    name: path,
    ...(size !== undefined && { size }),
    async *bytes() {
      try {
        yield* createReadStream(path, { highWaterMark: mebibyte }) as AsyncIterable<Uint8Array>;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw new DataError('data/unreadable', `cannot read ${path}: ${code ?? message}`, { cause: error });
      }
    },
  };
}

/** Standard input can be read but once, so it is kept. */
async function readStandardInput(): Promise<ByteSource> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin as AsyncIterable<Uint8Array>) pieces.push(piece);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return {
    name: 'standard input',
    size,
    async *bytes() {
      yield* pieces;
    },
  };
}

async function openSplits(name: string, output: Output): Promise<Readonly<Record<string, ByteSource>>> {
  const { listDatasets, openDataset } = await import('@unroll/datasets');
  if (!listDatasets().includes(name) && /[./\\]/.test(name)) {
    throw new DataError(
      'data/missing',
      `there is no file ${name}; check the path, or name a dataset: ${listDatasets().join(', ')}`,
    );
  }
  let shown = '';
  const { splits } = await openDataset(name, {
    onProgress: ({ file, from, receivedBytes, totalBytes }) => {
      const percent = Math.floor((receivedBytes / totalBytes) * 100);
      output.overwrite(`fetching ${file} of ${name}: ${percent} %`);
      if (shown !== file && !output.interactive) output.log(`fetching ${file} of ${name} from ${from}`);
      shown = file;
    },
  });
  output.overwrite('');
  return splits;
}
