import { CheckpointError } from './errors.js';

/** Bytes per value of the types that can be read. */
const itemSizes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;
export type SavedType = keyof typeof itemSizes;

/** One array of the file; `begin` and `end` count bytes from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: SavedType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** in the order of their bytes */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** the byte at which the arrays begin */
  readonly dataStart: number;
}

/** The format's own limit; a header is a few kilobytes. */
const maximumHeaderBytes = 100_000_000;

/**
 * Reads and checks the header of a safetensors file: the arrays follow each other without gap or overlap and end with
 * the file.
 *
 * @throws {CheckpointError} `checkpoint/damaged`, `checkpoint/dtype`
 */
export function readHeader(bytes: Uint8Array, file: string): Header {
  const damaged = (byte: number, problem: string) =>
    new CheckpointError('checkpoint/damaged', `${file}, byte ${byte}: ${problem}; the file is damaged or cut short`);
  if (bytes.length < 8) throw damaged(bytes.length, `a safetensors file has at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > maximumHeaderBytes) throw damaged(0, `the header cannot be ${length} bytes long`);
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) throw damaged(0, `a header of ${length} bytes does not fit in ${bytes.length}`);
  const header = parseJson(bytes.subarray(8, dataStart));
  if (!isObject(header)) throw damaged(8, 'the header is not a JSON object');
  const { __metadata__: metadata = {}, ...arrays } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw damaged(8, 'the metadata are not an object of texts');
  }
  const entries = Object.entries(arrays).map(([name, value]) => readEntry(name, value, { file, damaged }));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end)
      throw damaged(dataStart + end, `array "${entry.name}" begins at ${dataStart + entry.begin}`);
    ({ end } = entry);
  }
  if (dataStart + end !== bytes.length) {
    throw damaged(Math.min(bytes.length, dataStart + end), `expected ${dataStart + end} bytes, got ${bytes.length}`);
  }
  return { entries, metadata: metadata as Record<string, string>, dataStart };
}

interface EntryContext {
  readonly file: string;
  readonly damaged: (byte: number, problem: string) => CheckpointError;
}

function readEntry(name: string, value: unknown, { file, damaged }: EntryContext): HeaderEntry {
  const broken = (problem: string) => damaged(8, `header of array "${name}": ${problem}`);
  if (!isObject(value)) throw broken('not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw broken('dtype is no text');
  if (!Object.hasOwn(itemSizes, dtype)) {
    const known = Object.keys(itemSizes).join(', ');
    throw new CheckpointError('checkpoint/dtype', `${file}: array "${name}" is ${dtype}; readable are ${known}`);
  }
  if (!isSizes(shape)) throw broken('shape is no list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) throw broken('data_offsets are no two byte positions');
  const [begin, end] = offsets as [number, number];
  const expected = shape.reduce((product, size) => product * size, itemSizes[dtype as SavedType]);
  if (end - begin !== expected) {
    throw broken(`${dtype} [${shape.join(', ')}] takes ${expected} bytes, the offsets say ${end - begin}`);
  }
  return { name, dtype: dtype as SavedType, shape, begin, end };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
