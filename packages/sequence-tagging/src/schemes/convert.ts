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
    const place: Place = {
      length: end - start,
      touchesBefore: before?.end === start && before.type === type,
      touchesAfter: after?.start === end && after.type === type,
    };
    for (let t = start; t < end; t++) tags[t] = joinTag(prefixAt(scheme, t - start, place), type);
  });
  return tags;
}

/** Where a span stands. */
interface Place {
  readonly length: number;
  /** a span of the same type ends just before, or begins just after */
  readonly touchesBefore: boolean;
  readonly touchesAfter: boolean;
}

/** @param at - of the token in its span, from 0 */
function prefixAt(scheme: Exclude<SchemeName, 'none'>, at: number, place: Place): string {
  const first = at === 0;
  const last = at === place.length - 1;
  switch (scheme) {
    case 'iob1':
      return first && place.touchesBefore ? 'B' : 'I';
    case 'iob2':
      return first ? 'B' : 'I';
    case 'ioe1':
      return last && place.touchesAfter ? 'E' : 'I';
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
