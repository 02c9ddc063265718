import type { ColumnEvaluation, TaggingEvaluation, TagScores } from '@unroll/sequence-tagging';

/** The scores that a run is summed up by: those of the first column, of several columns also of each, as `UPOS.accuracy`. */
export function mainScores({ columns }: TaggingEvaluation): Readonly<Record<string, number>> {
  const each = columns.length === 1 ? [] : columns;
  return {
    ...scoresOf(columns[0]!),
    ...Object.fromEntries(
      each.flatMap(({ column, mainScore, scores }) => [
        [`${column}.accuracy`, scores.accuracy],
        ...(mainScore === 'accuracy' ? [] : [[`${column}.f1`, scores.f1]]),
      ]),
    ),
  };
}

/** All that an evaluation found, for `--json`: scores of the first column at the top, and of each by name. */
export function evaluationJson(evaluation: TaggingEvaluation): object {
  return toJson(evaluation, (column) => ({ ...columnScores(column), ...columnDetails(column) }));
}

/** Scores alone, as beside those of a baseline nobody looks for its mistakes. */
export function scoresJson(evaluation: TaggingEvaluation): object {
  return toJson(evaluation, columnScores);
}

function toJson(
  { columns, exactSentences, sentences }: TaggingEvaluation,
  ofColumn: (column: ColumnEvaluation) => object,
): object {
  return {
    ...scoresOf(columns[0]!),
    sentences,
    exactSentences,
    columns: Object.fromEntries(columns.map((each) => [each.column, ofColumn(each)])),
  };
}

function columnScores(evaluation: ColumnEvaluation): object {
  const { counted, classes, averages, unknownWords, knownWords } = evaluation;
  return {
    ...scoresOf(evaluation),
    counted,
    classes: Object.fromEntries(classes.map(({ name, ...rest }) => [name, rest])),
    averages,
    unknownWords,
    knownWords,
  };
}

function columnDetails({ confusion, calibration, errorCount, errorKinds, errors }: ColumnEvaluation): object {
  return { confusion, calibration, errorCount, errorKinds, errors };
}

function scoresOf({ scores }: { readonly scores: TagScores }): Readonly<Record<keyof TagScores, number>> {
  const { tokens, accuracy, precision, recall, f1 } = scores;
  return { tokens, accuracy, precision, recall, f1 };
}
