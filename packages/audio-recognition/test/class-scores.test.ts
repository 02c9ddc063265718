import { readFileSync } from 'node:fs';
import { deriveKey, randomKey, uniform, Vocabulary } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import {
  areaUnder,
  bestClass,
  classScoresOf,
  classStatistics,
  confusionOf,
  equalErrorRate,
  evaluateClasses,
  minimumDetectionCost,
  mostConfused,
  rankOf,
  rocCurve,
  unknownClass,
  type ScoredClip,
} from '@unroll/audio-recognition';

interface Golden {
  readonly classes: {
    readonly logits: readonly (readonly number[])[];
    readonly gold: readonly number[];
    readonly accuracy: number;
    readonly top5: number;
    readonly macroF1: number;
    readonly confusion: readonly (readonly number[])[];
    readonly precision: readonly number[];
    readonly recall: readonly number[];
    readonly f1: readonly number[];
  };
  readonly detections: readonly {
    readonly scores: readonly number[];
    readonly positive: readonly boolean[];
    readonly falsePositiveRates: readonly number[];
    readonly truePositiveRates: readonly number[];
    readonly thresholds: readonly number[];
    readonly areaUnder: number;
    readonly equalErrorRate: number;
    readonly costs: readonly { readonly prior: number; readonly cost: number }[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('golden/class-scores.json', import.meta.url), 'utf8'),
) as unknown as Golden;

function closeTo(actual: readonly number[], expected: readonly number[], digits = 12): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits));
}

const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];

describe('scores of classes', () => {
  const { logits, gold, accuracy, top5, macroF1, confusion, precision, recall, f1 } = golden.classes;

  test('are those of scikit-learn, also when they are summed over batches', () => {
    const batches = [logits.slice(0, 13), logits.slice(13)];
    const sums: Record<string, number> = {};
    batches.forEach((rows, i) => {
      const targets = Int32Array.from(i === 0 ? gold.slice(0, 13) : gold.slice(13));
      for (const [name, sum] of Object.entries(classStatistics(rows.flat(), targets, names.length))) {
        sums[name] = (sums[name] ?? 0) + sum;
      }
    });
    const scores = classScoresOf(sums, names.length);
    expect(scores.clips).toBe(gold.length);
    closeTo([scores.accuracy, scores.top5!, scores.macroF1], [accuracy, top5, macroF1]);
  });

  test('by class and confusions are those of scikit-learn', () => {
    const clips = logits.map((row, i): ScoredClip => {
      const exps = row.map(Math.exp);
      const sum = exps.reduce((a, b) => a + b);
      const probabilities = Float32Array.from(exps, (value) => value / sum);
      return { name: `${i}.wav`, gold: names[gold[i]!]!, probabilities, seconds: 0.5, speaker: i % 3 ? 'ada' : 'bob' };
    });
    const result = evaluateClasses(clips, new Vocabulary(names), { errors: 4 });
    expect(result.confusion.counts).toEqual(confusion.flat());
    const present = names.filter((_, i) => [...confusion[i]!, ...confusion.map((row) => row[i]!)].some(Boolean));
    expect(result.classes.map(({ name }) => name)).toEqual(present);
    for (const one of result.classes) {
      const i = names.indexOf(one.name);
      closeTo([one.precision, one.recall, one.f1], [precision[i]!, recall[i]!, f1[i]!]);
    }
    closeTo([result.scores.accuracy, result.scores.macroF1], [accuracy, macroF1]);
    expect(result.seconds).toBe(gold.length / 2);
    const wrong = gold.length - Math.round(accuracy * gold.length);
    expect(result.errorCount).toBe(wrong);
    const sure = result.errors.map(({ probability }) => probability);
    expect(sure).toEqual(sure.toSorted((a, b) => b - a));
    const all = clips.filter(({ gold: label, probabilities }) => label !== names[bestClass(probabilities)]);
    expect(sure).toHaveLength(4);
    expect(sure[0]).toBe(Math.max(...all.map(({ probabilities }) => Math.max(...probabilities))));
    const [ada, bob] = result.bySpeaker!;
    expect([ada!.clips, bob!.clips]).toEqual([40, 20]);
    closeTo([(ada!.accuracy * 40 + bob!.accuracy * 20) / 60], [accuracy]);
  });

  test('of labels that training does not have are wrong, and their own row', () => {
    const scores = [0.9, 0.1, 0.2, 0.8, 0.7, 0.3];
    const targets = [0, 1, -1];
    const found = classScoresOf(classStatistics(scores, targets, 2), 2);
    expect(found).toEqual({ clips: 3, accuracy: 2 / 3, macroF1: (2 / 3 + 1 + 0) / 3 });
    const table = confusionOf(targets, [0, 1, 0], ['yes', 'no']);
    expect(table).toEqual({ classes: ['yes', 'no', unknownClass], counts: [1, 0, 0, 0, 1, 0, 1, 0, 0] });
    expect(mostConfused(table, 5)).toEqual([{ gold: unknownClass, predicted: 'yes', count: 1, share: 1 }]);
    expect(() => classStatistics(scores, [0, 1], 2)).toThrow('2 recordings of 2 classes need 4 scores, got 6');
    expect(() => confusionOf([0], [2], ['yes', 'no'])).toThrow('2 is no class; there are 2, from 0');
  });

  test('rank of equals is that of their order', () => {
    expect([0, 1, 2, 3].map((id) => rankOf([2, 5, 2, 7], id))).toEqual([2, 1, 3, 0]);
    expect(bestClass([1, 3, 3])).toBe(1);
  });
});

