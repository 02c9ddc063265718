import type { Span } from '../types.js';
import type { SchemeName } from './scheme-names.js';
import { outside, tagParts, type TagParts } from './tag-parts.js';

/**
 * The spans of a sentence as conlleval reads them, of any tags, inconsistent ones too. Between two tokens
 *
 *   a span begins   at B, at S, at I or E after O, E or S, and at any tag but O whose type differs from the one before
 *   a span ends     before B, S or O, after E or S, where the type differs, and with its sentence
 *
 * so that `I-PER` after O begins a span, and `I-LOC` after `B-PER` another. `[` and `]` are spans of one token. A tag without a
 * prefix, such as `NN`, has the type '', and makes a span only where it follows a type.
 *
 * conlleval itself, the Perl script of the CoNLL shared tasks, has these rules for B, I and O and for I, E and O; S, and B after
 * E, are read as those do who carried its rules on to IOBES.
 *
 * @returns in order, none overlapping another; none at all for 'none'
 * @see Tjong Kim Sang & Buchholz 2000, "Introduction to the CoNLL-2000 shared task: chunking"
 */
export function spansOf(tags: readonly string[], scheme: SchemeName): Span[] {
  const spans: Span[] = [];
  if (scheme === 'none') return spans;
  let previous: TagParts = { prefix: outside, type: '' };
  let open: { readonly type: string; readonly start: number } | undefined;
  for (let i = 0; i <= tags.length; i++) {
    const next = tagParts(i < tags.length ? tags[i]! : outside, scheme);
    const begins = spanBegins(previous, next);
    if (open && (begins || spanEnds(previous, next) || i === tags.length)) {
      // written out: spreading `open` costs five times all the rest
      spans.push({ type: open.type, start: open.start, end: i });
      open = undefined;
    }
    if (begins) open = { type: next.type, start: i };
    previous = next;
  }
  return spans;
}

function spanBegins(before: TagParts, { prefix, type }: TagParts): boolean {
  if (prefix === 'B' || prefix === 'S' || isBracket(prefix)) return true;
  if ((prefix === 'I' || prefix === 'E') && (before.prefix === outside || isLast(before.prefix))) return true;
  return before.type !== type && hasType(prefix);
}

function spanEnds({ prefix, type }: TagParts, next: TagParts): boolean {
  if (isLast(prefix) || isBracket(prefix)) return true;
  if (next.prefix === 'B' || next.prefix === 'S' || next.prefix === outside) return true;
  return type !== next.type && hasType(prefix);
}

function isLast(prefix: string): boolean {
  return prefix === 'E' || prefix === 'S';
}

function isBracket(prefix: string): boolean {
  return prefix === '[' || prefix === ']';
}

/** `.` is what conlleval's bracket notation has between `[` and `]` */
function hasType(prefix: string): boolean {
  return prefix !== outside && prefix !== '.';
}
