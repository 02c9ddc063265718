import { editsOf } from './edit-distance.js';
import { splitWords } from './text.js';

/** Words of a translation that the reference has as well, too, or instead. */
export interface DifferencePart {
  /** missing: only the reference has them; added: only the translation */
  readonly kind: 'same' | 'missing' | 'added';
  readonly words: readonly string[];
}

/** What parts a translation from its reference, word by word: as few words as possible are missing or added. */
export function textDifference(reference: string, hypothesis: string): readonly DifferencePart[] {
  const parts: { kind: DifferencePart['kind']; words: string[] }[] = [];
  const [right, written] = [splitWords(reference), splitWords(hypothesis)];
  let [r, w] = [0, 0];
  const add = (kind: DifferencePart['kind'], word: string) => {
    // what is missing comes before what was added for it
    const last = parts.at(-1);
    const before = parts.at(-2);
    if (last?.kind === kind) last.words.push(word);
    else if (kind === 'missing' && last?.kind === 'added') {
      if (before?.kind === 'missing') before.words.push(word);
      else parts.splice(-1, 0, { kind, words: [word] });
    } else parts.push({ kind, words: [word] });
  };
  for (const edit of editsOf(written, right)) {
    if (edit === 'same') add('same', right[r]!);
    if (edit === 'insert' || edit === 'replace') add('missing', right[r]!);
    if (edit === 'remove' || edit === 'replace') add('added', written[w]!);
    if (edit !== 'remove') r++;
    if (edit !== 'insert') w++;
  }
  return parts;
}

/** `the [-cat-] {+dog+} sat`: what is missing, and what is there instead. */
export function describeDifference(reference: string, hypothesis: string): string {
  return textDifference(reference, hypothesis)
    .map(({ kind, words }) => {
      const text = words.join(' ');
      return { same: text, missing: `[-${text}-]`, added: `{+${text}+}` }[kind];
    })
    .join(' ');
}
