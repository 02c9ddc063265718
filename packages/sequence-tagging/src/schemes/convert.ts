import { ShapeError } from '@unroll/core';
import type { Span } from '../types.js';
import type { SchemeName } from './scheme-names.js';
import { spansOf } from './spans.js';
import { joinTag, outside } from './tag-parts.js';

/**
 * One tag a token for spans, the inverse of `spansOf`.
 *
 * @param spans - in order, none overlapping another
 * @param length - tokens of the sentence
 * @throws {ShapeError} `shape/spans` for spans that overlap, are out of order or outside of the sentence, or with a scheme that has none
 */
export function tagsOf(spans: readonly Span[], length: number, scheme: SchemeName): string[] {
  const tags = Array<string>(length).fill(outside);
  spans.forEach((span, i) => {
    const { type, start, end } = span;
    const before = spans[i - 1];
    const after = spans[i + 1];
    if (start < (before?.end ?? 0) || end <= start || end > length || scheme === 'none')
      throw badSpan(span, length, scheme);
    const touches = {
      before: before?.end === start && before.type === type,
      after: after?.start === end && after.type === type,
    };
    for (let t = start; t < end; t++) {
      tags[t] = joinTag(prefixAt(scheme, { first: t === start, last: t === end - 1, ...touches }), type);
    }
  });
  return tags;
}

/** Where a token stands. */
interface Place {
  readonly first: boolean;
  readonly last: boolean;
  /** a span of the same type ends just before, or begins just after */
  readonly before: boolean;
  readonly after: boolean;
}

function prefixAt(scheme: Exclude<SchemeName, 'none'>, { first, last, before, after }: Place): string {
  switch (scheme) {
    case 'iob1':
      return first && before ? 'B' : 'I';
    case 'iob2':
      return first ? 'B' : 'I';
    case 'ioe1':
      return last && after ? 'E' : 'I';
    case 'ioe2':
      return last ? 'E' : 'I';
    case 'iobes':
      return first ? (last ? 'S' : 'B') : last ? 'E' : 'I';
    case 'bilou':
      return first ? (last ? 'U' : 'B') : last ? 'L' : 'I';
  }
}

function badSpan({ type, start, end }: Span, length: number, scheme: SchemeName): ShapeError {
  const message =
    scheme === 'none'
      ? `the scheme none has no spans, got ${type} at ${start}; use one that has, such as iob2`
      : `spans must be in order, apart, and in 0 … ${length}; got ${type} from ${start} to ${end}`;
  return new ShapeError('shape/spans', message);
}

export interface ConvertedTags {
  readonly tags: readonly string[];
  /** tags that were not what their own scheme writes for the spans that they mark: `I-PER` after O in IOB2 */
  readonly repairs: number;
}

/**
 * Tags of one sentence in another scheme. Its spans, as `spansOf` reads them, stay what they are. With `from` and `to` the same it
 * is the repair of an inconsistent file; with 'none' on either side nothing changes.
 */
export function convertTags(tags: readonly string[], from: SchemeName, to: SchemeName): ConvertedTags {
  if (from === 'none' || to === 'none') return { tags, repairs: 0 };
  const spans = spansOf(tags, from);
  const consistent = tagsOf(spans, tags.length, from);
  const repairs = consistent.reduce((sum, tag, i) => (tag === tags[i] ? sum : sum + 1), 0);
  return { tags: from === to ? consistent : tagsOf(spans, tags.length, to), repairs };
}
