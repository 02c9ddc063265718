import { isNumbers, type Argument, type Numbers, type Use } from '../calls/arguments.js';

const marginBytes = 128;

interface Placed {
  readonly name: string;
  readonly use: Use;
  readonly original: Numbers;
  readonly view: Numbers;
}

/** Runs of one byte, to compare with. */
const patterns = new Map<number, Buffer>();
function pattern(byte: number, length: number): Buffer {
  const known = patterns.get(byte);
  if (known !== undefined && known.length >= length) return known.subarray(0, length);
  patterns.set(byte, Buffer.alloc(Math.max(length, 4096), byte));
  return pattern(byte, length);
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** The same numbers, all not-a-numbers being one. */
function sameNumbers(a: Numbers, b: Numbers): boolean {
  if (bytesOf(a).equals(bytesOf(b))) return true;
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/**
 * The arrays of one call, each buffer of them in memory of its own between bytes that nobody may change. What a function fills
 * is full of the same byte before.
 */
export class Placement {
  /** The call's arguments, its arrays replaced. */
  readonly values: unknown[];
  private readonly placed: Placed[] = [];
  private readonly memories = new Map<ArrayBufferLike, ArrayBuffer>();
  private readonly fill: number;
  private readonly shiftElements: number;

  /** @param shiftElements - how far from an aligned address the arrays begin */
  constructor(call: readonly Argument[], fill: number, shiftElements: number) {
    this.fill = fill;
    this.shiftElements = shiftElements;
    this.values = call.map(({ value, use }, position) => this.place(value, use, `argument ${position + 1}`));
  }

  private place(value: unknown, use: Use, name: string): unknown {
    if (Array.isArray(value)) return value.map((each, i) => this.place(each, use, `${name}[${i}]`));
    if (!isNumbers(value)) return value;
    const begin = marginBytes + this.shiftElements * value.BYTES_PER_ELEMENT;
    const constructor = value.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => Numbers;
    const view = new constructor(this.memoryOf(value.buffer, begin), begin + value.byteOffset, value.length);
    if (use !== 'fills') view.set(value);
    this.placed.push({ name, use, original: value, view });
    return view;
  }

  /** The place of a buffer's bytes; arrays that lie in one buffer do so again. */
  private memoryOf(original: ArrayBufferLike, begin: number): ArrayBuffer {
    let memory = this.memories.get(original);
    if (memory === undefined) {
      memory = new ArrayBuffer(begin + original.byteLength + marginBytes);
      Buffer.from(memory).fill(this.fill);
      this.memories.set(original, memory);
    }
    return memory;
  }

  /** Every array, whatever the arguments have become. */
  arrays(): Numbers[] {
    return this.placed.map(({ view }) => view);
  }

  /** The arrays around which something was written. Those without memory any more are left out. */
  brokenMargins(): string[] {
    return this.placed.flatMap(({ name, view, original }) => {
      if (view.buffer.byteLength === 0 || view.byteLength !== original.byteLength) return [];
      const all = Buffer.from(view.buffer as ArrayBuffer);
      const begin = view.byteOffset - original.byteOffset;
      const isWhole = (part: Buffer) => part.equals(pattern(this.fill, part.length));
      return isWhole(all.subarray(0, begin)) && isWhole(all.subarray(begin + original.buffer.byteLength)) ? [] : [name];
    });
  }

  /** The arrays that were only to be read and have changed. */
  changedInputs(): string[] {
    const read = this.placed.filter(({ use }) => use === 'reads');
    return read.filter(({ view, original }) => !sameNumbers(view, original)).map(({ name }) => name);
  }

  /** The results that are not those of another run of the same call. */
  differentResults(other: Placement): string[] {
    const written = this.placed.map((placed, i) => ({ ...placed, twin: other.placed[i]!.view }));
    return written.filter(({ use, view, twin }) => use !== 'reads' && !sameNumbers(view, twin)).map(({ name }) => name);
  }
}
