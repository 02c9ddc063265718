import {
  createSpeechDetector,
  writeWav,
  type Recognition,
  type RecognizeOptions,
  type Recognizer,
  type Recording,
  type Sound,
} from '@unroll/audio-recognition';

/** A stretch of speech between pauses. */
export interface Utterance {
  /** in seconds from the beginning of the stream */
  readonly start: number;
  readonly end: number;
  readonly sound: Sound;
}

/** Before the detector knows that speech has begun it has begun already; so much is kept of what seemed silent, in seconds. */
const keptSeconds = 1;

/** Speech as it ends: a stream cut at pauses. Memory holds one utterance. */
export async function* utterancesOf(
  pieces: AsyncIterable<Float32Array>,
  sampleRate: number,
): AsyncGenerator<Utterance, void> {
  const detector = createSpeechDetector(sampleRate);
  let kept = new Float32Array(0);
  /** which sample of the stream the first kept one is */
  let first = 0;
  const take = ({ start, end }: { readonly start: number; readonly end: number }): Utterance => {
    const [from, to] = [start, end].map((second) => Math.round(second * sampleRate) - first);
    return { start, end, sound: { samples: kept.slice(Math.max(0, from!), to), sampleRate } };
  };
  for await (const samples of pieces) {
    const joined = new Float32Array(kept.length + samples.length);
    joined.set(kept);
    joined.set(samples, kept.length);
    kept = joined;
    for (const segment of detector.push(samples)) yield take(segment);
    const begun = detector.current();
    const needed =
      begun === undefined ? kept.length - keptSeconds * sampleRate : Math.round(begun * sampleRate) - first;
    const drop = Math.min(kept.length, Math.max(0, Math.floor(needed)));
    kept = kept.slice(drop);
    first += drop;
  }
  for (const segment of detector.end()) yield take(segment);
}

/** A sound in memory as a recording, to be recognised like a file. */
export function recordingOf(name: string, sound: Sound): Recording {
  const bytes = writeWav(sound);
  return {
    name,
    file: {
      name,
      size: bytes.length,
      async *bytes() {
        yield bytes;
      },
    },
  };
}

/** What a model makes of one recording. */
export async function recognizeOne(
  recognizer: Recognizer,
  recording: Recording,
  options?: RecognizeOptions,
): Promise<Recognition> {
  for await (const recognition of recognizer.recognize([recording], options)) return recognition;
  throw new Error(`${recording.name} was not recognised`);
}
