import { encodings, pcmPieces, type PcmOptions } from '@unroll/audio-recognition';
import { describe, expect, it } from 'vitest';
import { bytesSource, integers } from './wav-files.js';

async function collect(bytes: Uint8Array, options: PcmOptions, size: number): Promise<readonly number[]> {
  const all: number[] = [];
  for await (const samples of pcmPieces(bytesSource(bytes, 'standard input', size), options)) all.push(...samples);
  return all;
}

describe('pcmPieces', () => {
  it.each([
    ['u8', Uint8Array.of(0, 128, 255), [-1, 0, 127 / 128]],
    ['s16le', integers([-32_768, 3, 32_767], 2), [-1, 3 / 32_768, 32_767 / 32_768]],
    ['s24le', integers([-(2 ** 23), 3, 2 ** 22], 3), [-1, 3 / 2 ** 23, 0.5]],
    ['s32le', integers([-(2 ** 31), 2 ** 20, 2 ** 30], 4), [-1, 2 ** -11, 0.5]],
    ['f32le', new Uint8Array(Float32Array.of(-1.25, 0.1).buffer), [-1.25, Math.fround(0.1)]],
    ['f64le', new Uint8Array(Float64Array.of(-1.25, 0.1).buffer), [-1.25, Math.fround(0.1)]],
    ['alaw', Uint8Array.of(0x2a, 0xd5), [-32_256 / 32_768, 8 / 32_768]],
    ['mulaw', Uint8Array.of(0x00, 0xfe), [-32_124 / 32_768, 8 / 32_768]],
  ] as const)('reads %s in pieces that cut samples in two', async (encoding, bytes, expected) => {
    for (const size of [1, 2, 3, 5, 100]) expect(await collect(bytes, { encoding }, size)).toEqual(expected);
  });

  it('knows every encoding that is listed', () => {
    expect([...encodings]).toEqual(['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw']);
  });

  it('is 16 bits of one channel unless told otherwise; a last half sample is dropped', async () => {
    expect(await collect(Uint8Array.of(0, 64, 0, 192, 1), {}, 2)).toEqual([0.5, -0.5]);
  });

  it('takes the mean of channels, or one', async () => {
    const bytes = integers([100, 200, 300, -100, -200, 600], 2);
    expect(await collect(bytes, { channels: 3 }, 5)).toEqual([200 / 32_768, 100 / 32_768]);
    expect(await collect(bytes, { channels: 3, channel: 3 }, 5)).toEqual([300 / 32_768, 600 / 32_768]);
  });

  it('gives what it has before more comes', async () => {
    const arrived: string[] = [];
    const source = {
      name: 'standard input',
      async *bytes() {
        for (const value of [1, 2]) {
          arrived.push(`bytes ${value}`);
          yield integers([value], 2);
        }
      },
    };
    for await (const samples of pcmPieces(source)) arrived.push(`samples ${32_768 * samples[0]!}`);
    expect(arrived).toEqual(['bytes 1', 'samples 1', 'bytes 2', 'samples 2']);
  });

  it('names what is wrong', async () => {
    expect(() => pcmPieces(bytesSource(new Uint8Array(2)), { encoding: 'mp3' as 'u8' })).toThrow(
      'no encoding is called "mp3"; there are u8, s16le, ',
    );
    await expect(
      collect(new Uint8Array(Float32Array.of(0, NaN).buffer), { encoding: 'f32le', sampleRate: 10 }, 8),
    ).rejects.toThrow('standard input: sample 2 (at 0.100 s) is NaN, no number');
    await expect(collect(new Uint8Array(2), { channel: 2 }, 8)).rejects.toThrow(
      'standard input has one channel, and channel 2 is asked for',
    );
  });
});
