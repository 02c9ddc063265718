import { describe, expect, test } from 'vitest';
import {
  createKeywordDetector,
  detectKeyword,
  keywordCurve,
  keywordScores,
  type KeywordStream,
} from '@unroll/audio-recognition';

const options = { stepSeconds: 0.1, smoothingSeconds: 0.2, refractorySeconds: 1 };

/** Probabilities of some tenths of a second, 0 elsewhere. */
function stream(seconds: number, peaks: Readonly<Record<number, number>>): Float64Array {
  const steps = new Float64Array(Math.round(seconds * 10));
  for (const [step, value] of Object.entries(peaks)) steps[Number(step)] = value;
  return steps;
}

describe('a keyword', () => {
  test('is heard where the mean of its probabilities rises to the threshold, once', () => {
    const probabilities = stream(4, { 10: 0.8, 11: 0.8, 12: 0.9, 30: 0.6 });
    expect(detectKeyword(probabilities, 0.5, options)).toEqual([expect.closeTo(1.2, 12)]);
    // the mean of one high step and its neighbour is half as high
    expect(detectKeyword(probabilities, 0.3, options)).toEqual([expect.closeTo(1.1, 12), expect.closeTo(3.1, 12)]);
    expect(detectKeyword(probabilities, 0.86, options)).toEqual([]);
  });

  test('is not heard again before the refractory time is over, nor while it goes on', () => {
    const twice = stream(4, { 10: 1, 11: 1, 15: 1, 16: 1, 25: 1, 26: 1 });
    expect(detectKeyword(twice, 0.9, options)).toHaveLength(2);
    expect(detectKeyword(twice, 0.9, { ...options, refractorySeconds: 0.2 })).toHaveLength(3);
    const long = stream(4, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 5, 1])));
    expect(detectKeyword(long, 0.9, options)).toHaveLength(1);
  });

  test('one loud step is no word, and what is told is the mean', () => {
    const detector = createKeywordDetector(0.5, { stepSeconds: 0.1 });
    const told = [0, 0, 0.9, 0.1, 0, 0.8, 0.9, 0.7, 0.9].map((probability) => detector.push(probability));
    expect(told.map((mean) => mean?.toFixed(4))).toEqual([
      ...Array.from({ length: 6 }),
      '0.5667',
      undefined,
      undefined,
    ]);
  });

  test('is missed and falsely heard by threshold, per hour of all sound', () => {
    const streams: readonly KeywordStream[] = [
      { probabilities: stream(6, { 10: 0.9, 11: 0.9, 40: 0.7, 41: 0.7 }), occurrences: [{ start: 0.8, end: 1 }] },
      { probabilities: stream(6, { 20: 0.4, 21: 0.4 }), occurrences: [{ start: 1.9, end: 2.2 }] },
      { probabilities: stream(6, {}), occurrences: [] },
    ];
    const curve = keywordCurve(streams, { ...options, thresholds: [0.3, 0.5, 0.8, 0.95] });
    expect(curve.map(({ missRate }) => missRate)).toEqual([0, 0.5, 0.5, 1]);
    // one in 18 s is 200 an hour
    const alarms = curve.map(({ falseAlarmsPerHour }) => falseAlarmsPerHour);
    alarms.forEach((value, i) => expect(value).toBeCloseTo([200, 200, 0, 0][i]!, 9));
    // a detection long after its word is a false alarm, and the word is missed
    const late = keywordCurve([{ ...streams[0]!, occurrences: [{ start: 0, end: 0.5 }] }], {
      ...options,
      thresholds: [0.8],
      toleranceSeconds: 0.2,
    });
    expect(late[0]!.missRate).toBe(1);
    expect(late[0]!.falseAlarmsPerHour).toBeCloseTo(600, 9);
  });

  test('among clips is judged by its probability alone', () => {
    const clips = [true, true, true, true, false, false, false, false].map((isKeyword) => ({
      isKeyword,
      seconds: 900,
    }));
    // other clips last an hour, so one of them is one false alarm an hour
    const scores = keywordScores([0.9, 0.8, 0.45, 0.1, 0.5, 0.4, 0.2, 0.05], clips)!;
    expect(scores.missesAtOneFalseAlarm).toBe(0.25);
    expect(scores.areaUnder).toBe((4 + 4 + 3 + 1) / 16);
    expect(scores.points.map(({ falseAlarmsPerHour }) => falseAlarmsPerHour)).toEqual([0, 0, 0, 1, 1, 2, 3, 3, 4]);
    expect(scores.equalErrorRate).toBe(0.25);
    expect(keywordScores([1, 1], clips.slice(0, 2))).toBeUndefined();
  });
});
