import { readSound, readSoundFormat, soundPieces, writeWav, type ReadSoundOptions } from '@unroll/audio-recognition';
import { describe, expect, it } from 'vitest';
import { ascii, bytesSource, chunk, concat, extension, integers, irregular, uint32, wavFile } from './wav-files.js';

async function read(bytes: Uint8Array, options: ReadSoundOptions & { start?: number; end?: number } = {}) {
  const { start, end, ...others } = options;
  const recording = {
    name: 'a.wav',
    file: bytesSource(bytes),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  };
  const { sound, warnings } = await readSound(recording, others);
  return { samples: [...sound.samples], sampleRate: sound.sampleRate, warnings };
}

const values = [-32_768, -12_345, -1, 0, 1, 777, 32_767];
const expected = values.map((value) => value / 32_768);
const plain = integers(values, 2);

describe('forms of samples', () => {
  it.each([
    ['16 bits', wavFile(plain), expected],
    [
      '8 bits, whose zero is 128',
      wavFile(Uint8Array.of(0, 1, 127, 128, 200, 255), { bits: 8 }),
      [-1, -127 / 128, -1 / 128, 0, 72 / 128, 127 / 128],
    ],
    [
      '24 bits',
      wavFile(integers([-(2 ** 23), -70_000, 0, 5, 2 ** 23 - 1], 3), { bits: 24 }),
      [-1, -70_000 / 2 ** 23, 0, 5 / 2 ** 23, 1 - 2 ** -23],
    ],
    ['32 bits', wavFile(integers([-(2 ** 31), 3 * 2 ** 20, 2 ** 30], 4), { bits: 32 }), [-1, 3 / 2 ** 11, 0.5]],
    [
      '32 bits of float',
      wavFile(new Uint8Array(Float32Array.of(-1.5, 0.1, 1).buffer), { code: 3, bits: 32 }),
      [-1.5, Math.fround(0.1), 1],
    ],
    [
      '64 bits of float',
      wavFile(new Uint8Array(Float64Array.of(-0.25, 0.1).buffer), { code: 3, bits: 64 }),
      [-0.25, Math.fround(0.1)],
    ],
    ['12 bits in 16', wavFile(plain, { bits: 12 }), expected],
    // ITU-T G.711: the smallest and largest codes of either sign, and one between.
    [
      'A-law',
      wavFile(Uint8Array.of(0x55, 0xd5, 0x2a, 0xaa, 0x80), { code: 6, bits: 8 }),
      [-8, 8, -32_256, 32_256, 5504].map((v) => v / 32_768),
    ],
    [
      'µ-law',
      wavFile(Uint8Array.of(0xff, 0x00, 0x80, 0xfe, 0x8f), { code: 7, bits: 8 }),
      [0, -32_124, 32_124, 8, 16_764].map((v) => v / 32_768),
    ],
    ['extensible linear', wavFile(plain, { code: 0xfffe, more: extension(1, 16) }), expected],
    [
      'extensible float',
      wavFile(new Uint8Array(Float32Array.of(0.5).buffer), { code: 0xfffe, bits: 32, more: extension(3, 32) }),
      [0.5],
    ],
  ])('reads %s', async (_, bytes, samples) => {
    const sound = await read(bytes);
    expect(sound.samples).toEqual(samples);
    expect(sound.sampleRate).toBe(8000);
  });

  it('takes the mean of channels, or one of them', async () => {
    const bytes = wavFile(integers([100, 300, -500, 1000, 0, 64], 2), { channels: 2, sampleRate: 44_100 });
    expect((await read(bytes)).samples).toEqual([200 / 32_768, 250 / 32_768, 32 / 32_768]);
    expect((await read(bytes, { channel: 2 })).samples).toEqual([300 / 32_768, 1000 / 32_768, 64 / 32_768]);
    await expect(read(bytes, { channel: 3 })).rejects.toMatchObject({
      code: 'data/channel',
      message: 'unroll: a.wav has 2 channels, and channel 3 is asked for (data.channel)',
    });
  });
});

