import { soundPieces } from '@unroll/audio-recognition';
import { expect, it } from 'vitest';
import { wavFile } from './wav-files.js';

const seconds = 3600;
const sampleRate = 16_000;

/** An hour of 16 bits in pieces of 64 KiB that are made as they are asked for. */
function hour() {
  const dataSize = 2 * seconds * sampleRate;
  const header = wavFile(new Uint8Array(0), { sampleRate, dataSize, riffSize: dataSize + 36 });
  const pieceBytes = 1 << 16;
  return {
    name: 'hour.wav',
    size: header.length + dataSize,
    async *bytes() {
      yield header;
      for (let start = 0; start < dataSize; start += pieceBytes) {
        yield new Uint8Array(Math.min(pieceBytes, dataSize - start)).fill(1 + ((start / pieceBytes) % 7));
      }
    },
  };
}

it('is read in flat memory', async () => {
  let count = 0;
  let peak = 0;
  const pieces = await soundPieces(hour());
  const before = process.memoryUsage().arrayBuffers;
  for await (const samples of pieces) {
    count += samples.length;
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }
  expect(count).toBe(seconds * sampleRate);
  expect(pieces.warnings).toEqual([]);
  // All samples would be 230 MB; pieces that wait for the garbage collector are not.
  expect(peak).toBeLessThan(100e6);
});

it('is not read up to a part of it, where the file can be entered anywhere', async () => {
  const file = hour();
  let read = 0;
  const counted = async function* (offset: number) {
    // The header is 44 bytes, and all pieces behind it are alike in length.
    for (let at = offset; at < file.size; at += 1 << 16) {
      read += 1 << 16;
      yield new Uint8Array(Math.min(1 << 16, file.size - at)).fill(at % 251);
    }
  };
  const options = { start: 1800.5, end: 1801 };
  const first = 44 + 2 * 1800.5 * sampleRate;
  const samples: number[] = [];
  for await (const piece of await soundPieces({ ...file, bytesFrom: counted }, options)) samples.push(...piece);
  expect(samples).toHaveLength(0.5 * sampleRate);
  expect(samples[0]).toBe(((first % 251) * 257) / 32_768 - ((first % 251) * 257 >= 32_768 ? 2 : 0));
  expect(read).toBe(1 << 16);
});
