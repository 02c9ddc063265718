import type { VerbContext } from '@unroll/cli';
import type { Recognition } from '@unroll/audio-recognition';
import { rankedClasses } from '../result-lines.js';
import type { OpenRecognizer } from '../task.js';
import { createLiveOutput } from './live-output.js';
import { listen } from './listening.js';
import { recognizeOne, recordingOf } from './utterances.js';
import { WordSpotter } from './word-spotter.js';

interface SpotFlags {
  readonly threshold?: number;
}

/** What a model hears at once unless its clips have a length, and how often it listens, in seconds. */
const usual = { window: 1, hop: 0.1 } as const;

/** Tells words of a stream as they are heard: the last second is classified ten times a second. */
export async function spotLive(context: VerbContext, opened: OpenRecognizer): Promise<void> {
  const { threshold }: SpotFlags = context.flags;
  const { facts } = opened.model;
  const show = createLiveOutput(context);
  const spotter = new WordSpotter({ threshold });
  await listen(context, opened, async ({ sound, pieces, latency }) => {
    const { sampleRate } = sound;
    const window = Math.round((opened.config.data.clipSeconds || usual.window) * sampleRate);
    for await (const { end, samples } of windowsOf(pieces, window, Math.round(usual.hop * sampleRate))) {
      const recording = recordingOf('a window', { samples, sampleRate });
      const result: Recognition = await latency.measure(usual.hop, () => recognizeOne(opened.recognizer, recording));
      const seconds = end / sampleRate;
      const spotted = spotter.push(seconds, rankedClasses(result, facts));
      if (!spotted) continue;
      const { name, value } = spotted;
      await show.final({ seconds, text: `${name} ${value.toFixed(3)}`, details: { label: name, probability: value } });
    }
  });
}

interface Window {
  /** sample of the stream after its last one */
  readonly end: number;
  readonly samples: Float32Array;
}

/** The last `length` samples, every `hop` samples; zeros before the beginning. */
async function* windowsOf(
  pieces: AsyncIterable<Float32Array>,
  length: number,
  hop: number,
): AsyncGenerator<Window, void> {
  let kept = new Float32Array(length);
  let end = 0;
  let waiting = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const samples = piece.subarray(at, at + hop - waiting);
      const joined = new Float32Array(length);
      joined.set(kept.subarray(Math.min(length, samples.length)));
      joined.set(samples.subarray(Math.max(0, samples.length - length)), Math.max(0, length - samples.length));
      kept = joined;
      at += samples.length;
      end += samples.length;
      waiting += samples.length;
      if (waiting < hop) continue;
      waiting = 0;
      yield { end, samples: kept };
    }
  }
}
