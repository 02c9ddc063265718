import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { CheckpointError } from './errors.js';
import { parseSafetensors, serializeSafetensors, type NamedArray, type NamedArrays } from './safetensors.js';

const golden = new Uint8Array(readFileSync(new URL('../test/golden/dtypes.safetensors', import.meta.url)));

/** A file from a header text and the bytes after it. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function errorOf(bytes: Uint8Array): CheckpointError {
  try {
    parseSafetensors(bytes, 'model.safetensors');
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const pair = (dtype: string, shape: number[], offsets: [number, number]) => ({ dtype, shape, data_offsets: offsets });

const anyShape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sized = (shape: number[]) => shape.reduce((product, size) => product * size, 1);
const anyArray: fc.Arbitrary<NamedArray> = anyShape.chain((shape) => {
  const length = { minLength: sized(shape), maxLength: sized(shape) };
  return fc.oneof(
    fc.float32Array(length).map((values) => ({ dtype: 'float32' as const, shape, values })),
    fc.int32Array(length).map((values) => ({ dtype: 'int32' as const, shape, values })),
    fc.uint8Array({ ...length, max: 1 }).map((values) => ({ dtype: 'bool' as const, shape, values })),
  );
});
const anyArrays: fc.Arbitrary<NamedArrays> = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
  anyArray,
);

describe('parseSafetensors', () => {
  it('reads every type that the reference writes', () => {
    const { arrays, metadata } = parseSafetensors(golden);
    const half = Math.fround(0.333);
    const numbers = [1.5, -0.25, 3, 65504, 0, -(2 ** -24)];
    expect(metadata).toEqual({ format: 'pt', generator: 'make_safetensors_golden.py' });
    expect(arrays).toEqual({
      float64: { dtype: 'float32', shape: [2, 3], values: Float32Array.from(numbers) },
      float32: { dtype: 'float32', shape: [8], values: Float32Array.from([...numbers, 1e-42, 3.4e38]) },
      float16: {
        dtype: 'float32',
        shape: [9],
        values: Float32Array.from([...numbers, Infinity, 2 ** -14, 0.3330078125]),
      },
      bfloat16: { dtype: 'float32', shape: [5], values: expect.any(Float32Array) as Float32Array },
      int64: { dtype: 'int32', shape: [4], values: Int32Array.from([1, -2, 2 ** 31 - 1, -(2 ** 31)]) },
      int32: { dtype: 'int32', shape: [2, 1], values: Int32Array.from([7, -8]) },
      uint8: { dtype: 'int32', shape: [3], values: Int32Array.from([0, 1, 255]) },
      bool: { dtype: 'bool', shape: [3], values: Uint8Array.from([1, 0, 1]) },
      scalar: { dtype: 'float32', shape: [], values: Float32Array.from([4]) },
      empty: { dtype: 'float32', shape: [0, 3], values: new Float32Array(0) },
    });
    const bfloat16 = [...arrays['bfloat16']!.values];
    expect(bfloat16.slice(0, 3)).toEqual([1.5, -0.25, 3]);
    expect(bfloat16[3]! / 1e38).toBeCloseTo(1, 2);
    expect(bfloat16[4]! / half).toBeCloseTo(1, 2);
  });

  it.each([
    ['Uint8Array', golden],
    ['Buffer, whose slice would be a view', Buffer.from(golden)],
    ['view that begins at an odd byte', new Uint8Array([0, ...golden]).subarray(1)],
  ])('gives each array memory of its own: %s', (_, bytes) => {
    const { arrays } = parseSafetensors(bytes);
    const buffers = Object.values(arrays).map(({ values }) => values.buffer);
    expect(new Set(buffers).size).toBe(buffers.length);
    expect(buffers).not.toContain(bytes.buffer);
    expect(arrays['int32']!.values).toEqual(Int32Array.from([7, -8]));
  });

  it('names file and byte of every cut', () => {
    for (let length = 0; length < golden.length; length++) {
      const { code, message } = errorOf(golden.slice(0, length));
      expect(code).toBe('checkpoint/damaged');
      expect(message).toMatch(/^unroll: model\.safetensors, byte \d+: .*damaged or cut short$/);
    }
  });

  it('refuses bytes after the end', () => {
    const longer = new Uint8Array([...golden, 0]);
    expect(errorOf(longer).message).toContain(
      `byte ${golden.length}: expected ${golden.length} bytes, got ${golden.length + 1}`,
    );
  });

  it.each([
    ['a gap', { a: pair('F32', [1], [0, 4]), b: pair('F32', [1], [8, 12]) }, 12, 'array "b" begins at'],
    ['an overlap', { a: pair('F32', [2], [0, 8]), b: pair('F32', [1], [4, 8]) }, 8, 'array "b" begins at'],
    ['a start after 0', { a: pair('F32', [1], [4, 8]) }, 8, 'array "a" begins at'],
    ['offsets in the wrong order', { a: pair('F32', [1], [4, 0]) }, 4, 'takes 4 bytes, the offsets say -4'],
    ['a size that is not the shape', { a: pair('F32', [3], [0, 4]) }, 4, 'F32 [3] takes 12 bytes, the offsets say 4'],
    ['a negative size', { a: pair('F32', [-1], [0, 4]) }, 4, 'shape is no list of sizes'],
    ['a shape beyond numbers', { a: pair('F32', [2 ** 53, 2 ** 53], [0, 4]) }, 4, 'shape is no list of sizes'],
    ['a fractional offset', { a: pair('U8', [1], [0, 0.5]) }, 1, 'data_offsets are no two byte positions'],
    ['three offsets', { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 2] } }, 1, 'no two byte positions'],
    ['no dtype', { a: { shape: [1], data_offsets: [0, 4] } }, 4, 'dtype is no text'],
    ['an array of nothing', { a: null }, 0, 'not an object'],
    ['metadata of numbers', { __metadata__: { step: 3 } }, 0, 'the metadata are not an object of texts'],
    ['no object', '[]', 0, 'the header is not a JSON object'],
    ['no JSON', '{"a":', 0, 'the header is not a JSON object'],
  ])('refuses %s', (...[, header, dataBytes, message]) => {
    const error = errorOf(file(header, dataBytes));
    expect(error.code).toBe('checkpoint/damaged');
    expect(error.message).toContain(message);
  });

  it('refuses a header that is not UTF-8', () => {
    const bytes = file({ a: pair('F32', [1], [0, 4]) }, 4);
    bytes[10] = 0xff;
    expect(errorOf(bytes).message).toContain('the header is not a JSON object');
  });

  it('refuses a header longer than the file, or than the format allows, without reading it', () => {
    const bytes = file({}, 0);
    new DataView(bytes.buffer).setBigUint64(0, 3n, true);
    expect(errorOf(bytes).message).toContain('header');
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(errorOf(bytes).message).toContain(`byte 0: the header cannot be ${2n ** 63n} bytes long`);
  });

  it('says which types it reads', () => {
    const error = errorOf(file({ a: pair('C64', [1], [0, 8]) }, 8));
    expect(error.code).toBe('checkpoint/dtype');
    expect(error.message).toContain('array "a" is C64; readable are F64, F32, F16, BF16, I64, I32, U8, BOOL');
  });

  it('refuses int64 beyond 32 bits instead of losing the rest', () => {
    const bytes = file({ a: pair('I64', [1], [0, 8]) }, 8);
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, 2n ** 31n, true);
    expect(errorOf(bytes).message).toBe('unroll: model.safetensors: I64 "a" holds 2147483648, beyond 32 bits');
  });

  it('either reads any bytes or names the file, whatever the header says', () => {
    const number = fc.oneof(fc.integer({ min: -1, max: 20 }), fc.double(), fc.constant(2 ** 53));
    const entry = fc.record(
      {
        dtype: fc.constantFrom('F32', 'F64', 'I64', 'BOOL', 'F16', 'X', 3),
        shape: fc.oneof(fc.array(number, { maxLength: 3 }), fc.anything()),
        data_offsets: fc.oneof(fc.array(number, { maxLength: 3 }), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const header = fc.oneof(fc.dictionary(fc.string(), fc.oneof(entry, fc.anything())), fc.string(), fc.anything());
    const property = fc.property(header, fc.nat(24), (content, dataBytes) => {
      const bytes = file(typeof content === 'string' ? content : (JSON.stringify(content) ?? ''), dataBytes);
      expect(readOrRefuse(bytes)).toBe(true);
    });
    fc.assert(property, { seed: 3, numRuns: 500 });
  });

  it('either reads a file with one byte changed or names the file', () => {
    const property = fc.property(fc.nat(golden.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const bytes = golden.slice();
      bytes[index]! ^= change;
      expect(readOrRefuse(bytes)).toBe(true);
    });
    fc.assert(property, { seed: 4, numRuns: 500 });
  });
});

function readOrRefuse(bytes: Uint8Array): boolean {
  try {
    return Object.keys(parseSafetensors(bytes, 'model.safetensors').arrays).length >= 0;
  } catch (error) {
    return error instanceof CheckpointError && error.message.includes('model.safetensors');
  }
}

describe('serializeSafetensors', () => {
  it('is read back exactly, NaN and negative zero included', () => {
    const property = fc.property(anyArrays, fc.dictionary(fc.string(), fc.string()), (arrays, metadata) => {
      const content = parseSafetensors(serializeSafetensors(arrays, metadata));
      expect(content.arrays).toEqual(arrays);
      expect(content.metadata).toEqual(metadata);
    });
    fc.assert(property, { seed: 5, numRuns: 200 });
    const bits = Uint32Array.from([0x7fc00001, 0x80000000, 0x00000001]);
    const arrays = { odd: { dtype: 'float32', shape: [3], values: new Float32Array(bits.buffer) } } as const;
    const { values } = parseSafetensors(serializeSafetensors(arrays)).arrays['odd']!;
    expect([...new Uint32Array(values.buffer)]).toEqual([...bits]);
  });

  it('gives the same bytes for the same arrays in any order', () => {
    const property = fc.property(anyArrays, (arrays) => {
      const turned = Object.fromEntries(Object.entries(arrays).toReversed());
      expect(serializeSafetensors(turned)).toEqual(serializeSafetensors(arrays));
    });
    fc.assert(property, { seed: 6, numRuns: 100 });
  });

  it('aligns numbers for readers that map the file', () => {
    const arrays = {
      a: { dtype: 'bool', shape: [3], values: Uint8Array.from([1, 0, 1]) },
      b: { dtype: 'float32', shape: [1], values: Float32Array.from([1]) },
    } as const;
    const bytes = serializeSafetensors(arrays, { note: 'x' });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + headerLength))) as object;
    expect(headerLength % 8).toBe(0);
    expect(header).toMatchObject({ b: { data_offsets: [0, 4] }, a: { data_offsets: [4, 7] } });
  });

  it('refuses values that do not fill their shape', () => {
    const arrays = { a: { dtype: 'int32', shape: [2, 2], values: new Int32Array(3) } } as const;
    expect(() => serializeSafetensors(arrays)).toThrow('"a" has 3 values for the shape [2, 2]');
  });
});
