import { formatNumber, type ReportSection, type ReportTable } from '@unroll/core';
import { showAlignment, type ClassEvaluation, type TranscriptEvaluation } from '@unroll/audio-recognition';
import type { Evaluation } from './evaluation.js';
import type { SpottedKeyword, SpottingEvaluation } from './spotting/evaluate-spotting.js';

/** Classes and speakers that a table has. */
const shownClasses = 60;

/** What an evaluation found, for the terminal and for pages. */
export function evaluationSections(evaluation: Evaluation): readonly ReportSection[] {
  const { classes, transcripts } = evaluation;
  return [
    scoreSection(evaluation),
    ...(classes ? [classSection(classes), classErrors(classes)] : []),
    ...(transcripts ? [wordSection(transcripts), transcriptErrors(transcripts)] : []),
  ].filter(({ paragraphs, tables }) => paragraphs.length + tables.length > 0);
}

function scoreSection(evaluation: Evaluation): ReportSection {
  const { classes, voices, transcripts, name } = evaluation;
  const rows = [
    ...(classes
      ? [
          ['clips', formatNumber(classes.scores.clips)],
          ['accuracy', percent(classes.scores.accuracy)],
          ...(classes.scores.top5 === undefined ? [] : [['among the five most likely', percent(classes.scores.top5)]]),
          ['macro F1', percent(classes.scores.macroF1)],
        ]
      : []),
    ...(voices
      ? [
          ['equal error rate', percent(voices.equalErrorRate)],
          ['cosine there', voices.threshold.toFixed(3)],
          ['minimum detection cost', voices.minimumCost.toFixed(3)],
          ['pairs compared', formatNumber(voices.trials)],
        ]
      : []),
    ...(transcripts
      ? [
          ['utterances', formatNumber(transcripts.scores.utterances)],
          ['word error rate', `${percent(transcripts.scores.wer)} ± ${percent(transcripts.werInterval.margin)}`],
          ['character error rate', percent(transcripts.scores.cer)],
          ...(transcripts.scores.der === undefined ? [] : [['digit error rate', percent(transcripts.scores.der)]]),
          ['without an error', percent(transcripts.scores.exact)],
        ]
      : []),
  ];
  return {
    title: `Scores on ${name}`,
    paragraphs: aboutSound(evaluation),
    tables: [{ head: ['score', ''], rows }],
    pictures: [],
  };
}

function aboutSound({ seconds, computeSeconds, unanswered, warnings }: Evaluation): readonly string[] {
  const found = Object.entries(warnings).map(([kind, count]) => `${kind} in ${formatNumber(count)}`);
  return [
    realTime(seconds, computeSeconds),
    ...(unanswered > 0 ? [`${formatNumber(unanswered)} recordings have no answer and are left out`] : []),
    ...(found.length > 0 ? [`warnings: ${found.join(', ')} recordings`] : []),
  ];
}

function classSection({ classes, bySpeaker = [] }: ClassEvaluation): ReportSection {
  const rows = classes
    .slice(0, shownClasses)
    .map(({ name, gold, precision, recall, f1 }) => [
      name,
      formatNumber(gold),
      ...[precision, recall, f1].map((share) => percent(share)),
    ]);
  const left = classes.length - shownClasses;
  return {
    title: 'By class',
    paragraphs: left > 0 ? [`${formatNumber(left)} more are in --json.`] : [],
    tables: [
      { head: ['class', 'clips', 'precision', 'recall', 'F1'], rows },
      ...speakerTable(
        bySpeaker.map(({ speaker, clips, accuracy }) => [speaker, formatNumber(clips), percent(accuracy)]),
        ['clips', 'accuracy'],
      ),
    ],
    pictures: [],
  };
}

function speakerTable(rows: readonly (readonly string[])[], head: readonly string[]): readonly ReportTable[] {
  return rows.length < 2
    ? []
    : [{ caption: 'By speaker', head: ['speaker', ...head], rows: rows.slice(0, shownClasses) }];
}

