import { formatNumber } from '@unroll/core';
import { exitCodes, type VerbContext } from '@unroll/cli';
import { isUnrollError, UsageError } from '@unroll/core/errors';
import type { Recognition, RecognizeOptions } from '@unroll/audio-recognition';
import { namedRecordings } from './model-files.js';
import type { OpenRecognizer } from './task.js';

/** What becomes of each recording, in order. */
export interface RecognizedFiles {
  readonly recognitions: AsyncIterable<Recognition>;
  /** recordings that could not be read; known at the end */
  failed(): number;
  /** of the time it took: known at the end */
  timing(): Timing;
}

export interface Timing {
  /** of sound */
  readonly seconds: number;
  readonly computeSeconds: number;
  readonly realTimeFactor: number;
}

/** Of the files and folders that a command names; one that cannot be read is told in a line, and the others go on. */
export async function recognizeFiles(
  { output, arguments: paths }: VerbContext,
  { recognizer }: OpenRecognizer,
  options: RecognizeOptions = {},
): Promise<RecognizedFiles> {
  const recordings = await namedRecordings(paths);
  let failed = 0;
  let seconds = 0;
  const started = performance.now();
  async function* all(): AsyncGenerator<Recognition, void> {
    for (let at = 0; at < recordings.length;) {
      try {
        for await (const recognition of recognizer.recognize(recordings.slice(at), options)) {
          at += 1;
          seconds += recognition.seconds;
          for (const warning of recognition.warnings) output.log(`${recognition.name}: ${warning}`);
          yield recognition;
        }
      } catch (error) {
        // those before it have their results
        if (!isOfOneRecording(error)) throw error;
        at += 1;
        failed += 1;
        output.warn(error.message);
      }
    }
  }
  return {
    recognitions: all(),
    failed: () => failed,
    timing: () => {
      const computeSeconds = (performance.now() - started) / 1000;
      return { seconds, computeSeconds, realTimeFactor: computeSeconds / seconds };
    },
  };
}

/** Whether the next recording may do better. */
function isOfOneRecording(error: unknown): error is Error {
  return isUnrollError(error) && /^(data|file)\//.test(error.code) && error.code !== 'data/lexicon';
}

export interface RecognitionResult {
  /** for people, with its line end */
  line(): string;
  /** for `--json` */
  json(): object;
}

/** Writes what becomes of each recording, a line each or one object of all; `counted` is what the object calls them. */
export async function writeRecognitions(
  context: VerbContext,
  files: RecognizedFiles,
  {
    counted,
    resultOf,
  }: {
    readonly counted: 'clips' | 'utterances';
    readonly resultOf: (recognition: Recognition) => RecognitionResult | Promise<RecognitionResult>;
  },
): Promise<void> {
  const { output } = context;
  const flags: { readonly model?: string; readonly out?: string } = context.flags;
  const objects: object[] = [];
  await context.writeResult({ path: flags.out }, async (write) => {
    for await (const recognition of files.recognitions) {
      const result = await resultOf(recognition);
      if (output.json) objects.push(result.json());
      else await write(result.line());
    }
  });
  concludeFiles(context, files);
  if (!output.json) return;
  await output.object({
    model: flags.model,
    [counted]: objects.length,
    failed: files.failed(),
    ...files.timing(),
    results: objects,
  });
}

/** Tells what could not be done, and how long the rest took where `--timing` asks for it. */
function concludeFiles({ output, flags }: VerbContext, files: RecognizedFiles): void {
  const failed = files.failed();
  if (failed > 0) {
    output.warn(`${formatNumber(failed)} ${failed === 1 ? 'recording' : 'recordings'} could not be read`);
    process.exitCode = exitCodes.failed;
  }
  if (flags['timing'] === true) {
    const { seconds, computeSeconds, realTimeFactor } = files.timing();
    output.warn(
      `${seconds.toFixed(2)} s of sound in ${computeSeconds.toFixed(2)} s: real-time factor ${realTimeFactor.toPrecision(2)}`,
    );
  }
}

/** Whether `-` is what is to be heard. @throws {UsageError} where nothing is named, or `-` beside files */
export function isLive({ arguments: paths }: VerbContext): boolean {
  if (paths.length === 0) {
    throw new UsageError('usage/files', 'name WAV files or folders of them, or - for raw sound on standard input');
  }
  if (!paths.includes('-')) return false;
  if (paths.length === 1) return true;
  throw new UsageError('usage/files', '- is sound that comes now; name it alone, without files');
}

/** @throws {UsageError} for a model that learnt another task */
export function requireTask({ config }: OpenRecognizer, task: OpenRecognizer['config']['task']): void {
  if (config.task === task) return;
  const verb = { classify: 'classify', transcribe: 'transcribe', speaker: 'identify' }[config.task];
  throw new UsageError('usage/task', `this model learnt the task ${config.task}; the command for it is ${verb}`);
}

/** @throws {UsageError} for `--json` with `--out` */
export function requireOneResult({ output, flags }: VerbContext): void {
  if (!output.json || flags['out'] === undefined) return;
  throw new UsageError('usage/out', 'with --json the result is one object on standard output; leave --out out');
}
