import type { SchemeName } from './scheme-names.js';
import { outside, prefixesOf, tagParts, type TagParts } from './tag-parts.js';

/** Which tag may stand where; 1 = allowed, 0 = never. K = tags. */
export interface AllowedTransitions {
  /** `[K]`: may be the first of a sentence */
  readonly start: Uint8Array;
  /** `[K]`: may be the last */
  readonly end: Uint8Array;
  /** `[K · K]`: row = tag, column = the tag after it */
  readonly pairs: Uint8Array;
}

/**
 * What a scheme allows: rows of tags that it writes for some spans, those that `convertTags` has nothing to repair in. All is
 * allowed of 'none'. Tags that the scheme does not know stand for themselves, like O.
 *
 * A set of tags can be too small for its scheme: with `B-X` and `E-X` alone no sentence of one token has a row of tags. Where there
 * would be none of some length, any tag may begin and end a sentence, and if that is not enough, everything is allowed.
 *
 * @param tags - K names, in the order of the ids
 */
export function allowedTransitions(tags: readonly string[], scheme: SchemeName): AllowedTransitions {
  const parts = tags.map((tag) => placeOf(tag, scheme));
  const size = tags.length;
  const start = Uint8Array.from(parts, (tag) => Number(mayFollow(undefined, tag, scheme)));
  const end = Uint8Array.from(parts, (tag) => Number(mayFollow(tag, undefined, scheme)));
  const pairs = new Uint8Array(size * size);
  parts.forEach((from, i) => parts.forEach((to, j) => (pairs[i * size + j] = Number(mayFollow(from, to, scheme)))));
  const allowed = { start, end, pairs };
  if (!hasRowOfEveryLength(allowed, size)) [start, end].forEach((free) => free.fill(1));
  if (!hasRowOfEveryLength(allowed, size)) pairs.fill(1);
  return allowed;
}

/** A tag that the scheme does not know counts as O. */
function placeOf(tag: string, scheme: SchemeName): TagParts {
  const known = prefixesOf(scheme).map((prefix) => tagParts(prefix, scheme).prefix);
  const parts = tagParts(tag, scheme);
  return known.includes(parts.prefix) ? parts : { prefix: outside, type: '' };
}

/** `undefined` = the border of the sentence, which is outside of every span. */
function mayFollow(from: TagParts | undefined, to: TagParts | undefined, scheme: SchemeName): boolean {
  const before = from?.prefix ?? outside;
  const after = to?.prefix ?? outside;
  const sameType = from !== undefined && to !== undefined && from.type === to.type;
  const inSameSpan = sameType && before !== outside && after !== outside;
  switch (scheme) {
    case 'none':
      return true;
    case 'iob1':
      return after !== 'B' || inSameSpan;
    case 'iob2':
      return after !== 'I' || inSameSpan;
    case 'ioe1':
      return before !== 'E' || inSameSpan;
    case 'ioe2':
      return before !== 'I' || inSameSpan;
    case 'iobes':
    case 'bilou': {
      const isOpen = before === 'B' || before === 'I';
      const goesOn = after === 'I' || after === 'E';
      return isOpen === goesOn && (!isOpen || inSameSpan);
    }
  }
}

/** Whether there is an allowed row of tags of each length up to one more than there are tags. */
function hasRowOfEveryLength({ start, end, pairs }: AllowedTransitions, size: number): boolean {
  let reached = [...start.keys()].filter((i) => start[i] === 1);
  for (let length = 1; length <= size + 1; length++) {
    if (!reached.some((i) => end[i] === 1)) return false;
    reached = [...start.keys()].filter((j) => reached.some((i) => pairs[i * size + j] === 1));
  }
  return true;
}
