import { describe, expect, test } from 'vitest';
import { crc32c } from '../crc32c.js';
import { encodeFileVersion, encodeRecord, encodeScalarEvent, maskedCrc32c } from './tensorboard.js';

describe('CRC-32C', () => {
  // The examples of RFC 3720, appendix B.4, and the check value of the polynomial.
  test.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('of %s', (_, data, expected) => {
    expect(crc32c(data)).toBe(expected);
  });

  test('is masked by rotating right by 15 bits and adding a constant', () => {
    // 0xe3069283 rotated is 0x2507c60d; plus 0xa282ead8 is 0xc78ab0e5.
    expect(maskedCrc32c(new TextEncoder().encode('123456789'))).toBe(0xc78ab0e5);
  });
});

describe('event files', () => {
  test('begin with their version, as written out by hand', () => {
    const data = [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x1a, 13, ...new TextEncoder().encode('brain.Event:2')];
    expect([...readRecords(encodeFileVersion(1))[0]!]).toEqual(data);
  });

  test('hold scalars by tag, step and time', () => {
    const scalars = { 'train/loss': 1.5, 'valid/loss nats': -0.25 };
    const [event] = readRecords(encodeScalarEvent({ wallTimeSeconds: 1_700_000_000.25, step: 2 ** 35 + 300, scalars }));
    expect(readEvent(event!)).toEqual({ wallTime: 1_700_000_000.25, step: 2 ** 35 + 300, scalars });
  });

  test('records follow one another', () => {
    const first = Uint8Array.of(1, 2, 3);
    const second = Uint8Array.from({ length: 300 }, (_, i) => i);
    const file = Buffer.concat([encodeRecord(first), encodeRecord(second), encodeRecord(new Uint8Array(0))]);
    expect(readRecords(file)).toEqual([first, second, new Uint8Array(0)]);
  });
});

/** Reads TFRecords and checks both sums of each. */
function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.slice(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    records.push(new Uint8Array(data));
    at += length + 16;
  }
  return records;
}

type Fields = Map<number, (bigint | Uint8Array)[]>;

/** Any protocol buffer message: values by field number, fixed and variable numbers as their bits. */
function readMessage(data: Uint8Array): Fields {
  const fields: Fields = new Map();
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const tag = Number(readVarint());
    const values = fields.get(tag >> 3) ?? [];
    fields.set(tag >> 3, values);
    if ((tag & 7) === 0) values.push(readVarint());
    else if ((tag & 7) === 1) {
      values.push(view.getBigUint64(at, true));
      at += 8;
    } else if ((tag & 7) === 5) {
      values.push(BigInt(view.getUint32(at, true)));
      at += 4;
    } else {
      const length = Number(readVarint());
      values.push(data.slice(at, at + length));
      at += length;
    }
  }
  return fields;
}

function readEvent(data: Uint8Array) {
  const event = readMessage(data);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, event.get(1)![0] as bigint);
  const summary = readMessage(event.get(5)![0] as Uint8Array);
  const scalars = summary.get(1)!.map((value) => {
    const fields = readMessage(value as Uint8Array);
    const float = new DataView(new ArrayBuffer(4));
    float.setUint32(0, Number(fields.get(2)![0]));
    return [new TextDecoder().decode(fields.get(1)![0] as Uint8Array), float.getFloat32(0)];
  });
  return {
    wallTime: bits.getFloat64(0),
    step: Number(event.get(2)![0]),
    scalars: Object.fromEntries(scalars) as object,
  };
}
