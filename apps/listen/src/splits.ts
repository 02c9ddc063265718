import { inFlags, type RunData } from '@unroll/cli';
import { DataError } from '@unroll/core/errors';
import type { DataSource } from '@unroll/core';
import { openRecordings, type DataConfig, type RecordingList, type RecordingSets } from '@unroll/audio-recognition';
import { trainFlags } from './flags.js';

/** The recordings of a run. @throws {DataError} `data/…`, naming file and line */
export async function readSplits(
  { train, valid, test }: RunData,
  data: DataConfig,
  onProgress: (message: string) => void,
): Promise<RecordingSets> {
  const read = async (source: DataSource): Promise<RecordingList> => {
    const list = await readSplit(source, data);
    list.notes.forEach(onProgress);
    return list;
  };
  return {
    train: await read(train),
    ...(valid && { valid: await read(valid) }),
    ...(test && { test: await read(test) }),
  };
}

/** All recordings of one split. @throws {DataError} `data/…`, naming file and line */
export async function readSplit(source: DataSource, data: DataConfig): Promise<RecordingList> {
  const { files, isFolder = false } = source;
  if (!files) {
    const message = `${source.name} has no recordings beside it; a folder or a manifest of recordings is needed`;
    throw new DataError('data/no-recordings', message);
  }
  return openRecordings({ files, ...(!isFolder && { manifest: source }) }, data).catch((error: unknown) => {
    throw inFlags(error, trainFlags);
  });
}
