import type { RandomKey } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import {
  evaluateClasses,
  evaluateTranscripts,
  type ClassEvaluation,
  type Recognition,
  type RecognitionModel,
  type RecognizeOptions,
  type Recognizer,
  type Recording,
  type TaskName,
  type TranscriptEvaluation,
} from '@unroll/audio-recognition';
import { verifyVoices, type VoiceVerification } from './voice-verification.js';

export interface Listener {
  readonly model: RecognitionModel;
  readonly recognizer: Recognizer;
}

/** What a model makes of recordings whose answer is known. */
export interface Evaluation {
  /** what they are some of, for titles */
  readonly name: string;
  /** those with an answer, by name */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** of classify and speaker */
  readonly classes?: ClassEvaluation;
  /** of speaker: whether two recordings are of one person */
  readonly voices?: VoiceVerification;
  /** of transcribe */
  readonly transcripts?: TranscriptEvaluation;
  /** recordings without an answer */
  readonly unanswered: number;
  /** how many recordings each kind of warning is of: `clipping` */
  readonly warnings: Readonly<Record<string, number>>;
  /** that it took to recognise them */
  readonly computeSeconds: number;
  /** of sound */
  readonly seconds: number;
}

export interface EvaluateOptions {
  readonly key: RandomKey;
  /** errors that are listed */
  readonly errors?: number | undefined;
  readonly recognize?: RecognizeOptions | undefined;
  /** how many are done */
  readonly onProgress?: (done: number) => void;
}

interface NamedList {
  readonly name: string;
  readonly recordings: readonly Recording[];
}

/** @throws {DataError} `data/no-answers` where no recording says what is right */
export async function evaluateRecognizer(
  { model, recognizer }: Listener,
  { name, recordings }: NamedList,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { task } = model.config;
  const known = recordings.filter((recording) => answerOf(recording, task) !== undefined);
  if (known.length === 0) {
    const what = { classify: 'a label', speaker: 'a speaker', transcribe: 'a transcript' }[task];
    throw new DataError('data/no-answers', `${name}: no recording has ${what}, so that nothing can be scored`);
  }
  const started = performance.now();
  const results: Recognition[] = [];
  for await (const recognition of recognizer.recognize(known, options.recognize)) {
    results.push(recognition);
    options.onProgress?.(results.length);
  }
  const computeSeconds = (performance.now() - started) / 1000;
  return {
    name,
    recordings: new Map(known.map((recording) => [recording.name, recording])),
    ...scored(model, { known, results }, options),
    unanswered: recordings.length - known.length,
    warnings: countWarnings(results),
    computeSeconds,
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** The label, the speaker or the transcript, as the task wants it. */
export function answerOf({ label, speaker, transcript }: Recording, task: TaskName): string | undefined {
  return { classify: label, speaker, transcribe: transcript }[task];
}

interface Answered {
  readonly known: readonly Recording[];
  /** in the order of `known` */
  readonly results: readonly Recognition[];
}

function scored(
  { config, facts }: RecognitionModel,
  { known, results }: Answered,
  { key, errors }: EvaluateOptions,
): Pick<Evaluation, 'classes' | 'voices' | 'transcripts'> {
  const pairs = results.map((result, i) => ({ result, recording: known[i]!, gold: answerOf(known[i]!, config.task)! }));
  if (config.task === 'transcribe') {
    const transcripts = pairs.map(({ result, recording, gold }) => ({
      name: recording.name,
      reference: gold,
      hypothesis: result.transcripts?.[0]?.text ?? '',
      seconds: result.seconds,
      speaker: recording.speaker,
    }));
    return { transcripts: evaluateTranscripts(transcripts, { data: config.data, errors }) };
  }
  const clips = pairs.map(({ result, recording, gold }) => ({
    name: recording.name,
    gold,
    probabilities: result.probabilities!,
    seconds: result.seconds,
    // who speaks is the answer of the other task
    speaker: config.task === 'classify' ? recording.speaker : undefined,
  }));
  const voices =
    config.task === 'speaker'
      ? verifyVoices(
          pairs.map(({ result, gold }) => ({ speaker: gold, embedding: result.embedding! })),
          key,
        )
      : undefined;
  return { classes: evaluateClasses(clips, facts.classes, { errors }), ...(voices && { voices }) };
}

/** How many results have a warning of each kind, which is what stands before its colon. */
export function countWarnings(results: readonly Pick<Recognition, 'warnings'>[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { warnings } of results) {
    for (const kind of new Set(warnings.map((warning) => warning.replace(/:.*/s, '')))) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}
