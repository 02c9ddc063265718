import { formatNumber, type ChartLine, type ReportPicture, type ReportSection, type ReportTable } from '@unroll/core';
import { confusionOfWorst, mostConfused } from './evaluation/confusion.js';
import type { TaggerComparison } from './evaluation/comparison.js';
import type { Calibration, ColumnEvaluation, ErrorKind, TaggingError, TaggingEvaluation } from './evaluation/result.js';
import type { PrecisionRecall } from './metrics.js';
import type { Span, TagScores } from './types.js';

/** The columns of a table of results, in order: the score and its heading. */
export const reportColumns: readonly { readonly score: keyof TagScores; readonly heading: string }[] = [
  { score: 'tokens', heading: 'tokens' },
  { score: 'accuracy', heading: 'accuracy %' },
  { score: 'precision', heading: 'precision %' },
  { score: 'recall', heading: 'recall %' },
  { score: 'f1', heading: 'F1 %' },
];

const rowsOfClasses = 30;
const rowsOfMistakes = 15;
const tagsOfConfusion = 12;

export interface EvaluationSectionsOptions {
  /** of the network with the best baseline, by column */
  readonly comparisons?: readonly TaggerComparison[] | undefined;
}

/**
 * What an evaluation found, in words, tables and pictures: one section for each column of tags.
 *
 * @param baselines - evaluated on the same sentences
 */
export function evaluationSections(
  evaluation: TaggingEvaluation,
  baselines: readonly TaggingEvaluation[] = [],
  { comparisons = [] }: EvaluationSectionsOptions = {},
): readonly ReportSection[] {
  return evaluation.columns.map((column, index) => ({
    title: evaluation.columns.length > 1 ? `Evaluation: ${column.column}` : 'Evaluation',
    paragraphs: [
      ...comparisons.filter((comparison) => comparison.column === column.column).map(({ words }) => words),
      describeSetting(evaluation, column),
      ...describeCalibration(column),
    ],
    tables: [
      scoreTable([evaluation, ...baselines], index),
      classTable(column),
      ...mistakeTables(column),
      ...errorTables(column),
    ],
    pictures: reliabilityPictures(column, index),
  }));
}

function describeSetting({ sentences, tokens, exactSentences, columns }: TaggingEvaluation, column: ColumnEvaluation) {
  const counted = {
    spans: 'Precision, recall and F1 are of spans, counted as conlleval does.',
    tags: 'Precision, recall and F1 are of all tags but O.',
    labels: 'Precision, recall and F1 are of labels; accuracy is the share of tokens with all labels right.',
  }[column.counted];
  const exact = `In ${percent(exactSentences)} % of the sentences every tag${columns.length > 1 ? ' of every column' : ''} is right.`;
  return `${plural(sentences, 'sentence')}, ${plural(tokens, 'token')}. ${counted} ${exact}${describeWords(column)}`;
}

function describeWords({ knownWords, unknownWords }: ColumnEvaluation): string {
  if (!knownWords || !unknownWords || unknownWords.tokens === 0) return '';
  const share = percent(unknownWords.tokens / (unknownWords.tokens + knownWords.tokens));
  const are = unknownWords.tokens === 1 ? 'is a word' : 'are words';
  return (
    ` ${plural(unknownWords.tokens, 'token')} (${share} %) ${are} that training does not have: accuracy ` +
    `${percent(unknownWords.accuracy)} %, of the others ${percent(knownWords.accuracy)} %.`
  );
}

function describeCalibration({ calibration }: ColumnEvaluation): readonly string[] {
  if (!calibration) return [];
  const { tokens, spans } = calibration;
  return [[meaningOf('tag', tokens), ...(spans ? [meaningOf('span', spans)] : [])].join(' ')];
}

function meaningOf(what: string, { expectedError, brier, logLossNats }: Calibration): string {
  return (
    `The probability of a ${what} is off by ${percent(expectedError)} points on average (expected calibration error; Brier score ` +
    `${formatNumber(brier)}, log loss ${formatNumber(logLossNats)} nats).`
  );
}

/** A row a tagger, the best first. */
function scoreTable(evaluations: readonly TaggingEvaluation[], index: number): ReportTable {
  const [first] = evaluations;
  const best = first!.columns[index]!.mainScore;
  const rows = evaluations
    .toSorted((a, b) => b.columns[index]!.scores[best] - a.columns[index]!.scores[best])
    .map(({ tagger, columns }) => [
      tagger,
      ...reportColumns.map(({ score }) => {
        const value = columns[index]!.scores[score];
        return score === 'tokens' ? formatNumber(value) : percent(value);
      }),
    ]);
  return { caption: 'Overall', head: ['tagger', ...reportColumns.map(({ heading }) => heading)], rows };
}

function threeScores({ precision, recall, f1 }: PrecisionRecall): readonly string[] {
  return [precision, recall, f1].map(percent);
}

