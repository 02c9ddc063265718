import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyScaling, composeScaling, fitScaling, invertScaling, type ScalingKind } from './scaling.js';

const kinds: readonly ScalingKind[] = ['none', 'standard', 'mean-absolute', 'robust', 'log', 'max', 'instance'];
const values = [3, -1, 4, NaN, 1, 5, 9];

describe('scaling', () => {
  test.each([
    ['none', 0, 1],
    ['standard', 3.5, Math.sqrt(59.5 / 6)],
    ['instance', 3.5, Math.sqrt(59.5 / 6)],
    ['mean-absolute', 0, 23 / 6],
    ['max', 0, 9],
    ['robust', 3.5, 4.75 - 1.5],
  ] as const)('%s: location %d, scale %d; what is missing does not count', (kind, location, scale) => {
    const fitted = fitScaling(values, kind);
    expect(fitted.location).toBeCloseTo(location, 12);
    expect(fitted.scale).toBeCloseTo(scale, 12);
    expect(applyScaling(fitted, NaN)).toBeNaN();
  });

  test('log standardises ln(x + offset), and needs an offset only where values are not positive', () => {
    const positive = fitScaling([1, Math.E, Math.E ** 2], 'log');
    expect(positive).toMatchObject({ transform: 'log', offset: 0 });
    expect(applyScaling(positive, Math.E ** 3)).toBeCloseTo(2 / Math.sqrt(2 / 3), 12);
    const { offset } = fitScaling([-2, 0, 6], 'log');
    expect(offset).toBeCloseTo(2.008, 12);
  });

  test('of the logarithm, later values below all that was seen stay finite', () => {
    const fitted = fitScaling([5, 6, 7], 'log');
    expect(applyScaling(fitted, -3)).toBeCloseTo(-10, 9);
    expect(applyScaling(fitted, NaN)).toBeNaN();
  });

  test('what was scaled comes back', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
    const property = fc.property(fc.constantFrom(...kinds), numbers, (kind, sample) => {
      const fitted = fitScaling(sample, kind);
      const size = Math.max(1, ...sample.map(Math.abs));
      for (const value of sample) {
        const back = invertScaling(fitted, applyScaling(fitted, value));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-9 * size);
      }
    });
    fc.assert(property, { examples: [['log', [0, -5e-324]]] });
  });

  test.each(kinds)('%s of a constant, or of nothing, divides by no zero', (kind) => {
    for (const constant of [0, 7, -7, 1e-3, 0.1, 1e9]) {
      const fitted = fitScaling([constant, constant, constant, NaN], kind);
      expect(fitted.scale).toBeGreaterThan(0);
      expect(Math.abs(applyScaling(fitted, constant))).toBeLessThanOrEqual(kind === 'none' ? Math.abs(constant) : 1);
      expect(invertScaling(fitted, applyScaling(fitted, constant + 1)) / (constant + 1)).toBeCloseTo(1, 9);
    }
    expect(fitScaling([NaN, Infinity], kind)).toMatchObject({ location: 0, scale: 1 });
  });

  test('robust sees the spread of the rest where more than half of the values are the same', () => {
    expect(fitScaling([0, 0, 0, 0, 0, 0, 0, 4], 'robust').scale).toBeCloseTo(Math.sqrt(16 / 8 - 0.25), 12);
  });

  test('two scalings in a row are one', () => {
    const first = fitScaling([1, 5, 30], 'log');
    const both = composeScaling(first, { location: 0.3, scale: 2.5 });
    expect(applyScaling(both, 9)).toBeCloseTo((applyScaling(first, 9) - 0.3) / 2.5, 12);
    expect(invertScaling(both, applyScaling(both, 9))).toBeCloseTo(9, 12);
  });
});
