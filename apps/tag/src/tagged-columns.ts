import type { ColumnPrediction, Prediction, SentenceFile, TagColumn } from '@unroll/sequence-tagging';

export interface WrittenColumns {
  /** probability of each token's tag and, where tags mark spans, of each span */
  readonly probabilities: boolean;
  /** rows of tags to write, the best first */
  readonly nBest: number;
}

/** What a cell holds where there is nothing to say: outside of every span. */
const nothing = '_';

/**
 * Names of the columns that are written behind those of the file, of all columns of tags: as the model calls them where the file
 * has no such column, and in running text, which is written anew.
 */
export function writtenNames(
  columns: readonly TagColumn[],
  { probabilities, nBest }: WrittenColumns,
  file: Pick<SentenceFile, 'format' | 'hasTags' | 'columns'>,
): readonly string[] {
  const isKnown =
    file.hasTags && file.format !== 'text' && columns.every(({ name }, i) => file.columns.tags[i] === name);
  return columns.flatMap(({ name: called, scheme }, i) => {
    const name = /^-?\d+$/.test(called) ? `tag${i === 0 ? '' : i + 1}` : called;
    return [
      isKnown ? `${name}.predicted` : name,
      ...(probabilities ? [`${name}.probability`] : []),
      ...(probabilities && scheme !== 'none' ? [`${name}.span`] : []),
      ...Array.from({ length: nBest - 1 }, (_, rank) => `${name}.best${rank + 2}`),
    ];
  });
}

/**
 * The columns of a sentence, as `writtenNames` names them: the tag; p(tag | sentence); of a token inside a span p(span | sentence), else
 * `_`; the tags of the second best row and so on, `_` where there are not so many rows.
 *
 * @returns `[column][token]`
 */
export function writtenColumns(
  { sentence, columns }: Prediction,
  known: readonly TagColumn[],
  { probabilities, nBest }: WrittenColumns,
): readonly (readonly string[])[] {
  const count = sentence.tokens.length;
  return columns.flatMap((column, i) => [
    column.tags,
    ...(probabilities ? [Array.from(column.probabilities ?? [], decimals)] : []),
    ...(probabilities && known[i]!.scheme !== 'none' ? [spanCells(column, count)] : []),
    ...Array.from({ length: nBest - 1 }, (_, rank) => {
      return column.alternatives?.[rank + 1]?.tags ?? Array.from({ length: count }, () => nothing);
    }),
  ]);
}

function spanCells({ spans = [] }: ColumnPrediction, count: number): readonly string[] {
  const cells = Array.from({ length: count }, () => nothing);
  for (const { start, end, probability } of spans) cells.fill(decimals(probability), start, end);
  return cells;
}

function decimals(probability: number): string {
  return probability.toFixed(4);
}

/** All that a prediction says, for `--json`. */
export function predictionJson({ sentence, columns }: Prediction, known: readonly TagColumn[]): object {
  const { line, tokens } = sentence;
  const entries = columns.map(({ tags, probabilities, spans, alternatives }, i) => {
    const said = {
      tags,
      ...(probabilities && { probabilities: Array.from(probabilities) }),
      ...(spans && { spans }),
      ...(alternatives && { alternatives }),
    };
    return [known[i]!.name, said] as const;
  });
  return { line, tokens, columns: Object.fromEntries(entries) };
}
