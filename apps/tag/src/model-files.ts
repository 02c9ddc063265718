import { inFlags } from '@unroll/cli';
import { applySetting, parseConfig, type ByteSource } from '@unroll/core';
import {
  dataConfigSchema,
  openSentences,
  type DataConfig,
  type SentenceFile,
  type TaggingModel,
} from '@unroll/sequence-tagging';
import { fileFlags } from './flags.js';

export interface ModelFileOptions {
  /** of flags, `data.format="tsv"`: they go before what the model was trained with */
  readonly settings: readonly string[];
  /** true where the columns of tags may be missing */
  readonly tagsOptional: boolean;
}

/**
 * A file for a trained model: read as its training data were, unless flags say otherwise.
 *
 * @throws {DataError} `data/…`, also for a file without a column that the model reads
 */
export async function openForModel(
  source: ByteSource,
  { config, facts }: Pick<TaggingModel, 'config' | 'facts'>,
  { settings, tagsOptional }: ModelFileOptions,
): Promise<SentenceFile> {
  const options = {
    tagsOptional,
    modelColumns: facts.columns.map(({ name }) => name),
    mixedSpellings: facts.mixedSpellings,
  };
  return openSentences(source, dataConfigFor(config.data, settings), options).catch((error: unknown) => {
    throw inFlags(error, fileFlags);
  });
}

/** Columns of one format mean nothing in another: there they are found anew, unless flags name them. */
function dataConfigFor(trained: DataConfig, settings: readonly string[]): DataConfig {
  const given = settings.reduce(applySetting, {}) as { readonly data?: Partial<DataConfig> };
  const { format = trained.format } = given.data ?? {};
  const known = format === trained.format ? trained : { ...trained, token: 'auto', tags: [], features: [] };
  return parseConfig(dataConfigSchema, { ...known, ...given.data });
}
