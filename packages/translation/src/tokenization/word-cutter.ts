import { cutWords, joinWords, loadTokenizer } from '@unroll/text';
import type { TokenizationConfig } from '../config.js';

/** A line to words and back. */
export interface WordCutter {
  readonly cut: (line: string) => readonly string[];
  /** exact for 'joiner'; else words with one space between */
  readonly join: (words: readonly string[]) => string;
}

export async function createWordCutter(name: TokenizationConfig['words']): Promise<WordCutter> {
  if (name === 'joiner') return { cut: cutWords, join: joinWords };
  return { cut: await loadTokenizer(name), join: (words) => words.join(' ') };
}
