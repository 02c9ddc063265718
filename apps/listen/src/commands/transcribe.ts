import type { VerbContext } from '@unroll/cli';
import type { Recognition } from '@unroll/audio-recognition';
import { recognizeOptions } from '../decoding.js';
import { isLive, recognizeFiles, requireOneResult, requireTask, writeRecognitions } from '../recognition.js';
import { timeLines, transcriptLines } from '../result-lines.js';
import { subtitleFiles } from '../subtitle-files.js';
import type { OpenRecognizer } from '../task.js';
import { wordTimes } from '../word-times.js';

interface TranscribeFlags {
  readonly nBest?: number;
  readonly times?: boolean;
  readonly srt?: string;
  readonly vtt?: string;
}

/** Writes what was said in each recording; of a stream while it is said. */
export async function transcribe(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: TranscribeFlags = context.flags;
  requireOneResult(context);
  const live = isLive(context);
  const opened = await context.openModel<OpenRecognizer>();
  requireTask(opened, 'transcribe');
  const options = await recognizeOptions(context, opened);
  if (live) {
    const { transcribeLive } = await import('../live/transcribing.js');
    return transcribeLive(context, opened, options);
  }
  const { unit } = opened.config.data;
  const subtitles = await subtitleFiles(flags, context.arguments);
  const times = flags.times === true || output.json || subtitles !== undefined;
  const files = await recognizeFiles(context, opened, { ...options, times });
  await writeRecognitions(context, files, {
    counted: 'utterances',
    resultOf: async (recognition) => {
      const words = wordTimes(recognition.times ?? [], unit);
      await subtitles?.write(recognition.name, words);
      return {
        line: () =>
          flags.times === true ? timeLines(recognition.name, words) : transcriptLines(recognition, flags.nBest),
        json: () => transcriptJson(recognition, words),
      };
    },
  });
  subtitles?.written().forEach((path) => output.log(`written: ${path}`));
}

export function transcriptJson(
  { name, seconds, transcripts = [], warnings }: Recognition,
  words: ReturnType<typeof wordTimes>,
): object {
  const all = transcripts.map(({ text, score, logProbability }) => ({ text, score, logProbability }));
  return { name, seconds, text: all[0]?.text ?? '', transcripts: all, words, warnings };
}
