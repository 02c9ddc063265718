import { Vocabulary, type SpecialTokens } from '@unroll/core';

/** Of either side. A text that has one of them as a word does not mean it: such a word is unknown. */
export const specialTokens = {
  padding: '<pad>',
  unknown: '<unk>',
  start: '<s>',
  end: '</s>',
} as const satisfies SpecialTokens;

const special: ReadonlySet<string> = new Set(Object.values(specialTokens));

export function isSpecial(token: string): boolean {
  return special.has(token);
}

/** The id of a token of a text, `<unk>`'s where the text spells a special token. */
export function idOfText(vocabulary: Vocabulary, token: string): number {
  return isSpecial(token) ? vocabulary.unknownId! : vocabulary.id(token);
}

/** Special tokens from id 0, then counted ones as `Vocabulary.fromCounts` orders them. */
export function createVocabulary(
  counts: ReadonlyMap<string, number>,
  limits: { readonly minimumCount: number; readonly maximumSize: number },
): Vocabulary {
  const ordinary = new Map([...counts].filter(([token]) => !isSpecial(token)));
  return Vocabulary.fromCounts(ordinary, { ...limits, specials: specialTokens });
}
