import { CheckpointError } from './errors.js';
import { readHeader, type HeaderEntry } from './safetensors-header.js';

/** One array with its shape, as saved and loaded; `values` is row-major and its type follows `dtype`. */
export type NamedArray =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly values: Float32Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly values: Int32Array }
  | { readonly dtype: 'bool'; readonly shape: readonly number[]; readonly values: Uint8Array };

export type NamedArrays = Readonly<Record<string, NamedArray>>;

export interface SafetensorsContent {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file: 8 bytes little-endian header length, a JSON header, the arrays one after another.
 *
 * F32, F64, F16 and BF16 become float32 (F64 is rounded), I32, I64 and U8 become int32, BOOL stays bool.
 *
 * @param name - the file, for messages
 * @throws {CheckpointError} `checkpoint/damaged`, naming file and byte; `checkpoint/dtype` for other types, or an I64
 *   value beyond 32 bits
 * @see https://github.com/huggingface/safetensors, format
 */
export function parseSafetensors(bytes: Uint8Array, name = 'safetensors data'): SafetensorsContent {
  const { entries, metadata, dataStart } = readHeader(bytes, name);
  // A copy gives every array its own memory, aligned, whatever the offset in the file. (A Buffer's slice is none.)
  const arrays = entries.map((entry) => {
    const raw = new Uint8Array(bytes.subarray(dataStart + entry.begin, dataStart + entry.end));
    return [entry.name, decode(raw, entry, name)] as const;
  });
  return { arrays: Object.fromEntries(arrays), metadata };
}

function decode(raw: Uint8Array, entry: HeaderEntry, file: string): NamedArray {
  const { shape } = entry;
  const { buffer } = raw;
  switch (entry.dtype) {
    case 'F32':
      return { dtype: 'float32', shape, values: new Float32Array(buffer) };
    case 'F64':
      return { dtype: 'float32', shape, values: Float32Array.from(new Float64Array(buffer)) };
    case 'F16':
      return { dtype: 'float32', shape, values: Float32Array.from(new Uint16Array(buffer), fromFloat16) };
    case 'BF16':
      return { dtype: 'float32', shape, values: fromBfloat16(new Uint16Array(buffer)) };
    case 'I32':
      return { dtype: 'int32', shape, values: new Int32Array(buffer) };
    case 'I64':
      return { dtype: 'int32', shape, values: fromInt64(new BigInt64Array(buffer), entry, file) };
    case 'U8':
      return { dtype: 'int32', shape, values: Int32Array.from(raw) };
    case 'BOOL':
      return { dtype: 'bool', shape, values: raw };
  }
}

function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of float32. */
function fromBfloat16(values: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(values, (bits) => bits << 16).buffer);
}

function fromInt64(values: BigInt64Array, { name, dtype }: HeaderEntry, file: string): Int32Array {
  return Int32Array.from(values, (value) => {
    if (BigInt.asIntN(32, value) === value) return Number(value);
    throw new CheckpointError('checkpoint/dtype', `${file}: ${dtype} "${name}" holds ${value}, beyond 32 bits`);
  });
}

const savedTypes = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

/**
 * The inverse of `parseSafetensors` for what TensorFlow.js has: float32 as F32, int32 as I32, bool as BOOL. The same
 * arrays give the same bytes; all start at a multiple of 4 bytes except bool ones, which come last.
 *
 * @throws {CheckpointError} `checkpoint/shape` if an array has another number of values than its shape
 */
export function serializeSafetensors(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const ordered = Object.entries(arrays).sort(
    ([a, { dtype: aType }], [b, { dtype: bType }]) =>
      Number(aType === 'bool') - Number(bType === 'bool') || (a < b ? -1 : 1),
  );
  let offset = 0;
  const header = ordered.map(([name, array]) => {
    const { shape, values } = array;
    if (shape.reduce((product, size) => product * size, 1) !== values.length) {
      const message = `"${name}" has ${values.length} values for the shape [${shape.join(', ')}]`;
      throw new CheckpointError('checkpoint/shape', message);
    }
    const begin = offset;
    offset += values.byteLength;
    return [name, { dtype: savedTypes[array.dtype], shape, data_offsets: [begin, offset] }] as const;
  });
  const hasMetadata = Object.keys(metadata).length > 0;
  const entries = [...(hasMetadata ? [['__metadata__', metadata] as const] : []), ...header];
  const text = JSON.stringify(Object.fromEntries(entries));
  const headerBytes = new TextEncoder().encode(text);
  const padded = Math.ceil(headerBytes.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded).set(headerBytes, 8);
  let position = 8 + padded;
  for (const [, { values }] of ordered) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return bytes;
}
