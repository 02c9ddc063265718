import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ByteSource, DataSource, PairedSource } from '@unroll/core';
import { fileSource, folderTree, stdinSource } from '@unroll/core/node';
import { DataError, UsageError } from '@unroll/core/errors';
import type { RunData } from './app.js';
import type { DataNames } from './data-names.js';
import type { Output } from './output.js';

export interface DataChoice extends DataNames {
  /** whose settings of a dataset are wanted */
  readonly taskName: string;
  /** a path may be that of a folder, or of a list of files */
  readonly trees: boolean;
}

/** The splits that `--data`, `--valid` and `--test` name: files, standard input or folders, or a dataset with its own splits. */
export async function openRunData(choice: DataChoice, output: Output): Promise<RunData> {
  const { data, target, valid, validTarget, test, testTarget, taskName, trees } = choice;
  const open = (path: string, beside: string | undefined): Promise<DataSource> =>
    trees ? openTree(path) : openPaired(path, beside);
  const held = {
    ...(valid !== undefined && { valid: await open(valid, validTarget) }),
    ...(test !== undefined && { test: await open(test, testTarget) }),
  };
  if (target !== undefined) {
    const train = await openPaired(data, target);
    return { name: `${data} and ${target}`, train, ...held };
  }
  const train = await openIfAny(data, trees);
  if (train !== undefined) return { name: train.name, train, ...held };
  const splits = await openSplits(data, output);
  if (splits['train'] === undefined)
    throw new DataError('data/no-split', `dataset ${data} has no train split; it cannot be trained on`);
  const settings = await datasetSettings(data, taskName);
  return { name: data, ...splits, train: splits['train'], ...held, settings };
}

export interface SplitChoice {
  readonly data: string;
  readonly split: string | undefined;
  /** as of a run */
  readonly trees: boolean;
}

/** What to evaluate on: a file, standard input, a folder where an app has them, or one split of a dataset. */
export async function openEvaluationData({ data, split, trees }: SplitChoice, output: Output): Promise<DataSource> {
  const file = await openIfAny(data, trees);
  if (file !== undefined) {
    if (split !== undefined)
      throw new UsageError(
        'usage/split',
        `--split is for datasets; ${file.name} is one ${file.isFolder === true ? 'folder' : 'file'}`,
      );
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

/** A file by path, or standard input for `-`. @throws {DataError} `file/…` */
export async function openFile(path: string): Promise<ByteSource> {
  return path === '-' ? readStandardInput() : fileSource(path);
}

/** What the manifest of a dataset says of itself for a task; `undefined` for files and for datasets without a word. */
export async function datasetSettings(data: string, taskName: string): Promise<unknown> {
  if (data === '-' || existsSync(data)) return undefined;
  const { listDatasets, manifestOf } = await import('@unroll/datasets');
  if (!listDatasets().includes(data)) return undefined;
  return manifestOf(data).settings?.[taskName];
}

/** A file with the one that goes with it line by line. @throws {DataError} `file/…` */
export async function openPaired(path: string, target: string | undefined): Promise<PairedSource> {
  const source = await openFile(path);
  return target === undefined ? source : { ...source, target: await openFile(target) };
}

async function openIfAny(path: string, trees: boolean): Promise<DataSource | undefined> {
  if (path !== '-' && !existsSync(path)) return undefined;
  return trees ? openTree(path) : openFile(path);
}

/** A folder, or a list of files with the folder that it lies in. @throws {DataError} `file/…` */
async function openTree(path: string): Promise<DataSource> {
  if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return { ...(await openFile(path)), files: folderTree(path === '-' ? '.' : dirname(path)) };
  }
  return {
    name: path,
    files: folderTree(path),
    isFolder: true,
    bytes: () => fileSource(path).bytes(),
  };
}

/** Read to its end at once: passes over it that stop early could not be repeated otherwise. */
async function readStandardInput(): Promise<ByteSource> {
  const source = stdinSource();
  let size = 0;
  for await (const piece of source.bytes()) size += piece.length;
  return { ...source, size };
}

async function openSplits(name: string, output: Output): Promise<Readonly<Record<string, DataSource>>> {
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
