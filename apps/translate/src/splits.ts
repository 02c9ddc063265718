import { inFlags, type RunData } from '@unroll/cli';
import type { PairedSource } from '@unroll/core';
import {
  describePairFile,
  openPairs,
  pairSources,
  readPairs,
  type DataConfig,
  type NamedPairs,
  type PairSets,
} from '@unroll/translation';
import { fileFlags } from './flags.js';

/** The pairs of a run. @throws {DataError} `data/…`, naming file and line */
export async function readSplits(
  { train, valid, test }: RunData,
  data: DataConfig,
  onProgress: (message: string) => void,
): Promise<PairSets> {
  onProgress(describePairFile(await openPairs(pairSources(train), data).catch(tellFlags)));
  return {
    train: await readSplit(train, data),
    ...(valid && { valid: await readSplit(valid, data) }),
    ...(test && { test: await readSplit(test, data) }),
  };
}

/** All pairs of one split. @throws {DataError} `data/…`, naming file and line */
export async function readSplit(source: PairedSource, data: DataConfig): Promise<NamedPairs> {
  return readPairs(pairSources(source), data).catch(tellFlags);
}

function tellFlags(error: unknown): never {
  throw inFlags(error, fileFlags);
}
