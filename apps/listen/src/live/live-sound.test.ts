import { writeWav } from '@unroll/audio-recognition';
import { expect, test } from 'vitest';
import { openLiveSound } from './live-sound.js';

const samples = Float32Array.of(0.5, -0.25, 0.125, 0, 0.75, -1, 0.0625);
const wav = Buffer.from(writeWav({ samples, sampleRate: 11_025 }));

/** A source that hands over one byte at a time. */
function drops(bytes: Uint8Array) {
  return {
    name: 'drops',
    async *bytes() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    },
  };
}

async function all(pieces: AsyncIterable<Float32Array>): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const piece of pieces) found.push(...piece);
  return found;
}

test('raw samples are read as the flags say', async () => {
  const sound = await openLiveSound({ rate: 8000 }, 'mix', drops(wav.subarray(44)));
  expect(sound).toMatchObject({ sampleRate: 8000, described: 'raw s16le, 8000 Hz, 1 channel' });
  expect(await all(sound)).toEqual([...samples]);
  const two = await openLiveSound({ channels: 2 }, 2, drops(wav.subarray(44)));
  expect(await all(two)).toEqual([-0.25, 0, -1]);
});

test('a WAV header is seen, even one that does not know the length', async () => {
  const endless = Buffer.from(wav).fill(0xff, 4, 8).fill(0xff, 40, 44);
  for (const bytes of [wav, endless]) {
    const sound = await openLiveSound({ rate: 8000 }, 'mix', drops(bytes));
    expect(sound).toMatchObject({ sampleRate: 11_025, described: 'WAV, s16le, 11025 Hz, 1 channel' });
    expect(await all(sound)).toEqual([...samples]);
  }
});

test('less than a header is little sound', async () => {
  expect(await all(await openLiveSound({}, 'mix', drops(wav.subarray(44, 46))))).toEqual([0.5]);
  expect(await all(await openLiveSound({}, 'mix', drops(new Uint8Array(0))))).toEqual([]);
});
