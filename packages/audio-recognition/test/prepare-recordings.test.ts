import {
  createBatchSource,
  parseAudioRecognitionConfig,
  prepareRecordings,
  type AudioRecognitionConfigInput,
  type Batch,
  type Recording,
} from '@unroll/audio-recognition';
import { randomKey } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import { describe, expect, test } from 'vitest';
import { recordingOf, toneRecordings, toneWord } from './tones.js';

const small: AudioRecognitionConfigInput = { features: { mels: 8 } };
const set = (name: string, recordings: readonly Recording[]) => ({ name, recordings });
const prepare = (input: AudioRecognitionConfigInput, ...sets: readonly (readonly Recording[])[]) => {
  const [train, valid, test] = sets;
  return prepareRecordings(
    { train: set('train', train!), valid: valid && set('valid', valid), test: test && set('test', test) },
    parseAudioRecognitionConfig({ ...small, ...input }),
  );
};
const clip = (samples: Float32Array, name: string, facts: Partial<Recording> = {}) =>
  recordingOf(samples, { name, label: 'a', speaker: 's', transcript: 'a', take: name, ...facts });

describe('recordings for training', () => {
  test('the sample rate is that of most, and everything else is resampled and counted', async () => {
    const others = [recordingOf(new Float32Array(16_000).fill(0.1), { name: 'x.wav', label: 'b' }, 16_000)];
    const prepared = await prepare({}, [...toneRecordings(), ...others], toneRecordings());
    expect(prepared.facts.sampleRate).toBe(8000);
    expect(prepared.config.data.sampleRate).toBe(8000);
    expect(prepared.notes.join('\n')).toContain(
      'train: 1 recordings have another sample rate and were resampled: x.wav',
    );
  });

  test('features are normalised by the training split alone', async () => {
    const [one, two] = [
      await prepare({}, toneRecordings(['a', 'b']), toneRecordings(['c', 'd'])),
      await prepare({}, toneRecordings(['a', 'b']), toneRecordings(['a'])),
    ];
    expect(one.facts.mean).toEqual(two.facts.mean);
    const size = one.facts.featureSize;
    const sums = new Float64Array(size);
    const { examples, frames } = one.splits.train;
    for (const { features } of examples) features.forEach((value, i) => (sums[i % size]! += value / frames));
    expectClose(
      { shape: [size], values: sums },
      { shape: [size], values: new Float64Array(size) },
      { rtol: 0, atol: 1e-4 },
    );
  });

  test('what is too short, too long or has too long a transcript is left out of training alone, and counted', async () => {
    const odd = [
      clip(toneWord('a').subarray(0, 60), 'short.wav'),
      clip(new Float32Array(9000).fill(0.01), 'long.wav'),
      clip(toneWord('a').subarray(0, 500), 'hasty.wav', { transcript: 'abcabcabcabc' }),
    ];
    const all = [...toneRecordings(), ...odd];
    const prepared = await prepare({ task: 'transcribe', data: { maximumSeconds: 1 } }, all, all);
    expect(prepared.dropped).toEqual({ short: 1, long: 1, impossible: 1 });
    expect(prepared.splits.train.examples).toHaveLength(all.length - 3);
    expect(prepared.splits.train.recordings.map(({ name }) => name)).toEqual(toneRecordings().map(({ name }) => name));
    expect(prepared.splits.valid.examples).toHaveLength(all.length);
    expect(prepared.notes).toEqual(
      expect.arrayContaining([
        'train: 1 recordings are shorter than one frame and are left out: short.wav',
        'train: 1 recordings are longer than 1 s and are left out: long.wav',
        'train: 1 recordings have fewer steps than their transcript needs and are left out: hasty.wav',
        'valid: 1 recordings are shorter than one frame and were filled with zeros: short.wav',
      ]),
    );
    await expect(prepare({ task: 'transcribe', impossible: 'error' }, all, all)).rejects.toThrow(
      'train: 1 recordings have fewer steps than their transcript needs, among them hasty.wav',
    );
  });

  test('clips become equally long where that is asked: the middle, or zeros behind', async () => {
    const prepared = await prepare({ data: { clipSeconds: 0.25 } }, toneRecordings(), toneRecordings());
    expect(new Set(prepared.splits.train.examples.map(({ frames }) => frames)).size).toBe(1);
  });

  test.each([
    [{ task: 'speaker' }, [clip(toneWord('a'), 'x.wav')], 'all 1 training recordings have the speaker "s"'],
    [
      {},
      [recordingOf(toneWord('a'), { name: 'x.wav', line: 7 })],
      'line 7 (x.wav) has no label, which the task "classify" learns',
    ],
    [{}, [], 'train has no recording'],
  ] as const)('%j of data without answers says what is missing', async (input, recordings, message) => {
    await expect(prepare(input, recordings, recordings)).rejects.toThrow(message);
  });

  test('a transcript with a symbol that training does not have is named with its line', async () => {
    const odd = clip(toneWord('a'), 'x.wav', { transcript: 'axe', line: 4 });
    await expect(prepare({ task: 'transcribe' }, toneRecordings(), [odd])).rejects.toThrow('line 4 (x.wav)');
  });

  test('a class that training does not have is nobody of those it has', async () => {
    const prepared = await prepare({}, toneRecordings(['a', 'b']), toneRecordings(['a', 'c']));
    expect(prepared.facts.classes.tokens).toEqual(['a', 'b']);
    expect(prepared.splits.valid.examples.map(({ target }) => target)).toEqual([0, 0, -1, -1]);
  });
});

