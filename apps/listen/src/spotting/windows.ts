import type { RecognitionModel } from '@unroll/audio-recognition';

/** What a model hears at once unless its clips have a length, and how often it listens, in seconds. */
const usual = { window: 1, hop: 0.1 } as const;

/** In samples: what a model hears at once of a stream, and from one time to the next. */
export interface WindowSizes {
  readonly window: number;
  readonly hop: number;
}

/** Windows as long as the clips that the model learnt, ten times a second. */
export function windowSizes({ config }: Pick<RecognitionModel, 'config'>, sampleRate: number): WindowSizes {
  return {
    window: Math.round((config.data.clipSeconds || usual.window) * sampleRate),
    hop: Math.round(usual.hop * sampleRate),
  };
}

/** A class that a stream is listened to for, and its place among the probabilities. */
export interface Keyword {
  readonly name: string;
  readonly id: number;
}

/** All classes but those that say that nothing was said. */
export function keywordsOf({ facts }: Pick<RecognitionModel, 'facts'>): readonly Keyword[] {
  return facts.classes.tokens.flatMap((name, id) => (nothing.test(name) ? [] : [{ name, id }]));
}

const nothing = /^[_<]|^(silence|unknown|noise|background|other)$/i;

export interface Window {
  /** sample of the stream after its last one */
  readonly end: number;
  readonly samples: Float32Array;
}

/** The last `length` samples, every `hop` samples; zeros before the beginning. */
export async function* windowsOf(
  pieces: AsyncIterable<Float32Array>,
  { window: length, hop }: WindowSizes,
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
