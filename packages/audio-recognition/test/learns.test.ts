import { deriveKey, randomKey, train } from '@unroll/core';
import {
  createRecognitionModel,
  createRecognitionTask,
  createRecognizer,
  parseAudioRecognitionConfig,
  prepareRecordings,
  type AudioRecognitionConfigInput,
  type Recognition,
} from '@unroll/audio-recognition';
import { expect, test, vi } from 'vitest';
import { toneRecordings } from './tones.js';

// many small networks take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

/** Trains on words of tones, and says what the recogniser then makes of them. */
async function learn(input: AudioRecognitionConfigInput) {
  const config = parseAudioRecognitionConfig({
    ...input,
    features: { mels: 10, hopSeconds: 0.04, windowSeconds: 0.032 },
    model: { hiddenSize: 12, layers: 1, ...input.model },
    batches: { recordings: 8 },
    training: {
      epochs: 12,
      optimizer: { name: 'adam', learningRate: 0.03 },
      clipNorm: 1,
      evaluateEverySteps: 1000,
      ...input.training,
    },
  });
  const recordings = toneRecordings(['a', 'cd', 'bba']);
  const set = { name: 'tones', recordings };
  const prepared = await prepareRecordings({ train: set, valid: set }, config);
  const key = randomKey(config.seed);
  const model = createRecognitionModel({
    config: prepared.config,
    facts: prepared.facts,
    key: deriveKey(key, 'model'),
  });
  const task = createRecognitionTask({ config: prepared.config, model, prepared });
  const scores: Record<string, number>[] = [];
  for await (const event of train(task, { config: config.training, key, clock: () => 0 })) {
    if (event.type === 'evaluation') scores.push(event.scores);
  }
  const recognizer = createRecognizer(model);
  const results: Recognition[] = [];
  for await (const result of recognizer.recognize(recordings)) results.push(result);
  recognizer.dispose();
  expect(results.map(({ name }) => name)).toEqual(recordings.map(({ name }) => name));
  return { scores, results, recordings, classes: prepared.facts.classes };
}

type Learnt = Awaited<ReturnType<typeof learn>>;

function named({ results, classes }: Learnt): readonly string[] {
  return results.map(({ probabilities }) => classes.token(probabilities!.indexOf(Math.max(...probabilities!))));
}

test('a BiGRU learns by heart which word a clip is', async () => {
  const learnt = await learn({ task: 'classify' });
  expect(named(learnt)).toEqual(learnt.recordings.map(({ label }) => label));
  expect(learnt.scores.at(-1)!['accuracy']).toBe(1);
});

test('so does one with convolutions and attention, on waveforms that change', async () => {
  const learnt = await learn({
    task: 'classify',
    augmentation: { gain: { chance: 0.5 }, noise: { chance: 0.5, decibels: [20, 30] }, specAugment: { chance: 0.3 } },
    model: { convolutions: [{ filters: 4, kernel: [5, 3], stride: [1, 2] }], pooling: 'query', dense: [12] },
  });
  expect(learnt.scores.at(-1)!['accuracy']).toBe(1);
});

test('an LSTM in one direction learns to write what was said', async () => {
  const learnt = await learn({
    task: 'transcribe',
    model: { cell: 'lstm', bidirectional: false, hiddenSize: 20 },
    training: { epochs: 30 },
  });
  expect(learnt.results.map(({ transcripts }) => transcripts![0]!.text)).toEqual(
    learnt.recordings.map(({ transcript }) => transcript),
  );
  expect(learnt.scores.at(-1)!['cer']).toBe(0);
});

test('voices are told apart, and embeddings of one voice lie nearer to each other than to the other', async () => {
  const learnt = await learn({
    task: 'speaker',
    model: { embeddingSize: 8, cosineMargin: 0.3 },
    training: { epochs: 24, optimizer: { name: 'adam', learningRate: 0.015 } },
  });
  const voices = learnt.recordings.map(({ speaker }) => speaker);
  expect(named(learnt)).toEqual(voices);
  const cosine = (i: number, j: number) =>
    learnt.results[i]!.embedding!.reduce((sum, value, k) => sum + value * learnt.results[j]!.embedding![k]!, 0);
  const pairs = voices.flatMap((one, i) =>
    voices.slice(i + 1).map((other, k) => ({ same: one === other, cosine: cosine(i, i + 1 + k) })),
  );
  const mean = (same: boolean) => {
    const found = pairs.filter((pair) => pair.same === same);
    return found.reduce((sum, pair) => sum + pair.cosine / found.length, 0);
  };
  expect(mean(true)).toBeGreaterThan(mean(false) + 0.2);
  expect(cosine(0, 0)).toBeCloseTo(1, 5);
});
