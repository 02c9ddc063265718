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

/** A score as its authors printed it. */
export interface PublishedScore {
  /** of this repository */
  readonly dataset: string;
  readonly score: keyof ClassScores;
  /** in 0 … 1 */
  readonly value: number;
  /** how the test data were chosen: scores of other splits do not compare */
  readonly split: string;
  /** who, when, where it can be read */
  readonly source: string;
}

const digits = { dataset: 'free-spoken-digits', score: 'accuracy' } as const;
const commands = { dataset: 'speech-commands', score: 'accuracy', split: '35 words, the official lists' } as const;

/**
 * What ours is set beside. Of the official split of the spoken digits, of speakers left out, and of connected digits nobody has printed a
 * score of a recurrent network that we know of.
 */
export const publishedScores: readonly PublishedScore[] = [
  {
    ...digits,
    value: 0.9733,
    split: 'random tenth of 3,000 recordings',
    source: 'aniruddhapal211316/spoken_digit_recognition: BiLSTM of 50 on 39 cepstral coefficients',
  },
  {
    ...digits,
    value: 0.97,
    split: 'random tenth of 1,500 recordings',
    source: 'adhishthite/sound-mnist: convolutions on cepstral coefficients',
  },
  {
    ...digits,
    value: 0.957,
    split: 'random',
    source: 'dilne/Free-Spoken-Digit-Dataset: convolutions on mel spectrograms',
  },
  { ...commands, value: 0.939, source: 'de Andrade et al. 2018: attention RNN, 202,000 parameters' },
  { ...commands, value: 0.969, source: 'MatchboxNet topology as in kws_streaming, 75,000 parameters: no RNN' },
  { ...commands, value: 0.977, source: 'Berg et al. 2021, Keyword Transformer: no RNN' },
];
