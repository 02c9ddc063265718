import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber, parseSavedConfig, type ReportSection } from '@unroll/core';
import { fileError, readModelFolder } from '@unroll/core/node';
import {
  factFiles,
  modelFiles,
  parseTranslationFacts,
  translationConfigSchema,
  type TokenizationConfig,
  type TranslationConfig,
  type TranslationFacts,
} from '@unroll/translation';

const factNames = Object.values(factFiles).flatMap(({ vocabulary, merges }) => [vocabulary, merges]);
/** Tokens that are named. */
const namedTokens = 12;

export interface SavedFacts {
  readonly config: TranslationConfig;
  readonly facts: TranslationFacts;
}

/** The vocabularies of a run, from its files alone: no engine is started. @throws {CheckpointError} for damaged ones */
export async function readFacts(folder: string): Promise<SavedFacts> {
  const path = join(folder, modelFiles.config);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  const config = parseSavedConfig(translationConfigSchema, bytes, { path, what: 'a translation model' });
  const files = await readModelFolder(folder, factNames);
  return { config, facts: parseTranslationFacts(files, folder, config.tokenization) };
}

/** What `inspect` tells of a run besides. @throws {CheckpointError} for damaged files */
export async function describeModel(folder: string): Promise<readonly ReportSection[]> {
  const { config, facts } = await readFacts(folder);
  const rows = sidesOf(facts, config.tokenization).map(({ name, vocabulary, merges }) => {
    const specials = Object.values(vocabulary.specials).length;
    const named = vocabulary.tokens.slice(specials, specials + namedTokens).join(' ');
    return [name, formatNumber(vocabulary.size), formatNumber(merges.length), named];
  });
  const head = ['side', 'tokens', 'merges', 'most used in training'];
  return [{ title: 'Vocabularies', paragraphs: [], tables: [{ head, rows }], pictures: [] }];
}

/** One of a joint vocabulary, else one a side. */
export function sidesOf(
  { source, target }: TranslationFacts,
  { joint }: Pick<TokenizationConfig, 'joint'>,
): readonly (TranslationFacts['source'] & { readonly name: 'both' | 'source' | 'target' })[] {
  if (joint) return [{ name: 'both', ...source }];
  return [
    { name: 'source', ...source },
    { name: 'target', ...target },
  ];
}