describe('chunks and sizes', () => {
  it('skips chunks of odd sizes around the samples', async () => {
    const before = concat([chunk('LIST', ascii('odd')), chunk('fact', uint32(7))]);
    expect(await read(wavFile(plain, { before, after: chunk('id3 ', ascii('tag')) }))).toEqual({
      samples: expected,
      sampleRate: 8000,
      warnings: [],
    });
  });

  it('reads RF64, whose size stands in a chunk of its own', async () => {
    const sizes = new Uint8Array(28);
    new DataView(sizes.buffer).setBigUint64(8, BigInt(plain.length), true);
    const bytes = wavFile(plain, {
      riff: 'RF64',
      riffSize: 0xffff_ffff,
      dataSize: 0xffff_ffff,
      before: chunk('ds64', sizes),
      after: chunk('LIST', ascii('abcd')),
    });
    expect(await read(bytes)).toEqual({ samples: expected, sampleRate: 8000, warnings: [] });
  });

  it('reads to the end what a program wrote to a pipe', async () => {
    for (const size of [0xffff_ffff, 0x7fff_fff0, 0x8000_0000]) {
      expect(await read(wavFile(plain, { riffSize: size, dataSize: size }))).toMatchObject({
        samples: expected,
        warnings: [],
      });
    }
  });

  it('reads a header that was never finished, and says so', async () => {
    const { samples, warnings } = await read(wavFile(plain, { riffSize: 0, dataSize: 0 }));
    expect(samples).toEqual(expected);
    expect(warnings).toEqual(['header: its header gives no size (0 bytes): all that follows is read as sound']);
  });

  it('says that the size of the file is wrong', async () => {
    const { samples, warnings } = await read(wavFile(plain, { riffSize: 999 }));
    expect(samples).toEqual(expected);
    expect(warnings).toEqual([
      'header: its header gives a size of 1007 bytes, and the file has 58: its 14 bytes of sound are read',
    ]);
  });

  it('reads what is there of truncated samples, and says how much is lost', async () => {
    const bytes = wavFile(plain);
    expect(await read(bytes.subarray(0, bytes.length - 5))).toEqual({
      samples: expected.slice(0, 4),
      sampleRate: 8000,
      warnings: [
        'truncated: its header promises 7 samples, and 4 are there',
        'truncated: its last sample is incomplete and left out',
      ],
    });
  });

  it('reads a part by seconds', async () => {
    const bytes = wavFile(
      integers(
        Array.from({ length: 80 }, (_, i) => 10 * i),
        2,
      ),
      { sampleRate: 100 },
    );
    const { samples } = await read(bytes, { start: 0.1, end: 0.135 });
    expect(samples.map((value) => Math.round(value * 32_768))).toEqual([100, 110, 120, 130]);
    expect((await read(bytes, { start: 0.7, end: 2 })).warnings).toEqual([
      'segment: it ends at 0.800 s, before the end that is asked for, 2 s',
    ]);
    await expect(read(bytes, { start: 1 })).rejects.toMatchObject({
      code: 'data/segment',
      message: 'unroll: a.wav ends at 0.800 s, before the start that is asked for, 1 s',
    });
  });
});

describe('what cannot be read', () => {
  it.each([
    ['nothing', new Uint8Array(0), 'data/not-wav', 'a.wav is empty'],
    [
      'text',
      ascii('hello, world'),
      'data/not-wav',
      'a.wav is no WAV file; if it is sound of another kind, convert it: ffmpeg -i a.wav -c:a pcm_s16le a-16bit.wav',
    ],
    ['FLAC', ascii('fLaC\0\0\0"\x10\0\x10\0'), 'data/not-wav', 'it is a FLAC file'],
    ['MP3', Uint8Array.of(0xff, 0xfb, 0x90, 0x44, 0, 0, 0, 0, 0, 0, 0, 0), 'data/not-wav', 'it is an MP3 file'],
    ['AIFF', ascii('FORM\0\0\0\0AIFF'), 'data/not-wav', 'it is an AIFF file'],
    ['MPEG-4', ascii('\0\0\0\x20ftypM4A '), 'data/not-wav', 'it is an MPEG-4 file'],
    ['AVI', ascii('RIFF\0\0\0\0AVI LIST'), 'data/not-wav', 'it is an AVI video'],
    ['RIFX', ascii('RIFX\0\0\0\0WAVE'), 'data/not-wav', 'the other way round'],
    ['no samples at all', wavFile(new Uint8Array(0)), 'data/empty-sound', 'a.wav has no samples'],
    ['no chunk of samples', wavFile(plain).subarray(0, 36), 'data/wav-header', 'it has no samples'],
    ['a cut header', wavFile(plain).subarray(0, 30), 'data/wav-header', 'has 10 bytes of 16'],
    [
      'samples first',
      concat([ascii('RIFF'), uint32(0), ascii('WAVE'), chunk('data', plain)]),
      'data/wav-header',
      'before their description',
    ],
    [
      'a huge description',
      concat([ascii('RIFF'), uint32(0), ascii('WAVE'), chunk('fmt ', plain, 0xffff_fff0)]),
      'data/wav-header',
      'claims 4294967280 bytes',
    ],
    [
      'ADPCM',
      wavFile(plain, { code: 0x11, bits: 4 }),
      'data/wav-format',
      'holds IMA ADPCM samples (format code 0x0011), which are not read; convert it: ffmpeg -i a.wav -c:a pcm_s16le a-16bit.wav',
    ],
    ['an unknown code', wavFile(plain, { code: 0x1234 }), 'data/wav-format', 'format code 0x1234'],
    ['40 bits', wavFile(plain, { bits: 40 }), 'data/wav-format', 'samples of 40 bits (format code 0x0001)'],
    ['extensible ADPCM', wavFile(plain, { code: 0xfffe, more: extension(2, 4) }), 'data/wav-format', 'Microsoft ADPCM'],
    [
      'extensible of a kind without a number',
      wavFile(plain, { code: 0xfffe, more: new Uint8Array(24) }),
      'data/wav-format',
      'has no number',
    ],
    ['no channels', wavFile(plain, { channels: 0 }), 'data/wav-header', 'claims 0 channels'],
    [
      'very many channels',
      wavFile(plain, { channels: 60_000, blockBytes: 2 }),
      'data/wav-header',
      'claims 60000 channels',
    ],
    ['no sample rate', wavFile(plain, { sampleRate: 0 }), 'data/wav-header', 'claims 0 samples a second'],
    ['a wrong block', wavFile(plain, { blockBytes: 3 }), 'data/wav-header', 'and it claims 3'],
  ])('names %s', async (...[, bytes, code, message]) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('quotes a path for the shell', async () => {
    const recording = { name: 'a', file: bytesSource(ascii('OggS\0\0\0\0\0\0\0\0'), "my file's.ogg") };
    await expect(readSound(recording)).rejects.toThrow(
      String.raw`ffmpeg -i 'my file'\''s.ogg' -c:a pcm_s16le 'my file'\''s-16bit.wav'`,
    );
  });

  it.each([[NaN], [-Infinity]])('names the sample that is %s', async (wrong) => {
    const samples = new Float32Array(400);
    samples[301] = wrong;
    const bytes = wavFile(new Uint8Array(samples.buffer), { code: 3, bits: 32, channels: 2 });
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'data/nan',
      message: `unroll: a.wav: sample 151 (at 0.019 s, channel 2) is ${wrong}, no number; repair the file, or cut this place out with start and end`,
    });
  });

  it('refuses what would fill the memory', async () => {
    await expect(read(wavFile(integers(values, 2), { sampleRate: 2 }), { longestSeconds: 3 })).rejects.toMatchObject({
      code: 'data/too-long',
    });
  });
});

