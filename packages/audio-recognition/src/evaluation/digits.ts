/** The names that English gives to digits when it reads them out; `oh` is said for 0. */
const names: ReadonlyMap<string, string> = new Map([
  ['oh', '0'],
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
    (name, digit) => [name, String(digit)] as const,
  ),
]);

/** The digits that words stand for, one by one: figures, also without spaces between, and English names. `undefined` if a word is none. */
export function digitsOf(words: readonly string[]): readonly string[] | undefined {
  const digits = words.map(asDigits);
  return digits.every((some) => some !== undefined) ? digits.flat() : undefined;
}

/** The same where a word that is no digit stays as it is: an error of whoever wrote it. */
export function digitsOrWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => asDigits(word) ?? [word]);
}

function asDigits(word: string): readonly string[] | undefined {
  if (/^[0-9]+$/.test(word)) return Array.from(word);
  const digit = names.get(word.toLowerCase());
  return digit === undefined ? undefined : [digit];
}
