import {
  createRecognizer,
  type AudioRecognitionConfigInput,
  type Recognition,
  type Recognizer,
} from '@unroll/audio-recognition';
import { hasKernel, pathCounts, StackStepper } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { frames, smallModel } from './models.js';
import { recordingOf, toneRate, toneWord } from './tones.js';

const oneWay: AudioRecognitionConfigInput['model'] = {
  bidirectional: false,
  causal: true,
  convolutions: [{ filters: 3, kernel: [3, 3], stride: [2, 2] }],
};

const variants: readonly (readonly [string, AudioRecognitionConfigInput])[] = [
  ['classes by mean', { model: oneWay }],
  ['classes by the greatest', { model: { ...oneWay, pooling: 'max' } }],
  ['classes by attention', { model: { ...oneWay, pooling: 'attention', cell: 'lstm' } }],
  ['voices by the last step', { task: 'speaker', model: { ...oneWay, pooling: 'last' } }],
  ['text', { task: 'transcribe', model: { ...oneWay, cell: 'lstm' } }],
  ['text of running normalisation', { task: 'transcribe', features: { normalization: 'running' }, model: oneWay }],
  ['text by beam search', { task: 'transcribe', decoding: { beam: 4 }, model: { ...oneWay, convolutions: [] } }],
];

async function wholeOf(recognizer: Recognizer, samples: Float32Array): Promise<Recognition> {
  const recordings = [recordingOf(samples, { name: 'whole.wav' })];
  const options = { times: true, posteriors: true };
  for await (const result of recognizer.recognize(recordings, options)) return result;
  throw new Error('no result');
}

/** As 16 bits keep them. */
const kept = (samples: Float32Array) => samples.map((value) => Math.round(value * 32768) / 32768);

function expectEqual(live: Recognition, whole: Recognition): void {
  const tolerance = { rtol: 1e-5, atol: 1e-5 };
  const numbers = (values: Float32Array | undefined) => ({ shape: [values?.length ?? 0], values: values ?? [] });
  for (const name of ['probabilities', 'embedding', 'posteriors'] as const) {
    expectClose(numbers(live[name]), numbers(whole[name]), tolerance);
  }
  expect(live.transcripts?.map(({ text }) => text)).toEqual(whole.transcripts?.map(({ text }) => text));
  expect(live.times?.map(({ symbol, start, end }) => [symbol, start, end])).toEqual(
    whole.times?.map(({ symbol, start, end }) => [symbol, start, end]),
  );
}

describe.each(variants)('live sound: %s', (_, input) => {
  test.each([160, 37, 4000])('in pieces of %i samples is what the whole is', async (piece) => {
    const recognizer = createRecognizer(smallModel(input));
    const samples = kept(toneWord('abdc'));
    const live = recognizer.live({ times: true, posteriors: true });
    for (let from = 0; from < samples.length; from += piece) live.push(samples.slice(from, from + piece));
    expectEqual(live.end(), await wholeOf(recognizer, samples));
    recognizer.dispose();
  });
});

test.each(['lstm', 'gru', 'elman-tanh'] as const)('each step of a stream is one call of the engine: %s', (cell) => {
  const model = smallModel({ task: 'transcribe', model: { ...oneWay, convolutions: [], cell } });
  const features = frames(7);
  const path = hasKernel(StackStepper) ? 'fused' : 'steps';
  const before = pathCounts(StackStepper)[path];
  const stream = model.stream();
  const pieces = [0, 2, 5, 6].map((from, i, all) => stream.push(features.slice(from * 6, (all[i + 1] ?? 7) * 6)));
  expect(pathCounts(StackStepper)[path]).toBe(before + 7);
  stream.dispose();
  tf.tidy(() => {
    const encoded = model.encode({ features, lengths: Int32Array.of(7), timeSteps: 7, batchSize: 1 });
    const logits = { shape: [7, 1, 4], values: pieces.flatMap((piece) => [...piece]) };
    expectClose(logits, model.symbolLogits(encoded), tolerances.forward);
  });
  model.dispose();
});

test('nothing that is kept grows with time, and the end frees all of it', () => {
  const model = smallModel({ model: { ...oneWay, pooling: 'attention' } });
  const before = tf.memory().numTensors;
  const live = createRecognizer(model).live();
  const piece = toneWord('ab').subarray(0, 160);
  const counts = Array.from({ length: 40 }, () => {
    live.push(piece);
    return tf.memory().numTensors;
  });
  expect(new Set(counts.slice(10)).size).toBe(1);
  live.end();
  expect(tf.memory().numTensors).toBe(before);
  expect(() => live.push(piece)).toThrow('this recording has ended');
  model.dispose();
});

test('sound of another rate is resampled; what is shorter than a frame is filled and says so', async () => {
  const recognizer = createRecognizer(smallModel({ model: oneWay }));
  const fast = recognizer.live({ sampleRate: 2 * toneRate });
  fast.push(new Float32Array(2 * toneRate));
  const silent = fast.end();
  expect(silent.seconds).toBe(1);
  expect(silent.warnings[0]).toContain('silence');
  const live = recognizer.live();
  live.push(kept(toneWord('a')).slice(400, 450));
  const short = live.end();
  expect(short.warnings).toEqual([
    'too short: it has 50 samples at 8000 Hz, one frame needs 200; it was filled with zeros',
  ]);
  expectEqual(short, await wholeOf(recognizer, kept(toneWord('a')).slice(400, 450)));
  recognizer.dispose();
});

test.each([
  [{ model: { bidirectional: true } }, 'train one with model.bidirectional=false for live sound'],
  [{ model: { ...oneWay, causal: false } }, 'train one with model.causal=true for live sound'],
  [{ model: oneWay, features: { normalization: 'utterance' } }, 'features.normalization'],
] as const)('a model that needs the whole is refused: %j', (input, message) => {
  const recognizer = createRecognizer(smallModel(input));
  expect(() => recognizer.live()).toThrow(message);
  recognizer.dispose();
});
