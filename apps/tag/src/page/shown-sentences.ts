import { sameTag, spansOf, type ColumnPrediction, type Prediction, type TagColumn } from '@unroll/sequence-tagging';
import type { ShownSentence } from './sentences.js';

/** A prediction as a page shows it, for one column. @param shares - `[token][other token]`, in 0 … 1 */
export function shownSentence(
  { sentence, columns }: Prediction,
  column: TagColumn,
  { index, shares }: { readonly index: number; readonly shares?: ShownSentence['shares'] },
): ShownSentence {
  const prediction = columns[index]!;
  return {
    line: sentence.line,
    tokens: sentence.tokens,
    tags: prediction.tags,
    // labels in another order are the same labels
    gold: sentence.tags?.[index]?.map((tag, t) =>
      sameTag(tag, prediction.tags[t]!, column) ? prediction.tags[t]! : tag,
    ),
    probabilities: prediction.probabilities,
    spans: colouredSpans(prediction, column),
    shares,
  };
}

/** Spans where tags mark them, else every tag that says something. */
function colouredSpans(
  { tags, probabilities, spans }: ColumnPrediction,
  { scheme }: TagColumn,
): ShownSentence['spans'] {
  if (scheme !== 'none') return spans ?? spansOf(tags, scheme);
  return tags.flatMap((type, start) => {
    const probability = probabilities?.[start];
    const span = { type, start, end: start + 1, ...(probability !== undefined && { probability }) };
    return saysNothing(type) ? [] : [span];
  });
}

export function saysNothing(tag: string): boolean {
  return tag === 'O' || tag === '_' || tag === '';
}

/**
 * What is coloured of a column, in the order of the training counts: the commonest first. Sets of labels are not known before they
 * are seen.
 */
export function typesOf({ tags, scheme, multiLabel }: TagColumn): readonly string[] {
  if (multiLabel) return [];
  const named = tags.tokens.filter((tag) => !saysNothing(tag));
  return scheme === 'none' ? named : [...new Set(named.map((tag) => tag.replace(/^[BIOESLU]-/, '')))];
}
