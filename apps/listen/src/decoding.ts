import { readFile } from 'node:fs/promises';
import type { VerbContext } from '@unroll/cli';
import { UsageError } from '@unroll/core/errors';
import { fileError } from '@unroll/core/node';
import type { DataConfig, RecognizeOptions, SymbolScorer } from '@unroll/audio-recognition';
import type { Listener } from './evaluation.js';

interface DecodingFlags {
  readonly beam?: number;
  readonly languageModel?: string;
  readonly languageWeight?: number;
  readonly insertionBonus?: number;
  readonly lexicon?: string;
  readonly nBest?: number;
}

/** How a transcriber is to search, as the flags have it. @throws {UsageError} `usage/search` for flags that do not go together */
export async function recognizeOptions({ flags }: VerbContext, { model }: Listener): Promise<RecognizeOptions> {
  const { beam, nBest, languageModel, languageWeight, insertionBonus, lexicon }: DecodingFlags = flags;
  const searching = { beam, nBest, 'language-model': languageModel, 'language-weight': languageWeight, lexicon };
  const [named] = Object.entries({ ...searching, 'insertion-bonus': insertionBonus }).filter(
    ([, value]) => value !== undefined,
  );
  if (model.config.task !== 'transcribe') {
    if (named) throw new UsageError('usage/search', `--${named[0]} is for models that transcribe; this one does not`);
    return {};
  }
  if (languageModel === undefined && languageWeight !== undefined) {
    throw new UsageError('usage/search', '--language-weight needs --language-model FILE.arpa or the folder of a run');
  }
  return {
    beam:
      beam ??
      (languageModel !== undefined || lexicon !== undefined ? widthWithWords(model.config.decoding.beam) : undefined),
    nBest,
    languageWeight,
    insertionBonus,
    ...(languageModel !== undefined && { languageModel: await openScorer(languageModel, model.config.data) }),
    ...(lexicon !== undefined && { lexicon: await readWords(lexicon) }),
  };
}

/** A language model or a lexicon says little about one hypothesis alone. */
function widthWithWords(beam: number): number {
  return Math.max(beam, 16);
}

async function openScorer(path: string, data: DataConfig): Promise<SymbolScorer> {
  const { openLanguageScorer } = await import('./language-scorer.js');
  return openLanguageScorer(path, data);
}

async function readWords(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  return text
    .split(/\r?\n/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
