import type { VerbContext } from '@unroll/cli';
import type { Rank } from '../commands/identify.js';
import type { OpenRecognizer } from '../task.js';
import { listen } from './listening.js';
import { createLiveOutput } from './live-output.js';
import { recognizeOne, recordingOf, utterancesOf } from './utterances.js';

/** Says who spoke after each utterance of a stream. */
export async function identifyLive(context: VerbContext, opened: OpenRecognizer, rank: Rank): Promise<void> {
  const show = createLiveOutput(context);
  await listen(context, opened, async ({ sound, pieces, latency }) => {
    for await (const { start, end, sound: spoken } of utterancesOf(pieces, sound.sampleRate)) {
      const recording = recordingOf(`${start.toFixed(2)} s`, spoken);
      const result = await latency.measure(end - start, () => recognizeOne(opened.recognizer, recording));
      const [best] = rank(result);
      const details = { start, speaker: best!.name, score: best!.value };
      await show.final({ seconds: end, text: `${best!.name} ${best!.value.toFixed(4)}`, details });
    }
  });
}
