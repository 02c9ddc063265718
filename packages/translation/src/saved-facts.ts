import { CheckpointError, savedFile, Vocabulary, type SavedFiles } from '@unroll/core';
import type { Merge } from '@unroll/text';
import type { TokenizationConfig } from './config.js';
import { specialTokens } from './tokenization/special-tokens.js';
import type { SideFacts, TranslationFacts } from './types.js';

/** The files of facts: `joint` stands for both sides. Those of merges are there for byte pairs alone. */
export const factFiles = {
  joint: { vocabulary: 'vocabulary.json', merges: 'merges.txt' },
  source: { vocabulary: 'vocabulary.source.json', merges: 'merges.source.txt' },
  target: { vocabulary: 'vocabulary.target.json', merges: 'merges.target.txt' },
} as const;

type Side = keyof typeof factFiles;
type Kind = Pick<TokenizationConfig, 'unit' | 'joint'>;

/** First line of a file of merges, as subword-nmt has it. */
const mergesHeader = '#version: 0.2';

/** Facts as files by name: a JSON list of tokens by id, and merges as subword-nmt writes them. */
export function serializeTranslationFacts(facts: TranslationFacts, { unit, joint }: Kind): SavedFiles {
  const text = new TextEncoder();
  const files: Record<string, Uint8Array> = {};
  for (const side of sidesOf(joint)) {
    const { vocabulary, merges } = facts[side === 'joint' ? 'source' : side];
    files[factFiles[side].vocabulary] = text.encode(vocabulary.serialize());
    if (unit === 'byte-pair') files[factFiles[side].merges] = text.encode(serializeMerges(merges));
  }
  return files;
}

/**
 * The inverse of `serializeTranslationFacts`.
 *
 * @param where - the files are, for messages
 * @throws {CheckpointError} `checkpoint/missing`, `checkpoint/vocabulary`, `checkpoint/merges`
 */
export function parseTranslationFacts(files: SavedFiles, where: string, { unit, joint }: Kind): TranslationFacts {
  const text = (name: string) => new TextDecoder().decode(savedFile(files, name, where));
  const [source, target = source] = sidesOf(joint).map((side): SideFacts => {
    const names = factFiles[side];
    const vocabulary = parseVocabulary(text(names.vocabulary), `${where}/${names.vocabulary}`);
    return {
      vocabulary,
      merges: unit === 'byte-pair' ? parseMerges(text(names.merges), `${where}/${names.merges}`) : [],
    };
  });
  return { source: source!, target: target! };
}

function sidesOf(joint: boolean): readonly Side[] {
  return joint ? ['joint'] : ['source', 'target'];
}

function parseVocabulary(text: string, path: string): Vocabulary {
  const vocabulary = Vocabulary.parse(text, path);
  const { padding, unknown, start, end } = vocabulary.specials;
  const named = [padding, unknown, start, end].join(' ');
  const expected = Object.values(specialTokens).join(' ');
  if (named === expected && vocabulary.paddingId === 0) return vocabulary;
  const message = `${path} is no vocabulary of a translation model: its special tokens must be ${expected}, the first with id 0; use the file saved with the model`;
  throw new CheckpointError('checkpoint/vocabulary', message);
}

function serializeMerges(merges: readonly Merge[]): string {
  return `${[mergesHeader, ...merges.map((merge) => merge.join(' '))].join('\n')}\n`;
}

function parseMerges(text: string, path: string): readonly Merge[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const from = lines[0]?.startsWith('#version') ? 1 : 0;
  return lines.slice(from).map((line, index) => {
    const [left, right, ...rest] = line.split(' ');
    if (left && right && rest.length === 0) return [left, right];
    const message = `${path}, line ${index + from + 1}: a merge is two pieces with one space between, got ${JSON.stringify(line)}; use the file saved with the model`;
    throw new CheckpointError('checkpoint/merges', message);
  });
}
