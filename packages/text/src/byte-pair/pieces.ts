/** Two pieces that become one, in the order in which they were learnt. */
export type Merge = readonly [left: string, right: string];

/** Ends the last piece of a word, so that `at` in `cat` is another piece than in `atom`. */
export const wordEnd = '</w>';

/** The code points of a word, the last with `wordEnd`: what merges begin with. */
export function charactersOf(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length > 0) characters[characters.length - 1] += wordEnd;
  return characters;
}

/**
 * Whether two pieces may become one. A text that spells `wordEnd` inside of a word must not, or that piece could not be told from one that
 * ends a word.
 */
export function canMerge([left, right]: Merge): boolean {
  return right.endsWith(wordEnd) || !(left + right).endsWith(wordEnd);
}
