import type { VerbContext } from '@unroll/cli';
import type { Recognition } from '@unroll/audio-recognition';
import { concludeFiles, isLive, recognizeFiles, requireOneResult, requireTask } from '../recognition.js';
import { rankedClasses, rankedLine } from '../result-lines.js';
import type { OpenRecognizer } from '../task.js';

interface ClassifyFlags {
  readonly model?: string;
  readonly top?: number;
  readonly out?: string;
}

/** Writes the label of each clip; of a stream the words that were spotted. */
export async function classify(context: VerbContext): Promise<void> {
  const { output } = context;
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
  const objects: object[] = [];
  await context.writeResult({ path: flags.out }, async (write) => {
    for await (const recognition of files.recognitions) {
      const ranked = rankedClasses(recognition, facts);
      if (output.json) objects.push(classJson(recognition, ranked.slice(0, flags.top ?? 5)));
      else await write(rankedLine(recognition.name, ranked, flags.top));
    }
  });
  concludeFiles(context, files);
  if (output.json) {
    await output.object({
      model: flags.model,
      clips: objects.length,
      failed: files.failed(),
      ...files.timing(),
      results: objects,
    });
  }
}

function classJson({ name, seconds, warnings }: Recognition, ranked: ReturnType<typeof rankedClasses>): object {
  const [best] = ranked;
  const top = ranked.map(({ name: label, value: probability }) => ({ label, probability }));
  return { name, seconds, label: best!.name, probability: best!.value, top, warnings };
}
