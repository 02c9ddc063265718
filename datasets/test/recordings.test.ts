import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import {
  manifestOf,
  openDataset,
  openManifest,
  type Dataset,
  type Manifest,
  type RecordingRow,
} from '@unroll/datasets';
import { tarFile } from '../scripts/tar-file.js';
import { fromMuLaw, plainWav, readPlainWav, toMuLaw } from '../src/recordings/sound-file.js';
import { readAll, sha256 } from './look-alike.js';

const mirror = mkdtempSync(join(tmpdir(), 'unroll-recordings-'));
afterAll(() => rmSync(mirror, { recursive: true }));

/** A quiet ramp that is told by its slope. */
function clip(slope: number, length: number): Uint8Array {
  return plainWav({ sampleRate: 8000, samples: Int16Array.from({ length }, (_, i) => 4000 + 4 * slope * i) });
}

type Files = Readonly<Record<string, Uint8Array | string>>;

/** A known dataset, but with this archive, and split counts to match. */
async function openedWith(name: string, files: Files, counts: Readonly<Record<string, number>>): Promise<Dataset> {
  const manifest = manifestOf(name);
  const packed = gzipSync(
    tarFile(Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) }))),
  );
  const [file] = manifest.files;
  const folder = join(mirror, (manifest.source as { mirror: string }).mirror);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file!.path), packed);
  const recordings = structuredClone(manifest.recordings!);
  for (const [split, count] of Object.entries(counts)) recordings.splits[split]!.counts.recordings = count;
  const changed: Manifest = {
    ...manifest,
    files: [{ path: file!.path, bytes: packed.length, sha256: sha256(packed) }],
    recordings,
  };
  return openManifest(changed, { mirror, cacheDirectory: join(mirror, 'cache') });
}

async function rowsOf({ splits }: Dataset, split: string): Promise<readonly RecordingRow[]> {
  const text = (await readAll(splits[split]!)).toString();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RecordingRow]));
}

describe('Speech Commands, in an archive of its layout', () => {
  const files: Files = {
    LICENSE: 'text',
    'README.md': 'text',
    '.DS_Store': 'nothing',
    'validation_list.txt': 'bed/0a1b2c3d_nohash_0.wav\nno/ffffffff_nohash_1.wav\n',
    'testing_list.txt': 'bed/00000001_nohash_0.wav\r\n',
    '_background_noise_/README.md': 'text',
    '_background_noise_/white_noise.wav': clip(1, 50),
    'bed/0a1b2c3d_nohash_0.wav': clip(2, 50),
    'bed/0a1b2c3e_nohash_0.wav': clip(3, 50),
    'bed/00000001_nohash_0.wav': clip(4, 50),
    'no/ffffffff_nohash_1.wav': clip(5, 50),
    'no/0a1b2c3e_nohash_12.wav': clip(6, 50),
    'no/notes.txt': 'text',
  };
  const counts = { train: 2, valid: 2, test: 1, background: 1 };

  test('is split by its lists, and noise is kept apart', async () => {
    const dataset = await openedWith('speech-commands', files, counts);
    expect(await rowsOf(dataset, 'train')).toEqual([
      { path: 'bed/0a1b2c3e_nohash_0.wav', label: 'bed', speaker: '0a1b2c3e', transcript: 'bed' },
      { path: 'no/0a1b2c3e_nohash_12.wav', label: 'no', speaker: '0a1b2c3e', transcript: 'no' },
    ]);
    const held = [await rowsOf(dataset, 'valid'), await rowsOf(dataset, 'test')].map((rows) =>
      rows.map(({ path }) => path),
    );
    expect(held).toEqual([['bed/0a1b2c3d_nohash_0.wav', 'no/ffffffff_nohash_1.wav'], ['bed/00000001_nohash_0.wav']]);
    expect(await rowsOf(dataset, 'background')).toEqual([{ path: '_background_noise_/white_noise.wav' }]);
    const { files: tree } = dataset.splits['train']!;
    expect(await readAll(tree!.file('no/0a1b2c3e_nohash_12.wav')!)).toEqual(Buffer.from(clip(6, 50)));
  });

  test('says where a split is not as large as it should be, or a list is missing', async () => {
    await expect(openedWith('speech-commands', files, { ...counts, valid: 3 })).rejects.toMatchObject({
      code: 'dataset/checksum',
      message: 'unroll: the split valid of the dataset speech-commands has 2 recordings where 3 are expected',
    });
    const { 'testing_list.txt': _, ...fewer } = files;
    await expect(openedWith('speech-commands', fewer, counts)).rejects.toThrow(/there is no list testing_list\.txt/);
  });
});

