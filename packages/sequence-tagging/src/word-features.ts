import type { ModelConfig } from './config.js';

/** How a token is written; ids are places in this list. */
export const casingClasses = [
  /** house */
  'lower',
  /** House, I */
  'title',
  /** USA */
  'upper',
  /** iPhone, McDonald */
  'mixed',
  /** 1,024 */
  'digits',
  /** 10th, A380 */
  'digits-and-letters',
  /** ... */
  'punctuation',
  /** letters without case, emoji, anything else */
  'other',
] as const;

export type CasingClass = (typeof casingClasses)[number];

const lettersOrDigits = { letter: /\p{L}/u, digit: /\p{N}/u, upper: /[\p{Lu}\p{Lt}]/gu, lower: /\p{Ll}/u };
const marks = /^[\p{P}\p{Sc}\p{Sk}\p{Sm}]+$/u;

export function casingOf(token: string): CasingClass {
  const { letter, digit, upper, lower } = lettersOrDigits;
  const hasLetters = letter.test(token);
  if (digit.test(token)) return hasLetters ? 'digits-and-letters' : 'digits';
  if (!hasLetters) return marks.test(token) ? 'punctuation' : 'other';
  const uppers = token.match(upper)?.length ?? 0;
  if (uppers === 0) return lower.test(token) ? 'lower' : 'other';
  if (uppers === 1 && /^[^\p{L}]*[\p{Lu}\p{Lt}]/u.test(token)) return 'title';
  return lower.test(token) ? 'mixed' : 'upper';
}

export function casingId(token: string): number {
  return casingClasses.indexOf(casingOf(token));
}

/** What a token is looked up as among the words. */
export function wordKey(token: string, { lowercase, zeroDigits }: ModelConfig['words']): string {
  const cased = lowercase ? token.toLowerCase() : token;
  return zeroDigits ? cased.replace(/\p{Nd}/gu, '0') : cased;
}

/** The last `length` code points in lower case; a shorter token as a whole. */
export function suffixOf(token: string, length: number): string {
  const letters = Array.from(token.toLowerCase());
  return letters.slice(Math.max(0, letters.length - length)).join('');
}

/** The letters that a model reads of a long token, half of them from each end: a link or a hash would widen its whole batch. */
export const maximumLetters = 64;

/** The code points of a token, of one longer than `maximumLetters` the first and the last. */
export function lettersOf(token: string): readonly string[] {
  const letters = Array.from(token);
  if (letters.length <= maximumLetters) return letters;
  return [...letters.slice(0, maximumLetters / 2), ...letters.slice(-maximumLetters / 2)];
}
