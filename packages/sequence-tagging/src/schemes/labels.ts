/** How a token without any label is written, as CoNLL-U does. */
export const noLabels = '_';

/** What a cell of several labels holds, `Case=Nom|Number=Sing`: its labels, each once; none for `_` or nothing. */
export function labelsOf(cell: string, separator: string): readonly string[] {
  if (cell === noLabels || cell === '') return [];
  return [...new Set(cell.split(separator).filter((label) => label !== ''))];
}

/** The inverse of `labelsOf`. */
export function cellOfLabels(labels: readonly string[], separator: string): string {
  return labels.length === 0 ? noLabels : labels.join(separator);
}
