import { formatNumber, type ReportSection, type ReportTable } from '@unroll/core';
import type { TranslationComparison } from './evaluation/comparison.js';
import { describeDifference } from './evaluation/difference.js';
import type { TranslationEvaluation, TranslationHabits, WordErrors } from './evaluation/result.js';
import { fixed } from './evaluation/text.js';

/** The columns of a table of results, in order: the score and its heading. */
export const reportColumns: readonly {
  readonly score: 'bleu' | 'chrf' | 'ter' | 'perplexity';
  readonly heading: string;
}[] = [
  { score: 'bleu', heading: 'BLEU' },
  { score: 'chrf', heading: 'chrF' },
  { score: 'ter', heading: 'TER' },
  { score: 'perplexity', heading: 'perplexity' },
];

export interface EvaluationSectionsOptions {
  readonly comparisons?: readonly TranslationComparison[] | undefined;
}

/**
 * What an evaluation found, in words and tables.
 *
 * @param others - translations of the same sentences by other systems
 */
export function evaluationSections(
  evaluation: TranslationEvaluation,
  others: readonly TranslationEvaluation[] = [],
  { comparisons = [] }: EvaluationSectionsOptions = {},
): readonly ReportSection[] {
  return [
    {
      title: 'Evaluation',
      paragraphs: [
        ...comparisons.map(({ words }) => words),
        describeSetting(evaluation),
        describeHabits(evaluation.habits),
      ],
      tables: [
        scoreTable([evaluation, ...others]),
        metricTable(evaluation),
        ...comparisonTables(comparisons),
        lengthTable(evaluation),
        ...frequencyTables(evaluation),
        ...wordTables(evaluation),
        ...worstTables(evaluation),
      ],
      pictures: [],
    },
  ];
}

function describeSetting({ scores, bleuDetails, exactSentences, seconds }: TranslationEvaluation): string {
  const speed = seconds ? ` They were written in ${formatNumber(Number(seconds.toPrecision(3)))} seconds.` : '';
  return (
    `${plural(scores.sentences, 'sentence')}. BLEU = ${fixed(scores.bleu, 2)} ${bleuDetails}; ${scores.signature}. ` +
    `${percent(exactSentences)} % are exactly as the reference.${speed}`
  );
}

function describeHabits({ lengthRatio, empty, unfinished = 0, ...rest }: TranslationHabits): string {
  const { unknownWords, copiedWords, repeats } = rest;
  const sentences = [
    `Translations have ${percent(lengthRatio)} % of the words of the references.`,
    `${percent(repeats.translations)} % of their three words in a row were there before in the sentence; of references ${percent(repeats.references)} %.`,
  ];
  if (copiedWords) {
    const { translations, references } = copiedWords;
    sentences.push(
      `${percent(translations)} % of their words are in the source as well; of references ${percent(references)} %.`,
    );
  }
  if (unknownWords > 0) sentences.push(`${percent(unknownWords)} % of their words are <unk>.`);
  if (empty > 0) sentences.push(`${plural(empty, 'translation')} ${empty === 1 ? 'is' : 'are'} empty.`);
  if (unfinished > 0) sentences.push(`${plural(unfinished, 'translation')} ended at the limit of length.`);
  return sentences.join(' ');
}

/** A row a system, the best first. */
function scoreTable(evaluations: readonly TranslationEvaluation[]): ReportTable {
  const rows = evaluations
    .toSorted((a, b) => b.scores.bleu - a.scores.bleu)
    .map(({ name, scores }) => [
      name,
      ...reportColumns.map(({ score }) => (scores[score] === undefined ? '' : fixed(scores[score], 2))),
    ]);
  return { caption: 'Overall', head: ['system', ...reportColumns.map(({ heading }) => heading)], rows };
}

function metricTable({ metrics }: TranslationEvaluation): ReportTable {
  return {
    caption: 'Each score with its signature, by which it can be computed again',
    head: ['metric', 'score', 'signature'],
    rows: metrics.map(({ name, score, signature }) => [name, fixed(score, 2), signature]),
  };
}

function comparisonTables(comparisons: readonly TranslationComparison[]): readonly ReportTable[] {
  return comparisons.map(({ name, against, results, test, trials }) => ({
    caption: `${name} against ${against}: ${test === 'bootstrap' ? 'paired bootstrap resampling' : 'approximate randomisation'}, ${formatNumber(trials)} trials`,
    head: ['metric', name, against, 'p', 'verdict'],
    rows: results.map(({ metric, value, againstValue, interval, againstInterval, pValue, verdict }) => [
      metric,
      fixed(value, 2) + (interval ? ` ± ${fixed(interval.margin, 2)}` : ''),
      fixed(againstValue, 2) + (againstInterval ? ` ± ${fixed(againstInterval.margin, 2)}` : ''),
      pValue.toFixed(4),
      verdict,
    ]),
  }));
}

function lengthTable({ byLength }: TranslationEvaluation): ReportTable {
  return {
    caption: 'By words of the source',
    head: ['words', 'sentences', 'BLEU', 'chrF', 'TER', 'length %'],
    rows: byLength.map(({ from, to, sentences, bleu, chrf, ter, lengthRatio }) => [
      range(from, to),
      formatNumber(sentences),
      ...[bleu, chrf, ter].map((score) => fixed(score, 2)),
      percent(lengthRatio),
    ]),
  };
}

function frequencyTables({ byFrequency }: TranslationEvaluation): readonly ReportTable[] {
  if (!byFrequency) return [];
  const rows = byFrequency.map(({ from, to, words, written, precision, recall, f1 }) => [
    range(from, to),
    ...[words, written].map(formatNumber),
    ...[precision, recall, f1].map(percent),
  ]);
  return [
    {
      caption: 'Words by how often training has them',
      head: ['in training', 'in references', 'in translations', 'precision %', 'recall %', 'F1 %'],
      rows,
    },
  ];
}

function wordTables({ missedWords, addedWords }: TranslationEvaluation): readonly ReportTable[] {
  return [
    ...wordTable('Words that are missing most often', missedWords),
    ...wordTable('Words that are written without need most often', addedWords),
  ];
}

function wordTable(caption: string, words: readonly WordErrors[]): readonly ReportTable[] {
  if (words.length === 0) return [];
  const rows = words.map(({ word, count, of }) => [word, formatNumber(count), formatNumber(of)]);
  return [{ caption, head: ['word', 'times', 'of'], rows }];
}

function worstTables({ worst }: TranslationEvaluation): readonly ReportTable[] {
  if (worst.length === 0) return [];
  const rows = worst.map(({ line, source, references, hypothesis, chrf }) => [
    formatNumber(line),
    fixed(chrf, 1),
    ...(source === undefined ? [] : [source]),
    references.join(' / '),
    hypothesis,
    describeDifference(references[0]!, hypothesis),
  ]);
  const sources = worst[0]!.source === undefined ? [] : ['source'];
  return [
    {
      caption: `The ${worst.length === 1 ? '' : `${worst.length} `}worst by chrF; [-missing-], {+added+}`,
      head: ['line', 'chrF', ...sources, 'reference', 'translation', 'difference'],
      rows,
    },
  ];
}

function range(from: number, to: number): string {
  if (to === Infinity) return `${formatNumber(from)} and more`;
  return from === to ? formatNumber(from) : `${formatNumber(from)} to ${formatNumber(to)}`;
}

/** 0.94129 becomes `94.13`. */
function percent(share: number): string {
  return fixed(100 * share, 2);
}

function plural(count: number, one: string): string {
  return `${formatNumber(count)} ${one}${count === 1 ? '' : 's'}`;
}
