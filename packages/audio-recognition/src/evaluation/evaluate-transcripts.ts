import { bootstrapInterval, deriveKey, randomKey, type ScoreInterval, type Statistics } from '@unroll/core';
import type { DataConfig } from '../config.js';
import { normalizeTranscript } from '../transcripts.js';
import type { TranscriptScores } from '../types.js';
import { alignTexts, type AlignedWord, type ErrorCounts } from './text-alignment.js';
import { transcriptScoresOf, transcriptStatistics, wordsOf } from './transcript-errors.js';

/** What a model wrote of one recording whose transcript is known. */
export interface ScoredTranscript {
  readonly name: string;
  readonly reference: string;
  readonly hypothesis: string;
  readonly seconds: number;
  readonly speaker?: string | undefined;
}

/** How well a model transcribes. */
export interface TranscriptEvaluation {
  readonly scores: TranscriptScores;
  /** of `scores.wer`, 95 % of bootstrap draws of the utterances */
  readonly werInterval: ScoreInterval;
  /** length of all recordings, in seconds */
  readonly seconds: number;
  /** of the references */
  readonly words: number;
  readonly wordErrors: ErrorCounts;
  /** utterances with errors, those with the most first; as many as were asked for */
  readonly errors: readonly TranscriptError[];
  readonly errorCount: number;
  /** most frequent first, as many as were asked for */
  readonly substituted: readonly { readonly reference: string; readonly hypothesis: string; readonly count: number }[];
  readonly deleted: readonly CountedWord[];
  readonly inserted: readonly CountedWord[];
  /** where speakers are known */
  readonly bySpeaker?: readonly { readonly speaker: string; readonly utterances: number; readonly wer: number }[];
}

export interface TranscriptError {
  readonly name: string;
  readonly reference: string;
  readonly hypothesis: string;
  readonly wer: number;
  readonly alignment: readonly AlignedWord[];
}

export interface CountedWord {
  readonly word: string;
  readonly count: number;
}

export interface EvaluateTranscriptsOptions {
  /** how texts are compared: those of the model's configuration */
  readonly data: Pick<DataConfig, 'normalizeTranscripts'>;
  /** how many erroneous utterances are kept; 50 unless set */
  readonly errors?: number | undefined;
  /** how many confusions of each kind are listed; 20 unless set */
  readonly confusions?: number | undefined;
  /** bootstrap draws of the interval; 1000 unless set */
  readonly trials?: number | undefined;
}

/** How well recordings were transcribed, over all of them together. */
export function evaluateTranscripts(
  transcripts: readonly ScoredTranscript[],
  { data, errors: limit = 50, confusions = 20, trials = 1000 }: EvaluateTranscriptsOptions,
): TranscriptEvaluation {
  const compared = transcripts.map((transcript) => {
    const reference = normalizeTranscript(transcript.reference, data);
    const hypothesis = normalizeTranscript(transcript.hypothesis, data);
    return { ...transcript, reference, hypothesis, statistics: transcriptStatistics(reference, hypothesis) };
  });
  const total = sumOf(compared.map(({ statistics }) => statistics));
  const wrong = compared.filter(({ statistics }) => statistics['exact'] === 0).map(errorOf);
  const aligned = wrong.flatMap(({ alignment }) => alignment);
  const bySpeaker = scoresBySpeaker(compared);
  return {
    scores: transcriptScoresOf(total),
    werInterval: werInterval(compared, trials),
    seconds: transcripts.reduce((sum, { seconds }) => sum + seconds, 0),
    words: total['words'] ?? 0,
    wordErrors: {
      substitutions: total['substitutions'] ?? 0,
      insertions: total['insertions'] ?? 0,
      deletions: total['deletions'] ?? 0,
    },
    errors: wrong.toSorted((a, b) => errorsOf(b) - errorsOf(a) || b.wer - a.wer).slice(0, limit),
    errorCount: wrong.length,
    ...countConfusions(aligned, confusions),
    ...(bySpeaker.length > 0 && { bySpeaker }),
  };
}

type Compared = ScoredTranscript & { readonly statistics: Statistics };

function errorOf({ name, reference, hypothesis, statistics }: Compared): TranscriptError {
  const alignment = alignTexts(wordsOf(reference), wordsOf(hypothesis));
  return { name, reference, hypothesis, wer: transcriptScoresOf(statistics).wer, alignment };
}

function errorsOf({ alignment }: TranscriptError): number {
  return alignment.filter(({ kind }) => kind !== 'match').length;
}

function sumOf(statistics: readonly Statistics[]): Statistics {
  const total: Record<string, number> = {};
  for (const one of statistics)
    for (const [name, value] of Object.entries(one)) total[name] = (total[name] ?? 0) + value;
  return total;
}

function werInterval(compared: readonly Compared[], trials: number): ScoreInterval {
  const rows = compared.map(({ statistics }) => [statistics['wordErrors'] ?? 0, statistics['words'] ?? 0]);
  if (rows.length === 0) return { mean: 0, margin: 0 };
  return bootstrapInterval(rows, { score: rateOf, trials, key: deriveKey(randomKey(0), 'word error rate') });
}

function rateOf(sums: ArrayLike<number>): number {
  return sums[0]! / Math.max(1, sums[1]!);
}

function countConfusions(
  aligned: readonly AlignedWord[],
  limit: number,
): Pick<TranscriptEvaluation, 'substituted' | 'deleted' | 'inserted'> {
  const substituted = aligned.flatMap((word) =>
    word.kind === 'substitution' ? [`${word.reference} ${word.hypothesis}`] : [],
  );
  const deleted = aligned.flatMap((word) => (word.kind === 'deletion' ? [word.reference] : []));
  const inserted = aligned.flatMap((word) => (word.kind === 'insertion' ? [word.hypothesis] : []));
  return {
    substituted: mostFrequent(substituted, limit).map(({ word, count }) => {
      const [reference, hypothesis] = word.split(' ') as [string, string];
      return { reference, hypothesis, count };
    }),
    deleted: mostFrequent(deleted, limit),
    inserted: mostFrequent(inserted, limit),
  };
}

function mostFrequent(words: readonly string[], limit: number): readonly CountedWord[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Array.from(counts, ([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, limit);
}

function scoresBySpeaker(compared: readonly Compared[]): NonNullable<TranscriptEvaluation['bySpeaker']> {
  const groups = new Map<string, Statistics[]>();
  for (const { speaker, statistics } of compared) {
    if (speaker !== undefined) groups.set(speaker, [...(groups.get(speaker) ?? []), statistics]);
  }
  return Array.from(groups, ([speaker, some]) => {
    const { utterances, wer } = transcriptScoresOf(sumOf(some));
    return { speaker, utterances, wer };
  }).sort((a, b) => (a.speaker < b.speaker ? -1 : 1));
}
