import { DataError, Vocabulary } from '@unroll/core';
import type { AudioRecognitionConfig, TaskName } from './config.js';
import { encodeTranscript, symbolsOf } from './transcripts.js';
import type { Example, RecognitionFacts, Recording } from './types.js';

/** What a task learns to tell of a recording. */
const answers = { classify: 'label', speaker: 'speaker', transcribe: 'transcript' } as const;

/**
 * The classes or symbols of a training split.
 *
 * @throws {DataError} `data/no-answer` for a recording without label, speaker or transcript, as the task needs it; `data/one-class`
 */
export function collectAnswers(
  recordings: readonly Recording[],
  { task, data }: Pick<AudioRecognitionConfig, 'task' | 'data'>,
): Pick<RecognitionFacts, 'classes' | 'symbols'> {
  const found = requireAnswers(recordings, task);
  if (task === 'transcribe') return { classes: new Vocabulary([]), symbols: symbolsOf(found, data) };
  const names = [...new Set(found)].sort();
  if (names.length < 2) {
    const message = `all ${found.length} training recordings have the ${answers[task]} "${names[0]}"; a model needs at least two to tell apart`;
    throw new DataError('data/one-class', message);
  }
  return { classes: new Vocabulary(names), symbols: new Vocabulary([]) };
}

/** @throws {DataError} `data/no-answer`, naming the first recording without */
export function requireAnswers(recordings: readonly Recording[], task: TaskName): readonly string[] {
  const answer = answers[task];
  const missing = recordings.filter((recording) => recording[answer] === undefined);
  if (missing.length === 0) return recordings.map((recording) => recording[answer]!);
  const [{ name, line }] = missing as [Recording];
  const where = line === undefined ? name : `line ${line} (${name})`;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more have` : ' has';
  const how = `say where it is with data.pattern (a folder) or data.columns.${answer} (a manifest)`;
  throw new DataError('data/no-answer', `${where}${others} no ${answer}, which the task "${task}" learns; ${how}`);
}

/**
 * What training and evaluation compare with: a class, −1 where training does not have it, or symbols; neither where nothing is known.
 *
 * @throws {DataError} `data/symbol` for a transcript with a symbol that training does not have, naming the line
 */
export function answerOf(
  recording: Recording,
  { task, classes, symbols }: RecognitionFacts,
  data: AudioRecognitionConfig['data'],
): Pick<Example, 'target' | 'symbols'> {
  const answer = recording[answers[task]];
  if (answer === undefined) return {};
  if (task === 'transcribe') {
    return { symbols: encodeTranscript({ ...recording, transcript: answer }, { symbols, data }) };
  }
  return { target: classes.has(answer) ? classes.id(answer) : -1 };
}
