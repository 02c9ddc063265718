/** White space as Python's `str.split` and `str.isspace` know it, which differs from a regular expression's `\s`. */
const spaces = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const runsOfSpaces = new RegExp(`[${spaces}]+`);
const everySpace = new RegExp(`[${spaces}]+`, 'g');
const spacesAtStart = new RegExp(`^[${spaces}]+`);
const spacesAtEnd = new RegExp(`[${spaces}]+$`);

/** What stands between white space. */
export function splitWords(text: string): string[] {
  const words = text.split(runsOfSpaces);
  // spaces at an end part it from an empty word
  if (words[0] === '') words.shift();
  if (words.at(-1) === '') words.pop();
  return words;
}

export function withoutSpaces(text: string): string {
  return text.replace(everySpace, '');
}

export function trimEnd(text: string): string {
  return text.replace(spacesAtEnd, '');
}

export function trim(text: string): string {
  return trimEnd(text.replace(spacesAtStart, ''));
}

/** With so many decimals as C and Python write them: what lies in the middle goes to the even digit, 6.25 to 6.2. */
export function fixed(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals);
  // JavaScript takes the larger one; a number with more digits than these is not in the middle
  const exact = value.toFixed(decimals + 20);
  if (!exact.endsWith(`5${'0'.repeat(19)}`) || Number(rounded.at(-1)) % 2 === 0) return rounded;
  return exact.slice(0, -20);
}
