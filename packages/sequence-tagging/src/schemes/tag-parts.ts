import type { SchemeName } from './scheme-names.js';

/** What a tag says: where in a span its token stands, and the type of the span. */
export interface TagParts {
  /** all before the first `-`, or the whole tag; `O` = outside of every span */
  readonly prefix: string;
  /** all after the first `-`; '' where there is none */
  readonly type: string;
}

/** The tag of what is outside of every span. */
export const outside = 'O';

const outsideParts: TagParts = { prefix: outside, type: '' };

/** `B-PER` parted at its first hyphen; of BILOU L is read as E and U as S, so that all schemes have the same letters. */
export function tagParts(tag: string, scheme: SchemeName): TagParts {
  if (tag === outside) return outsideParts;
  const hyphen = tag.indexOf('-');
  const prefix = hyphen < 0 ? tag : tag.slice(0, hyphen);
  const type = hyphen < 0 ? '' : tag.slice(hyphen + 1);
  if (scheme === 'bilou' && prefix === 'L') return { prefix: 'E', type };
  if (scheme === 'bilou' && prefix === 'U') return { prefix: 'S', type };
  return { prefix, type };
}

/** `B` and `PER` joined; a span without a type has the prefix alone. */
export function joinTag(prefix: string, type: string): string {
  return type === '' ? prefix : `${prefix}-${type}`;
}

const prefixes: Readonly<Record<SchemeName, readonly string[]>> = {
  iob1: ['I', 'B'],
  iob2: ['B', 'I'],
  ioe1: ['I', 'E'],
  ioe2: ['E', 'I'],
  iobes: ['B', 'I', 'E', 'S'],
  bilou: ['B', 'I', 'L', 'U'],
  none: [],
};

/** The letters that a scheme marks tokens of spans with; none for 'none'. */
export function prefixesOf(scheme: SchemeName): readonly string[] {
  return prefixes[scheme];
}
