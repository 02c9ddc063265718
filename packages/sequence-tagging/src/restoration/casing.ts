import { casingTags, type CasingTag } from './tags.js';

/**
 * How a word is written: the first tag that makes it out of its lower case again, MIXED if none does. So what is lost is
 * known exactly: `McKinley`, and letters whose cases are no pair, such as ß.
 */
export function casingTagOf(written: string, lower: string): CasingTag {
  return casingTags.find((tag) => tag !== 'MIXED' && withCasing(lower, tag) === written) ?? 'MIXED';
}

/** A word in lower case as the tag says; MIXED by its usual spelling, with an upper case first letter where that is not known. */
export function withCasing(lower: string, casing: string, spellings?: ReadonlyMap<string, string>): string {
  switch (casing) {
    case 'TITLE':
      return withFirstUpper(lower);
    case 'UPPER':
      return lower.toUpperCase();
    case 'MIXED':
      return spellings?.get(lower) ?? withFirstUpper(lower);
    default:
      return lower;
  }
}

function withFirstUpper(lower: string): string {
  return lower.replace(/\p{L}/u, (letter) => letter.toUpperCase());
}