function classTable({ classes, averages, counted }: ColumnEvaluation): ReportTable {
  const shown = classes.slice(0, rowsOfClasses);
  const rows = [
    ...shown.map((one) => [one.name, ...threeScores(one), formatNumber(one.gold), formatNumber(one.predicted)]),
    ...(['micro', 'macro', 'weighted'] as const).map((name) => [
      `${name} average`,
      ...threeScores(averages[name]),
      '',
      '',
    ]),
  ];
  const left = classes.length - shown.length;
  return {
    caption: `By class${left > 0 ? `, the ${rowsOfClasses} most frequent of ${classes.length}` : ''}`,
    head: [
      { spans: 'type', tags: 'tag', labels: 'label' }[counted],
      'precision %',
      'recall %',
      'F1 %',
      'true',
      'predicted',
    ],
    rows,
  };
}

function mistakeTables({ confusion }: ColumnEvaluation): readonly ReportTable[] {
  if (!confusion) return [];
  const mistakes = mostConfused(confusion, rowsOfMistakes);
  if (mistakes.length === 0) return [];
  const worst = confusionOfWorst(confusion, tagsOfConfusion);
  const size = worst.tags.length;
  return [
    {
      caption: 'Most frequent mistakes',
      head: ['true tag', 'predicted', 'tokens', '% of the true tag'],
      rows: mistakes.map(({ gold, predicted, count, share }) => [gold, predicted, formatNumber(count), percent(share)]),
    },
    {
      caption: `Confusion: row = true tag, column = predicted${size < confusion.tags.length ? `, of the ${size} tags with most mistakes` : ''}`,
      head: ['', ...worst.tags],
      rows: worst.tags.map((tag, i) => [tag, ...worst.tags.map((_, j) => formatNumber(worst.counts[i * size + j]!))]),
    },
  ];
}

const kinds: Readonly<Record<ErrorKind, string>> = {
  tag: 'another tag',
  missed: 'missed',
  spurious: 'nothing is there',
  type: 'another type',
  bounds: 'other bounds',
  both: 'other bounds and type',
};

function errorTables({ errors, errorCount, errorKinds, counted }: ColumnEvaluation): readonly ReportTable[] {
  if (errors.length === 0) return [];
  const sure = errors.some(({ probability }) => probability !== undefined);
  const list: ReportTable = {
    caption: `${plural(errors.length, 'mistake')} of ${formatNumber(errorCount)}${sure ? ', the most confident first' : ''}`,
    head: ['line', 'in its sentence', 'true', 'predicted', 'probability'],
    rows: errors.map((error) => [
      formatNumber(error.line),
      errorContext(error),
      describeSpans(error.gold, error),
      describeSpans(error.predicted, error),
      error.probability === undefined ? '' : error.probability.toFixed(3),
    ]),
  };
  if (counted !== 'spans') return [list];
  const rows = (Object.keys(kinds) as ErrorKind[])
    .filter((kind) => errorKinds[kind] !== undefined)
    .map((kind) => [kinds[kind], formatNumber(errorKinds[kind]!), percent(errorKinds[kind]! / errorCount)]);
  return [{ caption: 'Kinds of mistakes', head: ['mistake', 'count', '% of all'], rows }, list];
}

/** The words concerned in brackets, among those around them. */
export function errorContext({ tokens, before, after }: Pick<TaggingError, 'tokens' | 'before' | 'after'>): string {
  return [...before, `[${tokens.join(' ')}]`, ...after].join(' ');
}

/** `PER Ada King, LOC London`; a tag by itself where the whole stretch has it; – for nothing. */
function describeSpans(spans: readonly Span[], { tokens, start, end }: TaggingError): string {
  if (spans.length === 0) return '–';
  return spans
    .map((span) =>
      span.start === start && span.end === end
        ? span.type
        : `${span.type} ${tokens.slice(span.start - start, span.end - start).join(' ')}`.trim(),
    )
    .join(', ');
}

function reliabilityLine(name: string, { bins }: Calibration): ChartLine {
  const points = bins
    .filter(({ count }) => count > 0)
    .map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  return { kind: 'line', name, points };
}

function reliabilityPictures({ column, calibration }: ColumnEvaluation, index: number): readonly ReportPicture[] {
  if (!calibration) return [];
  const diagonal = [0, 1].map((p) => [p, p] as const);
  const { tokens, spans } = calibration;
  return [
    {
      name: `calibration-${index + 1}`,
      caption: `How often ${column} is right at each probability; on the dashed line probabilities mean what they say`,
      chart: {
        title: `Calibration of ${column}`,
        x: { kind: 'number', name: 'probability' },
        y: { kind: 'number', name: 'share that is right' },
        layers: [
          { kind: 'dashes', name: '', colour: 'soft', points: diagonal },
          reliabilityLine('tags', tokens),
          ...(spans ? [reliabilityLine('spans', spans)] : []),
        ],
      },
    },
  ];
}

/** 0.94129 becomes `94.13`. */
function percent(share: number): string {
  return Number.isNaN(share) ? '' : (100 * share).toFixed(2);
}

function plural(count: number, one: string): string {
  return `${formatNumber(count)} ${one}${count === 1 ? '' : 's'}`;
}
