import { expect, test } from 'vitest';
import { encodeNpy } from './npy.js';

test('a NumPy file has its header in 64 bytes or a multiple, then the numbers', () => {
  const bytes = Buffer.from(encodeNpy(Float32Array.of(1.5, -2, 3.25, 0, 5, 6), [3, 2]));
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  expect(bytes.toString('latin1', 10, start)).toMatch(
    /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 2\), \} *\n$/,
  );
  expect(Array.from({ length: 6 }, (_, i) => bytes.readFloatLE(start + 4 * i))).toEqual([1.5, -2, 3.25, 0, 5, 6]);
  expect(bytes.length).toBe(start + 24);
});
