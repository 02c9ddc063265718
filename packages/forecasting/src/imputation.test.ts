import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { impute, type ImputationKind } from './imputation.js';

const gap = NaN;
const series = Float64Array.of(gap, 2, 5, gap, gap, 11, 3, gap);
const whole = { seasonality: 3, from: 0, to: 8 };

describe('imputation', () => {
  test.each<[ImputationKind, number[]]>([
    ['forward', [gap, 2, 5, 5, 5, 11, 3, 3]],
    ['linear', [gap, 2, 5, 7, 9, 11, 3, 3]],
    ['mean', [gap, 2, 5, 3.5, 3.5, 11, 3, 5.25]],
    ['zero', [0, 2, 5, 0, 0, 11, 3, 0]],
    ['seasonal', [gap, 2, 5, 5, 2, 11, 3, 2]],
  ])('%s', (kind, expected) => {
    expect([...impute(series, { kind, ...whole })]).toEqual(expected);
  });

  test('forward from the last real value, not from one that was itself filled in', () => {
    const values = Float64Array.of(0, gap, 1, gap, gap, gap, 0);
    const seasonal = impute(values, { kind: 'seasonal', seasonality: 4, from: 0, to: 7 });
    expect([...seasonal]).toEqual([0, 0, 1, 1, 0, 1, 0]);
  });

  test.each<ImputationKind>(['forward', 'mean', 'zero', 'seasonal', 'linear'])(
    '%s of a stretch is that stretch of the whole, but for a gap that is cut off',
    (kind) => {
      const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(NaN));
      const arrays = fc.array(value, { minLength: 1, maxLength: 20 });
      const property = fc.property(arrays, fc.nat(), fc.nat(), (numbers, a, b) => {
        const values = Float64Array.from(numbers);
        const [from, to] = [a, b].map((each) => each % (values.length + 1)).sort((x, y) => x - y) as [number, number];
        const stretch = impute(values, { kind, seasonality: 4, from, to });
        // Up to the last real value of the stretch: a straight line needs both ends of its gap.
        const end =
          kind === 'linear' ? values.subarray(from, to).findLastIndex((each) => !Number.isNaN(each)) + 1 : to - from;
        const expected = impute(values, { kind, seasonality: 4, from: 0, to: values.length }).subarray(from, to);
        expect([...stretch.subarray(0, end)]).toEqual([...expected.subarray(0, end)]);
      });
      fc.assert(property);
    },
  );
});
