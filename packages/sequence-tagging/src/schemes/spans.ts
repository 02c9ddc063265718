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
      spans.push({ ...open, end: i });
      open = undefined;
    }
    if (begins) open = { type: next.type, start: i };
    previous = next;
  }
  return spans;
}

const alwaysBegin: ReadonlySet<string> = new Set(['B', 'S', '[', ']']);
const beginAfterSpan: ReadonlySet<string> = new Set(['I', 'E']);
const afterSpan: ReadonlySet<string> = new Set([outside, 'E', 'S']);
const alwaysEnd: ReadonlySet<string> = new Set(['E', 'S', '[', ']']);
const endBefore: ReadonlySet<string> = new Set(['B', 'S', outside]);
/** `.` is what conlleval's bracket notation has between `[` and `]` */
const withoutType: ReadonlySet<string> = new Set([outside, '.']);

function spanBegins(before: TagParts, tag: TagParts): boolean {
  if (alwaysBegin.has(tag.prefix)) return true;
  if (beginAfterSpan.has(tag.prefix) && afterSpan.has(before.prefix)) return true;
  return before.type !== tag.type && !withoutType.has(tag.prefix);
}

function spanEnds(before: TagParts, tag: TagParts): boolean {
  if (alwaysEnd.has(before.prefix) || endBefore.has(tag.prefix)) return true;
  return before.type !== tag.type && !withoutType.has(before.prefix);
}
