import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addVoice, matchVoices, readVoices, type Voices } from './voices.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-voices-'));
});
afterAll(() => rm(folder, { recursive: true }));

const none: Voices = { fingerprint: 'ab12', size: 2, voices: [] };

test('a voice is the mean of its recordings, whenever they came', () => {
  const at = (degrees: number) =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
  const once = addVoice(none, 'anna', [at(10), at(50)]);
  expect(once.voices[0]!.embeddings).toHaveLength(2);
  const both = addVoice(addVoice(once, 'bob', [at(120)]), 'anna', [at(30)]);
  const [best, second] = matchVoices(both, at(75));
  expect(best!.name).toBe('anna');
  expect(best!.value).toBeCloseTo(Math.cos((45 * Math.PI) / 180), 6);
  expect(second!.value).toBeCloseTo(best!.value, 6);
});

test('a file of voices is read again, by the model that it is of', async () => {
  const path = join(folder, 'voices.json');
  const voices = addVoice(none, 'anna', [Float32Array.of(1, 0)]);
  await writeFile(path, JSON.stringify(voices));
  expect(await readVoices(path, none)).toEqual(voices);
  await expect(readVoices(path, { fingerprint: 'other' })).rejects.toThrow(/as another model hears them/);
  await writeFile(path, JSON.stringify({ ...voices, size: 3 }));
  await expect(readVoices(path, none)).rejects.toThrow(/is no file of voices/);
  await expect(readVoices(join(folder, 'none.json'), none)).rejects.toThrow(/there is no such file/);
});