function classErrors({ errors, errorCount }: ClassEvaluation): ReportSection {
  const rows = errors.map(({ name, gold, predicted, probability, goldProbability }) => [
    name,
    gold,
    predicted,
    probability.toFixed(3),
    goldProbability === undefined ? 'not in training' : goldProbability.toFixed(3),
  ]);
  const head = ['recording', 'is', 'was called', 'p(called)', 'p(is)'];
  return {
    title: 'Errors',
    paragraphs: [errorCount === 0 ? 'None.' : `${formatNumber(errorCount)} in all; the surest first.`],
    tables: rows.length > 0 ? [{ head, rows }] : [],
    pictures: [],
  };
}

function wordSection(evaluation: TranscriptEvaluation): ReportSection {
  const { words, wordErrors, substituted, deleted, inserted, bySpeaker = [] } = evaluation;
  const { substitutions, insertions, deletions } = wordErrors;
  const said = `${formatNumber(substitutions)} of ${formatNumber(words)} words were replaced, ${formatNumber(deletions)} left out, ${formatNumber(insertions)} put in.`;
  const habits = [
    ...substituted.map(({ reference, hypothesis, count }) => ['replaced', reference, hypothesis, formatNumber(count)]),
    ...deleted.map(({ word, count }) => ['left out', word, '', formatNumber(count)]),
    ...inserted.map(({ word, count }) => ['put in', '', word, formatNumber(count)]),
  ].slice(0, 30);
  return {
    title: 'Words',
    paragraphs: [said],
    tables: [
      ...(habits.length > 0 ? [{ head: ['', 'said', 'written', 'times'], rows: habits }] : []),
      ...speakerTable(
        bySpeaker.map(({ speaker, utterances, wer }) => [speaker, formatNumber(utterances), percent(wer)]),
        ['utterances', 'WER'],
      ),
    ],
    pictures: [],
  };
}

function transcriptErrors({ errors, errorCount }: TranscriptEvaluation): ReportSection {
  const shown = errors.map(({ name, alignment }) => `${name}\n${showAlignment(alignment)}`);
  return {
    title: 'Errors',
    paragraphs: [errorCount === 0 ? 'None.' : `${formatNumber(errorCount)} utterances with errors.`, ...shown],
    tables: [],
    pictures: [],
  };
}

/** How words of long recordings were spotted. */
export function spottingSection(evaluation: SpottingEvaluation, name: string): ReportSection {
  const { keywords, seconds, computeSeconds, files, occurrences, missRate, falseAlarmsPerHour } = evaluation;
  const rows = keywords.map((keyword) => [
    keyword.name,
    formatNumber(keyword.occurrences),
    keyword.occurrences > 0 ? percent(keyword.asked.missRate) : '',
    keyword.asked.falseAlarmsPerHour.toFixed(1),
    atOne(keyword),
    keyword.atOneFalseAlarm ? keyword.atOneFalseAlarm.threshold.toFixed(2) : '',
  ]);
  const head = ['word', 'said', 'missed', 'false alarms per hour', 'missed at one an hour', 'threshold there'];
  const threshold = keywords[0]!.asked.threshold;
  return {
    title: `Words spotted in ${name}`,
    paragraphs: [
      realTime(seconds, computeSeconds),
      `At threshold ${threshold} ${percent(missRate)} of ${formatNumber(occurrences)} words in ${formatNumber(files)} files are missed, with ${falseAlarmsPerHour.toFixed(1)} false alarms per hour of all words together.`,
    ],
    tables: [{ head, rows }],
    pictures: [],
  };
}

function atOne({ occurrences, atOneFalseAlarm }: SpottedKeyword): string {
  if (!atOneFalseAlarm) return 'never so few';
  return occurrences > 0 ? percent(atOneFalseAlarm.missRate) : '';
}

function realTime(seconds: number, computeSeconds: number): string {
  return `${seconds.toFixed(1)} s of sound in ${computeSeconds.toFixed(2)} s: real-time factor ${(computeSeconds / seconds).toPrecision(2)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
