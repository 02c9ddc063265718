import type { VerbContext } from '@unroll/cli';
import type { Recognition } from '@unroll/audio-recognition';
import { isLive, recognizeFiles, requireOneResult, requireTask, writeRecognitions } from '../recognition.js';
import { rankedClasses, rankedLine } from '../result-lines.js';
import type { OpenRecognizer } from '../task.js';

interface ClassifyFlags {
  readonly top?: number;
}

/** Writes the label of each clip; of a stream the words that were spotted. */
export async function classify(context: VerbContext): Promise<void> {
  const flags: ClassifyFlags = context.flags;
  requireOneResult(context);
  const live = isLive(context);
  const opened = await context.openModel<OpenRecognizer>();
  requireTask(opened, 'classify');
  if (live) {
    const { spotLive } = await import('../live/spotting.js');
    return spotLive(context, opened);
  }
  const files = await recognizeFiles(context, opened);
  const { facts } = opened.model;
  await writeRecognitions(context, files, {
    counted: 'clips',
    resultOf: (recognition) => {
      const ranked = rankedClasses(recognition, facts);
      return {
        line: () => rankedLine(recognition.name, ranked, flags.top),
        json: () => classJson(recognition, ranked.slice(0, flags.top ?? 5)),
      };
    },
  });
}

function classJson({ name, seconds, warnings }: Recognition, ranked: ReturnType<typeof rankedClasses>): object {
  const [best] = ranked;
  const top = ranked.map(({ name: label, value: probability }) => ({ label, probability }));
  return { name, seconds, label: best!.name, probability: best!.value, top, warnings };
}
