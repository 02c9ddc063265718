import type { AlignedWord } from './text-alignment.js';

const marks = { match: '', substitution: 'S', deletion: 'D', insertion: 'I' } as const;

/**
 * An alignment in three lines, a column a word, asterisks where there is none:
 *
 *     REF:  three one ***** seven
 *     HYP:  three ten eight *****
 *     Eval:       S   I     D
 */
export function showAlignment(words: readonly AlignedWord[]): string {
  const columns = words.map((word) => {
    const reference = word.kind === 'insertion' ? '' : word.reference;
    const hypothesis = word.kind === 'deletion' ? '' : word.hypothesis;
    const width = Math.max(lengthOf(reference), lengthOf(hypothesis));
    return [reference, hypothesis, marks[word.kind]].map((text, line) => {
      const filler = text === '' && line < 2 ? '*' : ' ';
      return text + filler.repeat(Math.max(0, width - lengthOf(text)));
    });
  });
  return ['REF: ', 'HYP: ', 'Eval:']
    .map((head, line) => [head, ...columns.map((column) => column[line]!)].join(' ').trimEnd())
    .join('\n');
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