describe('batches', () => {
  const collect = async (input: AudioRecognitionConfigInput, epoch: number, part: 'train' | 'valid' = 'train') => {
    const prepared = await prepare({ ...input, batches: { recordings: 3 } }, toneRecordings(), toneRecordings());
    const { facts, config, splits } = prepared;
    const source = createBatchSource(splits.train.examples, { facts, config, part });
    const batches: Batch[] = [];
    for await (const batch of source.batches(epoch, randomKey(5), 0)) batches.push(batch);
    expect(batches).toHaveLength(source.batchesPerEpoch);
    return batches;
  };
  const augmentation: AudioRecognitionConfigInput['augmentation'] = {
    speed: { chance: 0.9 },
    noise: { chance: 0.9 },
    specAugment: { chance: 0.9 },
  };

  test('hold every recording once, with zeros behind the shorter ones', async () => {
    const batches = await collect({}, 0);
    expect(batches.flatMap(({ targets }) => [...targets!]).sort((a, b) => a - b)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    for (const { features, lengths, timeSteps, batchSize } of batches) {
      expect(timeSteps).toBe(Math.max(...lengths));
      const padding = features.filter(
        (_, i) => Math.floor(i / (8 * batchSize)) >= lengths[Math.floor(i / 8) % batchSize]!,
      );
      expect(padding.every((value) => value === 0)).toBe(true);
    }
  });

  test('are changed anew in each epoch, the same for the same key, and never in validation', async () => {
    const [first, again, other] = [
      await collect({ augmentation }, 0),
      await collect({ augmentation }, 0),
      await collect({ augmentation }, 1),
    ];
    expect(again).toEqual(first);
    expect(new Set(other.flatMap(({ lengths }) => [...lengths]))).not.toEqual(
      new Set(first.flatMap(({ lengths }) => [...lengths])),
    );
    expect(await collect({ augmentation }, 0, 'valid')).toEqual(await collect({}, 0, 'valid'));
  });

  test('of augmented sound have the features of that sound: nothing drawn changes nothing', async () => {
    const still = { gain: { chance: 0.9, decibels: [0, 0] as [number, number] } };
    const [plain, changed] = [await collect({}, 2), await collect({ augmentation: still }, 2)];
    plain.forEach((batch, i) => {
      const [one, other] = [changed[i]!.features, batch.features].map((values) => ({ shape: [values.length], values }));
      expectClose(one!, other!, tolerances.backward);
    });
  });
});
