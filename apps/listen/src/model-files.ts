import { statSync } from 'node:fs';
import { applySetting, parseConfig, type DataSource } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { fileSource, folderTree } from '@unroll/core/node';
import { dataConfigSchema, type RecognitionModel, type Recording, type RecordingList } from '@unroll/audio-recognition';
import { readSplit } from './splits.js';

/**
 * Recordings to score a trained model on: found as its training data were, unless flags say otherwise.
 *
 * @param settings - of flags, `data.format="csv"`
 * @throws {DataError} `data/…`
 */
export async function openForModel(
  source: DataSource,
  { config }: Pick<RecognitionModel, 'config'>,
  settings: readonly string[],
): Promise<RecordingList> {
  const given = settings.reduce(applySetting, {}) as { readonly data?: object };
  return readSplit(source, parseConfig(dataConfigSchema, { ...config.data, ...given.data }));
}

/**
 * Files by path and all WAV files of folders, in order.
 *
 * @throws {UsageError} `usage/files` where there is none @throws {DataError} `file/…`
 */
export async function namedRecordings(paths: readonly string[]): Promise<readonly Recording[]> {
  const found: Recording[] = [];
  for (const path of paths) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      // opened when its turn comes: a file that is missing must not keep the others from being answered
      found.push({ name: path, file: { name: path, bytes: () => fileSource(path).bytes() } });
      continue;
    }
    const tree = folderTree(path);
    const names = (await tree.list()).filter((name) => /\.wave?$/i.test(name));
    if (names.length === 0) {
      throw new UsageError('usage/files', `${path} has no WAV file; name another folder, or convert its sounds to WAV`);
    }
    for (const name of names) {
      const file = tree.file(name)!;
      found.push({ name: file.name, file });
    }
  }
  return found;
}
