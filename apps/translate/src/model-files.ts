import { pairOf, type VerbContext } from '@unroll/cli';
import { applySetting, parseConfig, type PairedSource } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { dataConfigSchema, type DataConfig, type NamedPairs, type TranslationConfig } from '@unroll/translation';
import { readSplit } from './splits.js';

interface PairFlags {
  readonly source?: string;
  readonly target?: string;
  readonly data?: string;
  readonly split?: string;
}

/**
 * The pairs that `--source` and `--target`, or `--data`, name: read as the model's training data were, unless flags say otherwise.
 *
 * @throws {UsageError} `usage/data` if they name nothing
 * @throws {DataError} `data/…`, naming file and line
 */
export async function openPairsFor(config: TranslationConfig, context: VerbContext): Promise<NamedPairs> {
  return readSplit(await openNamed(context), dataConfigFor(config.data, context.settings()));
}

async function openNamed(context: VerbContext): Promise<PairedSource> {
  const { source, target, data, split }: PairFlags = context.flags;
  const pair = pairOf({ source, target }, '');
  if (pair && data !== undefined) {
    throw new UsageError('usage/data', 'name the pairs with --data or with --source and --target, not both');
  }
  if (pair) return { ...(await context.openFile(pair.source)), target: await context.openFile(pair.target) };
  if (data !== undefined) return context.openSplit(data, split);
  throw new UsageError('usage/data', 'name the pairs with --source FILE and --target FILE, or with --data');
}

/** Columns of one format mean nothing in another: there they are found anew, unless flags name them. */
function dataConfigFor(trained: DataConfig, settings: readonly string[]): DataConfig {
  const given = settings.reduce(applySetting, {}) as { readonly data?: Partial<DataConfig> };
  const { format = trained.format } = given.data ?? {};
  const known = format === trained.format ? trained : { ...trained, source: 'auto', target: 'auto' };
  return parseConfig(dataConfigSchema, { ...known, ...given.data });
}
