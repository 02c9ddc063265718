import { compareVoices, createRecognizer, enroll, type Recognition, type Recording } from '@unroll/audio-recognition';
import { expectClose, tolerances } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { smallModel } from './models.js';
import { recordingOf, toneRecordings, toneWord } from './tones.js';

async function recognize(
  recordings: readonly Recording[],
  input: Parameters<typeof smallModel>[0] = {},
): Promise<readonly Recognition[]> {
  const recognizer = createRecognizer(smallModel(input));
  const results: Recognition[] = [];
  for await (const result of recognizer.recognize(recordings)) results.push(result);
  recognizer.dispose();
  return results;
}

const values = (numbers: Float32Array) => ({ shape: [numbers.length], values: numbers });

describe('a recogniser', () => {
  test('answers in the order of the recordings, whatever is computed at once', async () => {
    const recordings = toneRecordings(['abcd', 'a', 'bc', 'd', 'cab']);
    const all = await recognize(recordings);
    expect(all.map(({ name }) => name)).toEqual(recordings.map(({ name }) => name));
    for (const [i, recording] of recordings.entries()) {
      const [alone] = await recognize([recording]);
      expectClose(values(alone!.probabilities!), values(all[i]!.probabilities!), tolerances.forward);
      expect(alone!.probabilities!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    }
  });

  test('gives the results of those before a file that cannot be read, then says what is wrong with it', async () => {
    const [one, two, three] = toneRecordings(['a', 'b']) as [Recording, Recording, Recording];
    const broken: Recording = {
      ...two,
      file: {
        name: 'broken.wav',
        async *bytes() {
          yield await Promise.resolve(new TextEncoder().encode('no sound'));
        },
      },
    };
    const before = tf.memory().numTensors;
    const recognizer = createRecognizer(smallModel());
    const names: string[] = [];
    const read = async () => {
      for await (const { name } of recognizer.recognize([one, broken, three])) names.push(name);
    };
    await expect(read()).rejects.toThrow('broken.wav is no WAV file');
    expect(names).toEqual([one.name]);
    recognizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('hears sound of another rate as the model does, and warns of it and of silence', async () => {
    const silent = recordingOf(new Float32Array(8000), { name: 'silent.wav' });
    const fast = recordingOf(toneWord('ab'), { name: 'fast.wav' }, 16_000);
    const [one, two] = await recognize([silent, fast]);
    expect(one!.warnings.map((warning) => warning.split(':')[0])).toEqual(['silence']);
    expect(two!.warnings).toEqual(['sample rate: it has 16000 Hz and was resampled to 8000 Hz']);
  });

  test('normalises by speaker over what it is given of them', async () => {
    const input = { features: { normalization: 'speaker' } } as const;
    const recordings = toneRecordings(['ab', 'cd']).filter(({ speaker }) => speaker === 'plain');
    const together = await recognize(recordings, input);
    const [alone] = await recognize(recordings.slice(0, 1), input);
    expect([...alone!.probabilities!]).not.toEqual([...together[0]!.probabilities!]);
  });

  test('stops where it is told to', async () => {
    const recognizer = createRecognizer(smallModel());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(recognizer.recognize(toneRecordings(), { signal })[Symbol.asyncIterator]().next()).rejects.toThrow(
      'enough',
    );
    recognizer.dispose();
  });
});

describe('voices', () => {
  test('a voice is the mean of its recordings, of length 1', () => {
    const voice = enroll([Float32Array.of(1, 0), Float32Array.of(0.6, 0.8)]);
    expectClose(values(voice), values(Float32Array.of(1.6 / Math.sqrt(3.2), 0.8 / Math.sqrt(3.2))), tolerances.forward);
    expect(compareVoices(voice, Float32Array.of(2, 1))).toBeCloseTo(1, 6);
    expect(compareVoices(Float32Array.of(1, 0), Float32Array.of(-3, 0))).toBeCloseTo(-1, 6);
  });

  test('voices of different models are refused', () => {
    expect(() => enroll([])).toThrow('a voice needs at least one recording');
    expect(() => compareVoices(new Float32Array(3), new Float32Array(4))).toThrow('voices of one model have 3 numbers');
  });
});
