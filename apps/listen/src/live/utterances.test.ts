import { readSound } from '@unroll/audio-recognition';
import { expect, test } from 'vitest';
import { recordingOf, utterancesOf } from './utterances.js';

const sampleRate = 8000;

/** Silence with a little noise, and a hum from each of `starts` for 0.4 s. */
function stream(seconds: number, starts: readonly number[]): Float32Array {
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    const t = i / sampleRate;
    const hum = starts.some((start) => t >= start && t < start + 0.4) ? 0.3 * Math.sin(2 * Math.PI * 440 * t) : 0;
    return hum + 0.0005 * Math.sin(i * 12.9898);
  });
}

async function cut(samples: Float32Array, length: number) {
  async function* pieces() {
    for (let at = 0; at < samples.length; at += length) yield samples.subarray(at, at + length);
  }
  const found = [];
  for await (const utterance of utterancesOf(pieces(), sampleRate)) found.push(utterance);
  return found;
}

test('what lies between pauses, with the samples of its time, in pieces of any length', async () => {
  const samples = stream(6, [1, 3.5]);
  const [first, second, ...others] = await cut(samples, 160);
  expect(others).toEqual([]);
  expect(first!.start).toBeLessThan(1);
  expect(first!.end).toBeGreaterThan(1.4);
  expect(second!.start).toBeGreaterThan(3);
  for (const { start, end, sound } of [first!, second!]) {
    expect(sound.samples).toEqual(samples.slice(Math.round(start * sampleRate), Math.round(end * sampleRate)));
  }
  expect(await cut(samples, 7919)).toEqual([first, second]);
});

test('what goes on at the end is an utterance, too; silence is none', async () => {
  expect(await cut(stream(2, [1.7]), 400)).toHaveLength(1);
  expect(await cut(stream(2, []), 400)).toEqual([]);
});

test('a sound in memory is a recording of 16 bits', async () => {
  const samples = stream(0.5, [0.1]);
  const { sound } = await readSound(recordingOf('here', { samples, sampleRate }));
  expect(sound.sampleRate).toBe(sampleRate);
  expect(Math.max(...sound.samples.map((value, i) => Math.abs(value - samples[i]!)))).toBeLessThan(1 / 32_768);
});
