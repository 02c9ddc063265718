import { createFeatures, parseAudioRecognitionConfig } from '@unroll/audio-recognition';
import { expect, test } from 'vitest';
import { madeLabels, madeLogits, madeSound } from '../../made-data.js';
import { audioShapes, type CtcShape } from '../../models.js';
import { startCtc } from './ctc.js';
import { startLogMel } from './log-mel.js';
import { startRecognizer } from './recognizer.js';

const request = { request: 'start', precision: 'float32', threads: 1, seed: 1 } as const;
const twice = { count: 2, budgetMs: 10_000 };

test('features are those of the librosa convention, and their mean is told', async () => {
  const session = startLogMel({ ...request, shape: { ...audioShapes.features, seconds: 1 } });
  const { ms, meanDecibels } = await session.run('features', twice);
  const features = {
    convention: 'librosa',
    windowSeconds: 0.025,
    hopSeconds: 0.01,
    fftSize: 512,
    mels: 80,
    lowHertz: 20,
  } as const;
  const values = createFeatures(parseAudioRecognitionConfig({ features }).features, 16_000).extract(madeSound(16_000));
  expect(ms).toHaveLength(2);
  expect(values).toHaveLength(101 * 80);
  expect(meanDecibels).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
});

/** −ln of the sum over all ways to say `labels` in all frames, by trying every one. @param rows - probabilities */
function lossByTrying(rows: readonly (readonly number[])[], labels: readonly number[]): number {
  const says = (path: readonly number[]) => path.filter((id, t) => id !== 0 && id !== path[t - 1]);
  let paths: { readonly path: readonly number[]; readonly probability: number }[] = [{ path: [], probability: 1 }];
  for (const row of rows) {
    paths = paths.flatMap(({ path, probability }) =>
      row.map((p, id) => ({ path: [...path, id], probability: probability * p })),
    );
  }
  const right = paths.filter(({ path }) => says(path).join() === labels.join());
  return -Math.log(right.reduce((sum, { probability }) => sum + probability, 0));
}

test('the CTC loss is the mean over sequences of the sum over all alignments', async () => {
  const shape: CtcShape = { task: 'ctc', timeSteps: 5, batchSize: 3, symbols: 4, shortest: 1, longest: 2 };
  const { ms, lossNats } = await startCtc({ ...request, shape }).run('loss', twice);
  const logits = madeLogits(shape);
  const losses = madeLabels(shape).map((labels, row) => {
    const rows = Array.from({ length: 5 }, (_, t) => {
      const powers = Array.from(logits.subarray((t * 3 + row) * 4, (t * 3 + row + 1) * 4), (value) => Math.exp(value));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.map((power) => power / sum);
    });
    return lossByTrying(rows, [...labels]);
  });
  expect(ms).toHaveLength(2);
  expect(lossNats).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 3, 4);
});

test('a recogniser hears a recording as a whole and live, and each piece is timed', async () => {
  const features = { ...audioShapes.features, seconds: 0.5, mels: 6 };
  const shape = { ...audioShapes.recognizer, features, layers: 2, hiddenSize: 5 };
  const session = startRecognizer({ ...request, shape });
  const symbols = 26 + 2;
  expect(session.parameters).toBe((6 + 5 + 1) * 20 + (5 + 5 + 1) * 20 + (5 + 1) * symbols);
  expect((await session.run('whole', twice)).ms).toHaveLength(2);
  expect((await session.run('live', twice)).ms).toHaveLength(2);
  expect((await session.run('piece', twice)).ms).toHaveLength(2 * 25);
  expect((await session.run('piece', { count: 2, budgetMs: 0 })).ms).toHaveLength(25);
});
