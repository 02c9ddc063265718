import type { VerbContext } from '@unroll/cli';
import { createKeywordDetector, type Recognition } from '@unroll/audio-recognition';
import { keywordsOf, windowSizes, windowsOf } from '../spotting/windows.js';
import type { OpenRecognizer } from '../task.js';
import { createLiveOutput } from './live-output.js';
import { listen } from './listening.js';
import { recognizeOne, recordingOf } from './utterances.js';

interface SpotFlags {
  readonly threshold?: number;
}

/** Tells words of a stream as they are heard: the last second is classified ten times a second. */
export async function spotLive(context: VerbContext, opened: OpenRecognizer): Promise<void> {
  const { threshold = 0.5 }: SpotFlags = context.flags;
  const show = createLiveOutput(context);
  await listen(context, opened, async ({ sound, pieces, latency }) => {
    const { sampleRate } = sound;
    const sizes = windowSizes(opened.model, sampleRate);
    const stepSeconds = sizes.hop / sampleRate;
    const detectors = keywordsOf(opened.model).map(({ name, id }) => ({
      name,
      id,
      detector: createKeywordDetector(threshold, { stepSeconds }),
    }));
    for await (const { end, samples } of windowsOf(pieces, sizes)) {
      const recording = recordingOf('a window', { samples, sampleRate });
      const result: Recognition = await latency.measure(stepSeconds, () => recognizeOne(opened.recognizer, recording));
      const seconds = end / sampleRate;
      for (const { name, id, detector } of detectors) {
        const probability = detector.push(result.probabilities![id]!);
        if (probability === undefined) continue;
        const details = { label: name, probability };
        await show.final({ seconds, text: `${name} ${probability.toFixed(3)}`, details });
      }
    }
  });
}
