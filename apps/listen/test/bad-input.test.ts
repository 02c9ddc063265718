import { writeWav } from '@unroll/audio-recognition';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hum, run, sampleRate, small, succeed, Workplace, writeClips, writeSpoken } from './command-line.js';

const place = new Workplace();
const model = place.path('model');
const good = Buffer.from(writeWav(hum({ word: 'abc', seed: 1 })));

/** What is wrong with a command line, in its one line. */
async function complaint(
  ...args: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly line: string }> {
  const { exitCode, stdout, stderr } = await run([...args, '--quiet']);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toContain('bug in unroll');
  return { exitCode, line: stderr.trimEnd() };
}

/** A copy of the good file with some bytes changed. */
function changed(change: (bytes: Buffer) => Buffer): Buffer {
  return change(Buffer.from(good));
}

function floats(samples: readonly number[]): Buffer {
  const bytes = Buffer.concat([good.subarray(0, 44), Buffer.alloc(4 * samples.length)]);
  bytes.writeUInt32LE(36 + 4 * samples.length, 4);
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt32LE(4 * sampleRate, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.writeUInt32LE(4 * samples.length, 40);
  samples.forEach((sample, i) => bytes.writeFloatLE(sample, 44 + 4 * i));
  return bytes;
}

beforeAll(async () => {
  const data = writeClips(place, 'words', { words: ['ab', 'cd'], takes: 4 });
  await succeed(['train', '--data', data, ...small, '--epochs', '2', '--threads', '1', '--out', model, '--quiet']);
});
afterAll(() => place.remove());

describe('files of one command', () => {
  test('that are no sound are told in a line each, the others are answered, and it ends with 1', async () => {
    const bad: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
      ['text.wav', Buffer.from('this is a letter'), /is no WAV file.*convert/i],
      ['empty.wav', Buffer.alloc(0), /is empty/],
      ['flac.wav', Buffer.from('fLaC\0\0\0\x22something'), /it is a FLAC file/],
      ['nothing.wav', changed((bytes) => bytes.fill(0, 40, 44).subarray(0, 44)), /has no samples/],
      ['adpcm.wav', changed((bytes) => bytes.fill(0x11, 20, 21)), /IMA ADPCM.*0x0011/],
      ['nan.wav', floats([0.1, 0.2, Number.NaN, 0.3]), /NaN|no number/],
    ];
    const first = place.write('first.wav', good);
    const last = place.write('last.wav', good);
    const paths = bad.map(([name, bytes]) => place.write(name, bytes));
    const result = await run(['classify', '--model', model, first, ...paths, place.path('none.wav'), last, '--quiet']);
    expect(result.exitCode).toBe(1);
    expect(result.stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([first, last, '']);
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(bad.length + 2);
    bad.forEach(([name, , message], i) => {
      expect(lines[i]).toMatch(/^unroll: /);
      expect(lines[i]).toContain(name);
      expect(lines[i]).toMatch(message);
    });
    expect(lines.at(-2)).toMatch(/none\.wav: there is no such file/);
    expect(lines.at(-1)).toBe('7 recordings could not be read');
  });

  test('that can be read with care are read, and what is odd is said', async () => {
    const loud = hum({ word: 'abc', seed: 1 }).samples.map((value) => 40 * value);
    const odd: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
      ['truncated.wav', good.subarray(0, good.length - 1001), /truncated/],
      ['silent.wav', writeWav({ samples: new Float32Array(4000), sampleRate }), /silence/],
      ['loud.wav', writeWav({ samples: loud, sampleRate }), /clipping/],
      ['short.wav', writeWav({ samples: new Float32Array(20).fill(0.1), sampleRate }), /shorter than one frame/],
      [
        'other-rate.wav',
        writeWav({ ...hum({ word: 'abc', seed: 1 }), sampleRate: 11_025 }),
        /11025 Hz.*resampled to 8000 Hz/,
      ],
    ];
    // a stream whose end was not known when its header was written
    const endless = place.write(
      'endless.wav',
      changed((bytes) => bytes.fill(0xff, 4, 8).fill(0xff, 40, 44)),
    );
    const paths = odd.map(([name, bytes]) => place.write(name, bytes));
    const { exitCode, stderr } = await run([
      'features',
      '--model',
      model,
      ...paths,
      endless,
      '--out',
      place.path('tables'),
    ]);
    expect(exitCode).toBe(0);
    for (const [name, , message] of odd) {
      const said = stderr.split('\n').filter((line) => line.includes(`${name}: `));
      expect(said.join()).toMatch(message);
    }
    expect(place.read('tables', 'endless.csv').split('\n').length).toBeGreaterThan(30);
  });
});

describe('data that cannot be learnt from', () => {
  test('a folder without sound, and one that is not there', async () => {
    place.write('letters/a/one.txt', 'hello');
    expect(await complaint('train', '--data', place.path('letters'))).toMatchObject({
      exitCode: 1,
      line: expect.stringMatching(/letters/) as unknown,
    });
    expect((await complaint('train', '--data', place.path('nowhere'))).line).toMatch(/nowhere/);
  });

  test('files of a manifest that are missing are named at once', async () => {
    const list = writeSpoken(place, 'spoken', { count: 4 });
    const rows = place.read('spoken', 'list.csv');
    place.write('spoken/holes.csv', `${rows}gone.wav,ab,ida\nlost.wav,cd,otto\n`);
    const { exitCode, line } = await complaint(
      'train',
      '--data',
      list.replace('list', 'holes'),
      '--task',
      'transcribe',
    );
    expect(exitCode).toBe(1);
    expect(line).toMatch(/gone\.wav.*lost\.wav/);
  });

  test('a symbol that training does not have is told with its line', async () => {
    const list = writeSpoken(place, 'spoken', { count: 4 });
    place.write('spoken/odd.csv', place.read('spoken', 'list.csv').replace(/\n(\d+\.wav),/, '\n$1,xß'));
    const args = ['train', '--data', list, '--valid', place.path('spoken/odd.csv'), '--task', 'transcribe', ...small];
    const { exitCode, line } = await complaint(...args);
    expect(exitCode).toBe(1);
    expect(line).toMatch(/line \d.*"x"/);
  });

  test('what is spelt wrong names what there is', async () => {
    expect((await complaint('train', '--data', place.path('words'), '--task', 'sing')).exitCode).toBe(2);
    expect((await complaint('train', '--data', place.path('words'), '--set', 'features.mel=3')).line).toMatch(/mels/);
    expect((await complaint('classify', '--model', model)).line).toMatch(/name WAV files/);
    expect((await complaint('transcribe', '--model', model, place.path('first.wav'))).line).toMatch(/classify/);
  });
});
