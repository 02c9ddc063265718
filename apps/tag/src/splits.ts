import { inFlags, type RunData } from '@unroll/cli';
import type { ByteSource } from '@unroll/core';
import {
  describeSentenceFile,
  openSentences,
  resolveDataConfig,
  sentencesOf,
  type DataConfig,
  type SentenceSet,
  type SentenceSets,
} from '@unroll/sequence-tagging';
import { fileFlags } from './flags.js';

export interface ReadSplits {
  readonly sets: SentenceSets;
  /** with what was found in the training file in the place of what was left open */
  readonly data: DataConfig;
}

/** The sentences of a run. The training file says how the others are read. @throws {DataError} `data/…`, naming file and line */
export async function readSplits(
  data: RunData,
  config: DataConfig,
  onProgress: (message: string) => void,
): Promise<ReadSplits> {
  return readAll(data, config, onProgress).catch((error: unknown) => {
    throw inFlags(error, fileFlags);
  });
}

async function readAll(
  { train, valid, test }: RunData,
  data: DataConfig,
  onProgress: (message: string) => void,
): Promise<ReadSplits> {
  const first = await openSentences(train, data);
  onProgress(describeSentenceFile(first));
  const found = resolveDataConfig(data, first);
  const read = async (source: ByteSource): Promise<SentenceSet> => {
    const file = await openSentences(source, found);
    return { name: file.name, columns: file.columns, sentences: await sentencesOf(file) };
  };
  return {
    data: found,
    sets: {
      train: { name: first.name, columns: first.columns, sentences: await sentencesOf(first) },
      ...(valid && { valid: await read(valid) }),
      ...(test && { test: await read(test) }),
    },
  };
}