describe.each(golden.detections.map((detection, i) => [i, detection] as const))('detection %i', (_i, detection) => {
  const curve = rocCurve(detection.scores, detection.positive);

  test('has the curve of scikit-learn', () => {
    expect(curve[0]!.threshold).toBe(Infinity);
    closeTo(
      curve.slice(1).map(({ threshold }) => threshold),
      detection.thresholds,
    );
    closeTo(
      curve.map(({ falsePositiveRate }) => falsePositiveRate),
      detection.falsePositiveRates,
    );
    closeTo(
      curve.map(({ truePositiveRate }) => truePositiveRate),
      detection.truePositiveRates,
    );
    closeTo([areaUnder(curve)], [detection.areaUnder]);
  });

  test('has the equal error rate, and costs of brute force', () => {
    expect(equalErrorRate(curve).rate).toBeCloseTo(detection.equalErrorRate, 5);
    for (const { cost, ...options } of detection.costs)
      expect(minimumDetectionCost(curve, options)).toBeCloseTo(cost, 12);
  });
});

test('both errors are as large at the equal error rate, for any scores', () => {
  for (let trial = 0; trial < 50; trial++) {
    const draws = uniform(deriveKey(randomKey(3), trial), 60);
    const positive = Array.from(draws.subarray(0, 30), (draw, i) => i === 0 || (i > 1 && draw < 0.4));
    // a few distinct scores, so that many are equal
    const scores = Array.from(draws.subarray(30), (draw, i) => Math.round(5 * draw + (positive[i] ? 1 : 0)));
    const curve = rocCurve(scores, positive);
    const { rate } = equalErrorRate(curve);
    const onCurve = curve.slice(1).some((after, i) => {
      const before = curve[i]!;
      const [a, b] = [before, after].map((point) => 1 - point.truePositiveRate - point.falsePositiveRate);
      if (a! < 0 || b! > 0) return false;
      const part = a === b ? 1 : a! / (a! - b!);
      const here = before.falsePositiveRate + part * (after.falsePositiveRate - before.falsePositiveRate);
      return Math.abs(here - rate) < 1e-12;
    });
    expect(onCurve).toBe(true);
  }
});

test.each([
  { what: 'a missing answer', scores: [0.1, 0.2], positive: [true], message: 'need as many answers, got 1' },
  { what: 'NaN', scores: [0.1, NaN], positive: [true, false], message: 'none of them NaN' },
  {
    what: 'one kind alone',
    scores: [0.1, 0.2],
    positive: [true, true],
    message: 'of 2 trials 2 are positive; error rates need both kinds',
  },
])('error rates of $what are refused', ({ scores, positive, message }) => {
  expect(() => rocCurve(scores, positive)).toThrow(message);
});
