import { DataError } from '@unroll/core/errors';
import type { RandomAccess } from './random-access.js';

/** A file inside a tar archive. */
export interface TarEntry {
  /** `/` between folders, without `./` at the beginning */
  readonly path: string;
  /** of its first byte in the archive */
  readonly offset: number;
  readonly size: number;
}

export interface TarLimits {
  readonly entries: number;
  /** bytes of one file */
  readonly fileBytes: number;
}

export const tarLimits: TarLimits = { entries: 2_000_000, fileBytes: 2 ** 33 };

const block = 512;
/** of names and other facts that do not fit a header */
const longestFacts = 64 * 1024;
const longestPath = 1000;

/**
 * The regular files of a tar archive: POSIX ustar and pax, GNU's long names, and the old form before both. Folders are passed over.
 * Nothing is unpacked, so no path of an archive becomes one of this machine; those that would lead out of a folder are refused all
 * the same, and so are links and devices, which a file of sounds has no use for.
 *
 * @param name - of the archive, for messages
 * @throws {DataError} `data/archive` for what is no tar, is cut off, or exceeds a limit
 */
export async function readTarIndex(
  archive: RandomAccess,
  name: string,
  limits: TarLimits = tarLimits,
): Promise<readonly TarEntry[]> {
  const entries = new Map<string, TarEntry>();
  let facts: Facts = {};
  let position = 0;
  while (position < archive.size) {
    const header = await archive.read(position, position + block);
    const where = `${name}, byte ${position}`;
    if (header.length < block) throw broken(where, 'the archive ends inside a header');
    if (header.every((byte) => byte === 0)) break;
    const { path, size, kind } = { ...readHeader(header, where), ...facts };
    position += block;
    if (size > limits.fileBytes) throw broken(where, `${path} has ${size} bytes; ${limits.fileBytes} are allowed`);
    if (position + size > archive.size) {
      throw broken(
        where,
        `the archive ends inside ${path}: ${size} bytes are announced, ${archive.size - position} are there`,
      );
    }
    if (kind === 'facts' || kind === 'name') {
      if (size > longestFacts) throw broken(where, `${size} bytes of facts; ${longestFacts} are allowed`);
      const content = await archive.read(position, position + size);
      facts = { ...facts, ...(kind === 'name' ? { path: cString(content) } : readPax(content, where)) };
    } else if (kind !== 'ignored') {
      facts = {};
      if (kind === 'file') add(entries, { path: checkedPath(path, where), offset: position, size });
      if (entries.size > limits.entries) throw broken(where, `more than ${limits.entries} files`);
    }
    position += Math.ceil(size / block) * block;
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A path that comes again replaces the file before it, as it does where archives are unpacked. */
function add(entries: Map<string, TarEntry>, entry: TarEntry): void {
  entries.set(entry.path, entry);
}

interface Facts {
  readonly path?: string;
  readonly size?: number;
}

interface Header {
  readonly path: string;
  readonly size: number;
  readonly kind: 'file' | 'folder' | 'facts' | 'name' | 'ignored';
}

const kinds: Readonly<Record<string, Header['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'folder',
  x: 'facts',
  g: 'ignored',
  L: 'name',
};

function readHeader(header: Uint8Array, where: string): Header {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (readNumber(header.subarray(148, 156)) !== sum) {
    throw broken(where, 'this is no tar header (wrong checksum); the file is damaged or no tar archive');
  }
  const letter = String.fromCharCode(header[156]!);
  const isPosix = cString(header.subarray(257, 263)) === 'ustar';
  const prefix = isPosix ? cString(header.subarray(345, 500)) : '';
  const ending = cString(header.subarray(0, 100));
  const path = prefix === '' ? ending : `${prefix}/${ending}`;
  const kind = kinds[letter];
  if (kind === undefined) {
    const what = letter === '1' || letter === '2' ? 'a link' : `an entry of kind ${JSON.stringify(letter)}`;
    throw broken(where, `${path} is ${what}; only files and folders are read`);
  }
  const size = readNumber(header.subarray(124, 136));
  if (size === undefined) throw broken(where, `${path} has no size`);
  // Before ustar a folder was a file whose name ends so.
  return { path, size, kind: kind === 'file' && path.endsWith('/') ? 'folder' : kind };
}

/** Octal digits between spaces and zeros, or big-endian binary after a first byte of 128. */
function readNumber(field: Uint8Array): number | undefined {
  if (field[0] === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = cString(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** Records of `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
function readPax(content: Uint8Array, where: string): Facts {
  const values = new Map<string, string>();
  for (let start = 0; start < content.length;) {
    const space = content.indexOf(0x20, start);
    const length = Number(cString(content.subarray(start, space)));
    const end = start + length;
    if (space < 0 || !Number.isInteger(length) || end <= space || end > content.length || content[end - 1] !== 0x0a) {
      throw broken(where, 'the pax header is damaged');
    }
    const record = new TextDecoder().decode(content.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    values.set(record.slice(0, equals), record.slice(equals + 1));
    start = end;
  }
  const path = values.get('path');
  const size = values.get('size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw broken(where, 'the pax header has no sound size');
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size: Number(size) }) };
}

function cString(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function checkedPath(path: string, where: string): string {
  const segments = path.split('/').filter((segment, i) => segment !== '.' && !(segment === '' && i > 0));
  const leaves = segments.includes('..') || segments[0] === '' || /[\\\0]|^[A-Za-z]:/.test(path);
  if (leaves || segments.length === 0 || path.length > longestPath) {
    throw broken(where, `the path ${JSON.stringify(path.slice(0, 100))} leads out of the archive or is too long`);
  }
  return segments.join('/');
}

function broken(where: string, problem: string): DataError {
  return new DataError('data/archive', `${where}: ${problem}`);
}
