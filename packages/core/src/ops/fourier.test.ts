import { expect, it } from 'vitest';
import { expectClose } from '../testing/expect-close.js';
import { normal, randomKey } from '../tensors/random.js';
import { fourierTable, fourierTransform } from './fourier.js';

it.each([1, 2, 8, 128, 12, 60, 35, 7])('transforms %i numbers as the sum does', (size) => {
  const values = Float64Array.from(normal(randomKey(size), 2 * size));
  const original = values.slice();
  const expected = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * k * n) / size;
      expected[2 * k]! += values[2 * n]! * Math.cos(angle) - values[2 * n + 1]! * Math.sin(angle);
      expected[2 * k + 1]! += values[2 * n]! * Math.sin(angle) + values[2 * n + 1]! * Math.cos(angle);
    }
  }
  const shape = [size, 2];
  const transformed = fourierTransform(values, fourierTable(size));
  expectClose({ shape, values: transformed }, { shape, values: expected }, { rtol: 1e-11, atol: 1e-11 });
  expect(values).toEqual(original);
});
