import { isUnrollError } from '@unroll/core';
import { readSound, readSoundFormat } from '@unroll/audio-recognition';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascii, bytesSource, chunk, extension, integers, wavFile } from './wav-files.js';

const samples = integers([1, -2, 300, -4000, 50, 6, 7, 8], 2);
const seeds = [
  wavFile(samples),
  wavFile(samples, { bits: 24, channels: 2, before: chunk('LIST', ascii('abc')), blockBytes: 6 }),
  wavFile(samples, { code: 0xfffe, bits: 32, more: extension(3, 32) }),
  wavFile(samples, { riff: 'RF64', before: chunk('ds64', new Uint8Array(28).fill(1)) }),
  wavFile(samples, { code: 7, bits: 8 }),
];
const interesting = [0, 1, 2, 3, 7, 8, 16, 24, 32, 64, 127, 128, 254, 255];

/** A right file with bytes changed, cut short, or with bytes put in. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(fc.tuple(fc.nat(80), fc.oneof(fc.constantFrom(...interesting), fc.nat(255))), { maxLength: 4 }),
    inserted: fc.tuple(
      fc.nat(60),
      fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.uint8Array({ maxLength: 12 })),
    ),
    length: fc.oneof(fc.constant(1000), fc.nat(120)),
  })
  .map(({ seed, changes, inserted: [at, bytes], length }) => {
    const file = Uint8Array.of(...seed.subarray(0, at), ...bytes, ...seed.subarray(at));
    for (const [place, value] of changes) if (place < file.length) file[place] = value;
    return file.subarray(0, length);
  });

/** Samples, or the line that says why there are none; any other error is thrown on. */
async function attempt(bytes: Uint8Array, size: number): Promise<Float32Array | string> {
  const file = bytesSource(bytes, 'a.wav', size);
  try {
    const { sound } = await readSound({ name: 'a.wav', file });
    await readSoundFormat(file);
    return sound.samples;
  } catch (error) {
    if (isUnrollError(error)) return error.message;
    throw error;
  }
}

it('reads whatever bytes there are, or says in one line why not', async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(mutated, fc.constantFrom(1, 5, 1000), async (bytes, size) => {
      const result = await attempt(bytes, size);
      const samples = typeof result === 'string' ? [] : [...result];
      read += Math.min(1, samples.length);
      // No header makes more of the bytes than there are.
      expect(samples.length).toBeLessThanOrEqual(bytes.length);
      expect(samples.every(Number.isFinite)).toBe(true);
      expect(typeof result === 'string' ? result : '').not.toMatch(/\n|undefined|NaN s/);
    }),
    { numRuns: 2000, seed: 7 },
  );
  // Most mutations of the header forbid reading; not all of them.
  expect(read).toBeGreaterThan(300);
});