describe('what is said of a sound', () => {
  const sixteen = (samples: ArrayLike<number>) =>
    wavFile(
      integers(
        Array.from(samples, (v) => Math.max(-32_768, Math.min(32_767, Math.round(32_768 * v)))),
        2,
      ),
    );

  it('counts clipped samples, and no single peaks', async () => {
    const loud = irregular(1000, 0.9);
    loud[500] = 1;
    expect((await read(sixteen(loud))).warnings).toEqual([]);
    expect((await read(sixteen(loud.map((v, i) => (i >= 300 && i < 350 ? 2 : v))))).warnings).toEqual([
      'clipping: 5.0 % of the samples are cut off at full scale',
    ]);
  });

  it('names silence', async () => {
    expect((await read(sixteen(new Float32Array(100)))).warnings).toEqual([
      'silence: no sample is above -80 dB of full scale',
    ]);
  });

  it('says that it was resampled', async () => {
    const { samples, sampleRate, warnings } = await read(sixteen(irregular(801)), { sampleRate: 16_000 });
    expect([samples.length, sampleRate]).toEqual([1602, 16_000]);
    expect(warnings).toEqual(['sample rate: it has 8000 Hz and was resampled to 16000 Hz']);
  });
});

describe('soundPieces', () => {
  it('gives the same samples in pieces of any size, resampled too', async () => {
    const bytes = wavFile(
      integers(
        Array.from(irregular(5000), (v) => Math.round(20_000 * v)),
        2,
      ),
      { channels: 2 },
    );
    for (const sampleRate of [undefined, 11_025]) {
      const whole = await readSound({ name: 'a', file: bytesSource(bytes, 'a', 1 << 20) }, { sampleRate });
      for (const size of [1, 3, 1000]) {
        const pieces: number[] = [];
        for await (const samples of await soundPieces(bytesSource(bytes, 'a', size), { sampleRate }))
          pieces.push(...samples);
        expect(pieces).toEqual([...whole.sound.samples]);
      }
    }
  });

  it('closes the source when it is not read to the end', async () => {
    let open = 0;
    const content = wavFile(new Uint8Array(10_000).fill(3));
    const file = {
      name: 'a',
      async *bytes() {
        open += 1;
        try {
          for (let i = 0; i < content.length; i += 100) yield content.subarray(i, i + 100);
        } finally {
          open -= 1;
        }
      },
    };
    for await (const samples of await soundPieces(file)) if (samples.length > 0) break;
    await (await soundPieces(file)).close();
    expect(await readSoundFormat(file)).toEqual({ encoding: 's16le', channels: 1, sampleRate: 8000, seconds: 0.625 });
    await expect(
      soundPieces({
        ...file,
        async *bytes() {
          open += 1;
          try {
            yield ascii('no WAV at all');
          } finally {
            open -= 1;
          }
        },
      }),
    ).rejects.toThrow('no WAV file');
    expect(open).toBe(0);
  });
});

describe('writeWav', () => {
  it('is read as it was written, to 16 bits', async () => {
    const samples = irregular(999);
    const { samples: again, sampleRate, warnings } = await read(writeWav({ samples, sampleRate: 22_050 }));
    expect(sampleRate).toBe(22_050);
    expect(warnings).toEqual([]);
    for (const [i, value] of again.entries()) expect(Math.abs(value - samples[i]!)).toBeLessThanOrEqual(2 ** -16);
    expect((await read(writeWav({ samples: Float32Array.of(-3, 3), sampleRate: 8 }))).samples).toEqual([
      -1,
      1 - 2 ** -15,
    ]);
  });
});
