import { withCasing } from './casing.js';
import { punctuationMarks } from './tags.js';

export interface RestoreOptions {
  /** `[word]`; all as they are where absent */
  readonly casing?: readonly string[] | undefined;
  /** `[word]`; none where absent */
  readonly punctuation?: readonly string[] | undefined;
  /** how words of mixed casing are written, by lower case */
  readonly spellings?: ReadonlyMap<string, string> | undefined;
}

/** Text out of words in lower case and their tags, with one space between two words. */
export function restoreText(words: readonly string[], { casing, punctuation, spellings }: RestoreOptions): string {
  return words
    .map((word, index) => withCasing(word, casing?.[index] ?? 'O', spellings) + markBehind(word, punctuation?.[index]))
    .join(' ');
}

/** An abbreviation that ends a sentence has one period. */
function markBehind(word: string, tag: string | undefined): string {
  const marks: Readonly<Record<string, string>> = punctuationMarks;
  const mark = marks[tag ?? 'O'] ?? '';
  return mark === '.' && word.endsWith('.') ? '' : mark;
}
