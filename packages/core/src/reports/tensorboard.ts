import { crc32c } from '../crc32c.js';

/**
 * TensorBoard event files with scalar summaries.
 *
 * A file is a list of TFRecords: length (uint64), masked CRC-32C of the length, data, masked CRC-32C of the data, all
 * little-endian. The data is an `Event` in protocol buffer encoding, with these fields alone:
 *
 *   Event { 1: wall_time double, 2: step int64, 3: file_version string, 5: summary Summary }
 *   Summary { 1: repeated Value { 1: tag string, 2: simple_value float } }
 */

export interface ScalarEvent {
  /** seconds since 1970 */
  readonly wallTimeSeconds: number;
  /** a whole number from 0 on */
  readonly step: number;
  /** values by tag: `train/loss` */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What a file begins with. @param wallTimeSeconds - since 1970 */
export function encodeFileVersion(wallTimeSeconds: number): Uint8Array {
  return encodeRecord(concatenate([doubleField(1, wallTimeSeconds), bytesField(3, utf8('brain.Event:2'))]));
}

/** One event as a record that can be appended to a file. */
export function encodeScalarEvent(event: ScalarEvent): Uint8Array {
  const values = Object.entries(event.scalars).map(([tag, value]) =>
    bytesField(1, concatenate([bytesField(1, utf8(tag)), floatField(2, value)])),
  );
  return encodeRecord(
    concatenate([
      doubleField(1, event.wallTimeSeconds),
      concatenate([fieldTag(2, wireVarint), varint(event.step)]),
      bytesField(5, concatenate(values)),
    ]),
  );
}

/** TFRecord framing. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** A CRC of data that holds CRCs is weak, so records store it rotated and shifted. */
export function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const wireVarint = 0;
const wire64 = 1;
const wireBytes = 2;
const wire32 = 5;

function fieldTag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...bytes, rest]);
}

function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concatenate([fieldTag(field, wire64), bytes]);
}

function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatenate([fieldTag(field, wire32), bytes]);
}

function bytesField(field: number, data: Uint8Array): Uint8Array {
  return concatenate([fieldTag(field, wireBytes), varint(data.length), data]);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