describe('spoken digits', () => {
  const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  const speakers = ['george', 'theo'];
  const takes = [0, 4, 5, 9, 10, 49];
  const files: Record<string, Uint8Array> = {};
  digits.forEach((_, digit) => {
    speakers.forEach((speaker, s) => {
      // every recording is told from its first samples alone
      for (const take of takes) files[`recordings/${digit}_${speaker}_${take}.wav`] = clip(digit + 10 * s, 100 + take);
    });
  });

  test('are split by take or by speaker, with label, speaker, take and transcript', async () => {
    const dataset = await openedWith('free-spoken-digits', files, { train: 80, test: 40 });
    const test = await rowsOf(dataset, 'test');
    expect(test).toContainEqual({
      path: 'recordings/7_theo_4.wav',
      label: '7',
      speaker: 'theo',
      take: '4',
      transcript: 'seven',
    });
    expect(new Set(test.map(({ take }) => take))).toEqual(new Set(['0', '4']));
    expect(new Set((await rowsOf(dataset, 'train')).map(({ take }) => take))).toEqual(new Set(['5', '9', '10', '49']));
    const without = await openedWith('fsdd-without-theo', files, { train: 60, test: 60 });
    expect(new Set((await rowsOf(without, 'train')).map(({ speaker }) => speaker))).toEqual(new Set(['george']));
    expect(new Set((await rowsOf(without, 'test')).map(({ speaker }) => speaker))).toEqual(new Set(['theo']));
  });

  test('are joined to strings whose transcripts say what is in them', async () => {
    const dataset = await openedWith('fsdd-connected', files, { train: 60, valid: 5, test: 20 });
    for (const split of ['train', 'valid', 'test']) {
      const rows = await rowsOf(dataset, split);
      expect(await dataset.splits[split]!.files!.list()).toEqual(rows.map(({ path }) => path));
      for (const { path, transcript, speaker } of rows) {
        const said = transcript!.split(' ');
        expect(said.length).toBeGreaterThanOrEqual(3);
        expect(said.length).toBeLessThanOrEqual(7);
        const { samples } = await readPlainWav(dataset.splits[split]!.files!.file(path)!);
        expect(clipsOf(samples)).toEqual(
          said.map((word) => ({ slope: digits.indexOf(word) + 10 * speakers.indexOf(speaker!), split })),
        );
      }
    }
    const lengths = new Set((await rowsOf(dataset, 'train')).map(({ transcript }) => transcript!.split(' ').length));
    expect([...lengths].toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7]);
  });

  /** What a string consists of: runs that are not noise, their slope over their level, and the split that their length is of. */
  function clipsOf(samples: Int16Array): readonly { slope: number; split: string }[] {
    const found: { slope: number; split: string }[] = [];
    for (let i = 0; i < samples.length; i++) {
      if (samples[i]! < 300) continue;
      const start = i;
      while (samples[i]! >= 300) i += 1;
      const length = i - start;
      const level = samples[start]! / 4000;
      const rise = (samples[i - 1]! - samples[start]!) / (length - 1);
      const take = length - 100;
      found.push({
        slope: Math.abs(Math.round(rise / level / 4)),
        split: take >= 10 ? 'train' : take >= 5 ? 'valid' : 'test',
      });
    }
    return found;
  }

  test('of another sample rate, or of no known form, are named', async () => {
    const mixed = { ...files };
    for (const path of Object.keys(files))
      if (path.includes('/1_')) mixed[path] = plainWav({ sampleRate: 16_000, samples: new Int16Array(200) });
    const dataset = await openedWith('fsdd-connected', mixed, { train: 60, valid: 5, test: 20 });
    const [row] = (await rowsOf(dataset, 'train')).filter(
      ({ transcript }) => /one/.test(transcript!) && /t|s/.test(transcript!),
    );
    await expect(readAll(dataset.splits['train']!.files!.file(row!.path)!)).rejects.toThrow(
      /clips differ in sample rate/,
    );
    const text = {
      name: 'a.wav',
      bytes: async function* () {
        yield Buffer.from('no sound at all, but long enough');
      },
    };
    await expect(readPlainWav(text)).rejects.toMatchObject({ code: 'data/audio' });
  });
});

test('strings are the same bytes everywhere', async () => {
  const { splits } = await openDataset('spoken-phrases', { mirror: '', cacheDirectory: '/dev/null/never' });
  const files = splits['test']!.files!;
  const found = await Promise.all(
    ['test/001.wav', 'test/120.wav'].map(async (path) => sha256(await readAll(files.file(path)!))),
  );
  expect(found.map((text) => text.slice(0, 16))).toEqual(['72311eeb8a14c433', 'c2e064903fba2bcc']);
  expect(sha256(await readAll(splits['train']!)).slice(0, 16)).toBe('9d3a0c5fc1e5d9bc');
});

test('mu-law goes there and back, and the largest step is what G.711 says', () => {
  // 127 is a second zero
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 127);
  expect(bytes.map((byte) => toMuLaw(fromMuLaw(byte)))).toEqual(bytes);
  expect([0, 0x80, 0xff, 0x7f, 0x0f].map(fromMuLaw)).toEqual([-32_124, 32_124, 0, -0, -16_764]);
  for (let sample = -32_768; sample <= 32_767; sample += 37) {
    const step = Math.max(8, Math.abs(sample) / 16);
    expect(Math.abs(fromMuLaw(toMuLaw(sample)) - sample)).toBeLessThanOrEqual(
      step + (Math.abs(sample) > 32_635 ? 512 : 0),
    );
  }
});
