import { ConfigError } from './errors.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomKey, uniform } from './tensors/random.js';
import { checkSampling, drawFrom, samplingDistribution } from './sampling.js';

const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 40 });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
/** Ids by falling score, equal ones by id. */
const ranking = (scores: readonly number[]) => [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);

describe('the distribution of the next token', () => {
  test('is softmax of logits / temperature', () => {
    const [a, b, c] = samplingDistribution([1, 2, 4], { temperature: 2 });
    const total = Math.exp(0.5) + Math.exp(1) + Math.exp(2);
    expect(a).toBeCloseTo(Math.exp(0.5) / total, 12);
    expect(b).toBeCloseTo(Math.exp(1) / total, 12);
    expect(c).toBeCloseTo(Math.exp(2) / total, 12);
  });

  test('always sums to 1', () => {
    const options = fc.record({
      temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
      topK: fc.nat(50),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(logits, options, (scores, chosen) => {
        expect(sum(samplingDistribution(scores, chosen))).toBeCloseTo(1, 9);
      }),
    );
  });

  test('greedy, temperature 0 and topK 1 put everything on the likeliest token', () => {
    fc.assert(
      fc.property(logits, (scores) => {
        const best = ranking(scores)[0]!;
        for (const options of [{ greedy: true }, { temperature: 0 }, { topK: 1 }]) {
          expect(samplingDistribution(scores, options)[best]).toBe(1);
        }
      }),
    );
  });

  test('topK keeps the k likeliest, in their old proportions', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 45 }), (scores, topK) => {
        const all = samplingDistribution(scores);
        const kept = samplingDistribution(scores, { topK });
        const best = ranking(scores).slice(0, topK);
        const mass = sum(best.map((id) => all[id]!));
        scores.forEach((_, id) => expect(kept[id]).toBeCloseTo(best.includes(id) ? all[id]! / mass : 0, 9));
      }),
    );
  });

  test('topP keeps the fewest likeliest tokens that reach p', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (scores, topP) => {
        const all = samplingDistribution(scores);
        const kept = samplingDistribution(scores, { topP });
        const count = kept.filter((value) => value > 0).length;
        const order = ranking(scores);
        expect(sum(order.slice(0, count).map((id) => all[id]!))).toBeGreaterThanOrEqual(topP - 1e-9);
        expect(sum(order.slice(0, count - 1).map((id) => all[id]!))).toBeLessThan(topP + 1e-9);
      }),
    );
  });

  test('ranks large vocabularies alike: equal scores by id, p reached late', () => {
    const scores = Array.from({ length: 3000 }, (_, id) => Math.round(4 * Math.sin(id * id)));
    const best = ranking(scores);
    for (const topK of [1, 3, 64, 65, 700, 2999]) {
      const kept = samplingDistribution(scores, { topK });
      expect([...kept.keys()].filter((id) => kept[id]! > 0)).toEqual(best.slice(0, topK).sort((a, b) => a - b));
    }
    const all = samplingDistribution(scores);
    for (const topP of [0.01, 0.5, 0.9, 0.999999]) {
      const kept = samplingDistribution(scores, { topP });
      const count = kept.filter((value) => value > 0).length;
      expect([...kept.keys()].filter((id) => kept[id]! > 0)).toEqual(best.slice(0, count).sort((a, b) => a - b));
      expect(sum(best.slice(0, count).map((id) => all[id]!))).toBeGreaterThanOrEqual(topP - 1e-12);
      expect(sum(best.slice(0, count - 1).map((id) => all[id]!))).toBeLessThan(topP + 1e-12);
    }
  });

  test('can be written to an array that held another one', () => {
    const used = new Float64Array(3).fill(9);
    for (const options of [{ greedy: true }, { topK: 2 }, {}]) {
      expect(samplingDistribution([1, 3, 2], options, used)).toBe(used);
      expect(used).toEqual(samplingDistribution([1, 3, 2], options));
    }
  });

  test('a token with −∞ is never drawn', () => {
    expect(samplingDistribution([0, -Infinity, 0])[1]).toBe(0);
    expect(samplingDistribution([-Infinity, -3], { greedy: true })[1]).toBe(1);
  });
});

test('draws have the frequencies of the distribution', () => {
  const probabilities = Float64Array.of(0.1, 0, 0.6, 0.3);
  const counts = [0, 0, 0, 0];
  const draws = uniform(randomKey(7), 20_000);
  for (const u of draws) counts[drawFrom(probabilities, u)]! += 1;
  expect(counts[1]).toBe(0);
  // four standard deviations of a binomial share
  counts.forEach((count, id) => {
    const p = probabilities[id]!;
    expect(Math.abs(count / draws.length - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / draws.length));
  });
});

test.each([
  [{ temperature: -1 }, 'temperature must be'],
  [{ temperature: Number.NaN }, 'temperature must be'],
  [{ topK: 1.5 }, 'topK must be'],
  [{ topP: 0 }, 'topP must be'],
  [{ topP: 1.1 }, 'topP must be'],
])('%o is refused', (options, message) => {
  expect(() => checkSampling(options)).toThrow(ConfigError);
  expect(() => checkSampling(options)).toThrow(message);
});
