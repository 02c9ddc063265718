/**
 * A table of numbers as the content of a NumPy file (format 1.0), which `numpy.load` reads: `[rows, columns]`, float32, little-endian.
 */
export function encodeNpy(values: Float32Array, shape: readonly [rows: number, columns: number]): Uint8Array {
  const described = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + described.length + 1) / 64) * 64 - prefix;
  const header = Buffer.alloc(prefix + length, ' ');
  header.set([0x93, ...Buffer.from('NUMPY', 'latin1'), 1, 0]);
  header.writeUInt16LE(length, 8);
  header.write(described, prefix, 'latin1');
  header.write('\n', prefix + length - 1, 'latin1');
  const body = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => body.writeFloatLE(value, 4 * i));
  return Buffer.concat([header, body]);
}
