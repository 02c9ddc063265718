import { randomKey } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import golden from './golden/likelihoods.json' with { type: 'json' };
import { Draws } from '../src/likelihoods/draws.js';
import { findLikelihood, type LikelihoodName } from '../src/likelihoods/find-likelihood.js';
import { digamma, logGamma, lowerGamma, regularisedBeta } from '../src/likelihoods/special-functions.js';

function expectRelative(actual: number, expected: number, tolerance: number): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${actual}, expected ${expected}`).toBeLessThan(tolerance);
}

describe('special functions are scipy’s', () => {
  test('logGamma', () => golden.logGamma.forEach(([x, value]) => expectRelative(logGamma(x!), value!, 1e-14)));
  test('digamma', () => golden.digamma.forEach(([x, value]) => expectRelative(digamma(x!), value!, 1e-14)));
  test('lowerGamma', () => {
    for (const [a, x, value] of golden.lowerGamma) expectRelative(lowerGamma(a!, x!), value!, 1e-12);
  });
  test('regularisedBeta', () => {
    for (const [x, a, b, value] of golden.regularisedBeta) expectRelative(regularisedBeta(x!, a!, b!), value!, 1e-12);
  });
});

test.for(
  golden.cases.map(
    (each) => [`${each.likelihood} of ${each.value} at ${each.raw.join(', ')} × ${each.scale}`, each] as const,
  ),
)(
  'is that of torch.distributions: %s',
  ([, { likelihood: name, value, raw, scale, logProbability, gradient, cumulative, mean }]) => {
    const likelihood = findLikelihood(name as LikelihoodName);
    expect(likelihood.outputs).toBe(raw.length);
    const scaled = value / scale;
    // The outputs of this value lie behind those of another.
    const outputs = { values: [9, ...raw], at: 1, scale };
    const slope = new Float64Array(raw.length);
    expectRelative(-likelihood.negativeLogLikelihood(scaled, outputs, slope), logProbability, 1e-11);
    slope.forEach((each, i) => expectRelative(-each, gradient[i]!, 1e-9));
    expectRelative(likelihood.cumulative(scaled, outputs), cumulative, 1e-10);
    expectRelative(likelihood.mean(outputs) * scale, mean, 1e-11);
  },
);

/** Largest distance between the share of draws up to each of some values and the distribution function there. */
function distance(name: LikelihoodName, raw: readonly number[], scale: number): number {
  const likelihood = findLikelihood(name);
  const outputs = { values: raw, at: 0, scale };
  const draws = new Draws(randomKey(5));
  const count = 20_000;
  const values = Float64Array.from({ length: count }, () => likelihood.sample(outputs, draws)).sort();
  let worst = 0;
  for (let i = 0; i < count; i++) {
    // of equal draws the last: the share of draws up to and with it
    if (i + 1 < count && values[i + 1] === values[i]) continue;
    worst = Math.max(worst, Math.abs((i + 1) / count - likelihood.cumulative(values[i]!, outputs)));
  }
  return worst;
}

// Kolmogorov's bound 1.95/√n is passed by chance once in a thousand.
test.for([
  ['gaussian', [0.7, -1.2], 1],
  ['student-t', [-0.4, 0.6, -1], 1],
  ['student-t', [2, -3, 2.5], 1],
  ['poisson', [0.3], 1],
  ['poisson', [1.5], 37],
  ['poisson', [2], 0.02],
  ['negative-binomial', [0.9, -0.3], 8],
  ['negative-binomial', [0.1, 2.2], 0.5],
  ['negative-binomial', [1.4, -4], 60],
  ['zero-inflated-gamma', [-0.3, 1.2, 0.9], 1],
  ['zero-inflated-gamma', [0.8, 0.2, -1.6], 1],
] as const)('draws are distributed as they should be: %s %s × %s', ([name, raw, scale]) => {
  expect(distance(name, raw, scale)).toBeLessThan(1.95 / Math.sqrt(20_000));
});

test('draws of the same key are the same, of another key others', () => {
  const several = (seed: number) => {
    const draws = new Draws(randomKey(seed));
    return Array.from({ length: 200 }, () => [draws.normal(), draws.gamma(0.3), draws.poisson(25)]).flat();
  };
  expect(several(3)).toEqual(several(3));
  expect(several(3)).not.toEqual(several(4));
});

test('no raw output, however large, makes a loss or its derivative that is not finite', () => {
  for (const name of ['gaussian', 'student-t', 'poisson', 'negative-binomial', 'zero-inflated-gamma'] as const) {
    const likelihood = findLikelihood(name);
    for (const size of [-90, -20, 20, 90]) {
      for (const value of likelihood.support === 'real' ? [-5, 0, 5] : [0, 1, 50]) {
        const slope = new Float64Array(likelihood.outputs);
        const outputs = { values: Array.from({ length: likelihood.outputs }, () => size), at: 0, scale: 1 };
        const loss = likelihood.negativeLogLikelihood(value, outputs, slope);
        expect([loss, ...slope].every(Number.isFinite), `${name} ${size} ${value}: ${loss}, ${slope.join(', ')}`).toBe(
          true,
        );
      }
    }
  }
});
