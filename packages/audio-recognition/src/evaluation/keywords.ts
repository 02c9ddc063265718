import { ShapeError } from '@unroll/core';
import { detectKeyword, type DetectOptions } from './keyword-detector.js';
import { share } from './precision-recall.js';
import { areaUnder, equalErrorRate, rocCurve } from './roc.js';

/** Sound of some length, the probabilities of a keyword in it, and where it truly is. */
export interface KeywordStream {
  readonly probabilities: ArrayLike<number>;
  /** in seconds, rising, apart from each other */
  readonly occurrences: readonly { readonly start: number; readonly end: number }[];
}

/** Errors at one threshold. */
export interface KeywordPoint {
  readonly threshold: number;
  /** of all sound */
  readonly falseAlarmsPerHour: number;
  /** share of the occurrences without a detection; 0 where there are none */
  readonly missRate: number;
}

export interface KeywordCurveOptions extends DetectOptions {
  /** 0.01, 0.02 … 0.99 unless set */
  readonly thresholds?: readonly number[] | undefined;
  /** a detection counts up to so long after the end of the word; 0.5 unless set */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * False alarms against misses, from the lowest threshold to the highest. A detection during an occurrence, or until `toleranceSeconds` after
 * it, finds it; a second one of the same changes nothing; any other is a false alarm.
 */
export function keywordCurve(streams: readonly KeywordStream[], options: KeywordCurveOptions): readonly KeywordPoint[] {
  const { stepSeconds, toleranceSeconds = 0.5, thresholds = hundredths } = options;
  const seconds = streams.reduce((sum, { probabilities }) => sum + probabilities.length * stepSeconds, 0);
  const occurrences = streams.reduce((sum, stream) => sum + stream.occurrences.length, 0);
  const isIn = within(toleranceSeconds);
  return thresholds.map((threshold) => {
    let found = 0;
    let falseAlarms = 0;
    streams.forEach((stream) => {
      const detections = detectKeyword(stream.probabilities, threshold, options);
      found += stream.occurrences.filter((word) => detections.some((time) => isIn(time, word))).length;
      falseAlarms += detections.filter((time) => !stream.occurrences.some((word) => isIn(time, word))).length;
    });
    return {
      threshold,
      falseAlarmsPerHour: share(3600 * falseAlarms, seconds),
      missRate: share(occurrences - found, occurrences),
    };
  });
}

/** How well one class is told from all others by its probability alone. */
export interface KeywordScores {
  readonly equalErrorRate: number;
  /** probability that a clip of the class has a higher one than any other clip */
  readonly areaUnder: number;
  /** share of the class's clips that is missed where other clips raise at most one false alarm an hour */
  readonly missesAtOneFalseAlarm: number;
  /** every threshold that changes something, falling */
  readonly points: readonly KeywordPoint[];
}

/**
 * A class as a keyword among clips: each clip is a trial by itself. A false alarm is a clip of another class at or above the threshold; their
 * length is the time that alarms are counted over.
 *
 * @param probabilities - `[clip]` of the class
 * @returns undefined where all clips are of the class, or none
 * @throws {ShapeError} `shape/trials` unless there is a clip for each probability
 */
export function keywordScores(
  probabilities: ArrayLike<number>,
  clips: readonly { readonly isKeyword: boolean; readonly seconds: number }[],
): KeywordScores | undefined {
  if (probabilities.length !== clips.length) {
    throw new ShapeError('shape/trials', `${clips.length} clips have ${probabilities.length} probabilities`);
  }
  const others = clips.filter(({ isKeyword }) => !isKeyword);
  if (others.length === 0 || others.length === clips.length) return undefined;
  const hours = others.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  const curve = rocCurve(
    probabilities,
    clips.map(({ isKeyword }) => isKeyword),
  );
  const points = curve.map(({ threshold, falsePositiveRate, truePositiveRate }) => ({
    threshold,
    falseAlarmsPerHour: share(falsePositiveRate * others.length, hours),
    missRate: 1 - truePositiveRate,
  }));
  const allowed = points.filter(({ falseAlarmsPerHour }) => falseAlarmsPerHour <= 1);
  return {
    equalErrorRate: equalErrorRate(curve).rate,
    areaUnder: areaUnder(curve),
    missesAtOneFalseAlarm: Math.min(...allowed.map(({ missRate }) => missRate)),
    points,
  };
}

function within(toleranceSeconds: number): (time: number, word: KeywordStream['occurrences'][number]) => boolean {
  return (time, { start, end }) => time >= start && time <= end + toleranceSeconds;
}

const hundredths = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
