import type { Sound } from '../types.js';

/** In seconds from the beginning. */
export interface SpeechSegment {
  readonly start: number;
  readonly end: number;
}

export interface SpeechOptions {
  /** how far above the noise speech is, in decibels */
  readonly thresholdDecibels?: number | undefined;
  /** below full scale; what is quieter is never speech */
  readonly quietestDecibels?: number | undefined;
  /** shorter sounds are clicks */
  readonly minimumSeconds?: number | undefined;
  /** shorter pauses end nothing */
  readonly pauseSeconds?: number | undefined;
  /** kept before and after */
  readonly marginSeconds?: number | undefined;
  /** a longer segment is cut at its quietest place */
  readonly longestSeconds?: number | undefined;
}

/** Finds speech while sound comes. */
export interface SpeechDetector {
  /** @returns segments that ended */
  push(samples: Float32Array): readonly SpeechSegment[];
  /** the segment that the end of the sound ends */
  end(): readonly SpeechSegment[];
  /** where the segment began that goes on now, in seconds */
  current(): number | undefined;
}

const defaults = {
  thresholdDecibels: 10,
  quietestDecibels: -60,
  minimumSeconds: 0.1,
  pauseSeconds: 0.4,
  marginSeconds: 0.1,
  longestSeconds: 30,
} as const;

const frameSeconds = 0.02;
/** Speech has a pause within it, so that its quietest frame is noise. */
const floorSeconds = 2;
/** Of the noise, until there is so much sound; in decibels below full scale. */
const firstFloor = -40;
/** Of the longest segment: where its end is looked for. */
const searchedShare = 0.25;

/**
 * Speech is what is louder than the noise, which is the quietest frame of the last 2 seconds.
 *
 * @param sampleRate - in hertz
 * @see Martin 2001, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", here on the whole level
 */
export function createSpeechDetector(sampleRate: number, options: SpeechOptions = {}): SpeechDetector {
  const frame = Math.max(1, Math.round(frameSeconds * sampleRate));
  const machine = createSegments(frame / sampleRate, options);
  let rest = new Float32Array(0);
  let count = 0;
  return {
    push(samples) {
      const joined = new Float32Array(rest.length + samples.length);
      joined.set(rest);
      joined.set(samples, rest.length);
      const segments: SpeechSegment[] = [];
      let start = 0;
      for (; start + frame <= joined.length; start += frame) {
        segments.push(...machine.push(levelOf(joined.subarray(start, start + frame))));
      }
      rest = joined.slice(start);
      count += samples.length;
      return segments;
    },
    end: () => machine.end(count / sampleRate),
    current: machine.current,
  };
}

/** The speech in a whole sound. */
export function speechSegments({ samples, sampleRate }: Sound, options: SpeechOptions = {}): readonly SpeechSegment[] {
  const detector = createSpeechDetector(sampleRate, options);
  return [...detector.push(samples), ...detector.end()];
}

/** In decibels of full scale, −100 at least. */
function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length + 1e-10);
}

/** The smallest of the last values, and `firstFloor` at most until there are so many. */
function createFloor(length: number) {
  /** increasing; what is larger than a later one can never be the smallest again */
  const candidates: { readonly index: number; readonly level: number }[] = [];
  let count = 0;
  return (level: number): number => {
    while (candidates.length > 0 && candidates.at(-1)!.level >= level) candidates.pop();
    candidates.push({ index: count, level });
    if (candidates[0]!.index <= count - length) candidates.shift();
    count += 1;
    const floor = candidates[0]!.level;
    return count < length ? Math.min(floor, firstFloor) : floor;
  };
}

/** Frames, by their level, to segments. */
function createSegments(seconds: number, options: SpeechOptions) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: { readonly [Key in keyof typeof defaults]: number } = { ...defaults, ...Object.fromEntries(given) };
  const frames = (length: number) => Math.max(1, Math.round(length / seconds));
  const floorOf = createFloor(frames(floorSeconds));
  const margin = Math.round(settings.marginSeconds / seconds);
  const longest = frames(settings.longestSeconds);
  let count = 0;
  /** frames of one loudness up to now */
  let loud = 0;
  let quiet = 0;
  /** first frame of the segment */
  let start: number | undefined;
  /** end of the last segment */
  let before = 0;
  /** of the frames of the segment */
  let levels: number[] = [];
  const finish = (end: number): SpeechSegment => {
    const segment = { start: start! * seconds, end: end * seconds };
    before = end;
    start = undefined;
    levels = [];
    return segment;
  };
  const cutAtQuietest = (): SpeechSegment => {
    const from = levels.length - Math.ceil(searchedShare * levels.length);
    let quietest = from;
    for (let i = from; i < levels.length; i++) if (levels[i]! < levels[quietest]!) quietest = i;
    const rest = levels.slice(quietest);
    const cut = count - rest.length;
    const segment = finish(cut);
    start = cut;
    levels = rest;
    return segment;
  };
  return {
    push(level: number): readonly SpeechSegment[] {
      const isLoud = level > Math.max(floorOf(level) + settings.thresholdDecibels, settings.quietestDecibels);
      count += 1;
      loud = isLoud ? loud + 1 : 0;
      quiet = isLoud ? 0 : quiet + 1;
      if (start === undefined) {
        if (loud >= frames(settings.minimumSeconds)) start = Math.max(before, count - loud - margin);
        return [];
      }
      levels.push(level);
      if (quiet >= frames(settings.pauseSeconds)) return [finish(Math.min(count, count - quiet + margin))];
      return count - start >= longest ? [cutAtQuietest()] : [];
    },
    end(total: number): readonly SpeechSegment[] {
      if (start === undefined) return [];
      const { end, ...segment } = finish(count - quiet + margin);
      // What is no whole frame belongs to the speech before it.
      return [{ ...segment, end: quiet === 0 ? total : Math.min(end, total) }];
    },
    current: () => (start === undefined ? undefined : start * seconds),
  };
}
