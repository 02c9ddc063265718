import type { ClassScores, TranscriptScores } from './types.js';

/** A column of a table of results: the score and its heading. */
export interface ReportColumn<Score> {
  readonly score: Score;
  readonly heading: string;
}

/** Of classify and speaker, in order. */
export const classColumns: readonly ReportColumn<keyof ClassScores>[] = [
  { score: 'clips', heading: 'clips' },
  { score: 'accuracy', heading: 'accuracy %' },
  { score: 'top5', heading: 'top 5 %' },
  { score: 'macroF1', heading: 'macro F1 %' },
];

/** Of transcribe, in order. */
export const transcriptColumns: readonly ReportColumn<keyof TranscriptScores>[] = [
  { score: 'utterances', heading: 'utterances' },
  { score: 'wer', heading: 'WER %' },
  { score: 'cer', heading: 'CER %' },
  { score: 'der', heading: 'digit errors %' },
  { score: 'exact', heading: 'without error %' },
];
