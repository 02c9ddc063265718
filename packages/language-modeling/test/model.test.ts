import { deriveKey, hasKernel, pathCounts, randomKey, StackStepper, type Vocabulary } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  evaluateLanguageModel,
  generate,
  generateIds,
  languageModelLoss,
  parseLanguageModelConfig,
  prepareText,
  scoreSentences,
  tokenLogProbabilities,
  type Batch,
  type LanguageModel,
  type LanguageModelConfigInput,
  type TokenStream,
} from '@unroll/language-modeling';
import { sampleText, textSource } from './sources.js';

// many small models take their time on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const batches = { batchSize: 2, truncationSteps: 5 };

function build(model: LanguageModelConfigInput['model'], vocabularySize = 11, seed = 3): LanguageModel {
  return createLanguageModel(
    parseLanguageModelConfig({ model: { hiddenSize: 6, ...model }, batches }),
    vocabularySize,
    randomKey(seed),
  );
}

function stream(length: number, vocabularySize = 11): TokenStream {
  const ids = Uint8Array.from({ length }, (_, i) => (i * i + 3 * i) % vocabularySize);
  return { name: 'made up', ids, characters: length };
}

const variants: readonly (readonly [string, LanguageModelConfigInput['model']])[] = [
  ['lstm', {}],
  ['gru', { cell: 'gru', layers: 3 }],
  ['elman-tanh', { cell: 'elman-tanh', layers: 1 }],
  ['elman-relu', { cell: 'elman-relu', initialization: { kind: 'uniform', scale: 0.2 } }],
  ['tied', { tiedEmbedding: true }],
  ['one-hot', { embeddingSize: 'one-hot' }],
  ['layer norm', { layerNorm: true, embeddingSize: 4 }],
];

function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const row = (values: ArrayLike<number>) => ({ shape: [values.length], values });
  expectClose(row(actual), row(expected), tolerances.forward);
}

describe('scores', () => {
  test('a model that knows nothing has the vocabulary size as perplexity', async () => {
    const model = build({ initialization: { kind: 'uniform', scale: 1e-12 } });
    const scores = await evaluateLanguageModel(model, { ...stream(60), characters: 240 });
    expect(scores.perplexity).toBeCloseTo(11, 5);
    expect(scores.tokens).toBe(59);
    expect(scores.lossNats).toBeCloseTo(Math.log(11), 6);
    // four characters a token
    expect(scores.bitsPerCharacter).toBeCloseTo(Math.log2(11) / 4, 6);
    model.dispose();
  });

  test.each(variants)('%s: the length of the segments makes no difference', async (_name, options) => {
    const model = build(options);
    const text = stream(40);
    const whole = await tokenLogProbabilities(model, text.ids, { segmentLength: 1000 });
    for (const segmentLength of [1, 7]) {
      expectSame(await tokenLogProbabilities(model, text.ids, { segmentLength }), whole);
    }
    const { lossNats } = await evaluateLanguageModel(model, text, { segmentLength: 9 });
    expect(lossNats).toBeCloseTo(-whole.reduce((sum, value) => sum + value, 0) / 39, 5);
    model.dispose();
  });

  test('log-probabilities are those of softmax over the logits', async () => {
    const model = build({});
    const { ids } = stream(6);
    const scores = await tokenLogProbabilities(model, ids);
    const expected = tf.tidy(() => {
      const { hidden } = model.forward(tf.tensor2d(Int32Array.from(ids.subarray(0, 5)), [5, 1], 'int32'));
      const logits = model.logits(tf.reshape(hidden, [5, 6])).arraySync();
      return logits.map((row, i) => row[ids[i + 1]!]! - Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)));
    });
    expectSame(scores, expected);
    model.dispose();
  });

  test('nothing stays in memory', async () => {
    const model = build({});
    const before = tf.memory();
    await evaluateLanguageModel(model, stream(40), { segmentLength: 7 });
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors - Object.keys(model.parameters).length);
  });

  test('evaluation can be stopped', async () => {
    const model = build({});
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(evaluateLanguageModel(model, stream(40), { signal })).rejects.toThrow('enough');
    model.dispose();
  });
});

describe('the loss', () => {
  const window = (mask?: Float32Array): Batch => {
    const inputs = Int32Array.of(1, 2, 3, 4, 5, 6);
    const targets = Int32Array.of(2, 3, 4, 5, 6, 7);
    return { timeSteps: 3, batchSize: 2, inputs, targets, count: 6, ...(mask && { mask }) };
  };

  test('of two windows with carried state is the loss of both as one', () => {
    const model = build({});
    tf.tidy(() => {
      const first = languageModelLoss(model, window(), { training: false });
      const second = languageModelLoss(model, window(), { training: false, state: first.state! });
      const inputs = Int32Array.of(...window().inputs, ...window().inputs);
      const targets = Int32Array.of(...window().targets, ...window().targets);
      const both = languageModelLoss(
        model,
        { timeSteps: 6, batchSize: 2, inputs, targets, count: 12 },
        { training: false },
      );
      expect(first.sum.dataSync()[0]! + second.sum.dataSync()[0]!).toBeCloseTo(both.sum.dataSync()[0]!, 4);
      const fresh = languageModelLoss(model, window(), { training: false });
      expect(Math.abs(fresh.sum.dataSync()[0]! - second.sum.dataSync()[0]!)).toBeGreaterThan(1e-4);
    });
    model.dispose();
  });

  test('starts some streams anew in training, every layer of a stream alike, and none in evaluation', () => {
    const config = parseLanguageModelConfig({
      model: { hiddenSize: 6 },
      batches: { ...batches, stateResetProbability: 0.5 },
    });
    const model = createLanguageModel(config, 11, randomKey(3));
    tf.tidy(() => {
      const { state } = languageModelLoss(model, window(), { training: false });
      const lossOf = (context: Parameters<typeof languageModelLoss>[2]) =>
        languageModelLoss(model, window(), context).sum.dataSync()[0]!;
      const keepOnly = (kept: number[]) =>
        Object.fromEntries(
          Object.entries(state!).map(([name, value]) => [name, tf.mul(value, tf.tensor2d(kept, [2, 1]))]),
        );
      const expected = [
        [1, 1],
        [0, 1],
        [1, 0],
        [0, 0],
      ].map((kept) => lossOf({ training: false, state: keepOnly(kept) }));
      const counts = [0, 0, 0, 0];
      for (let seed = 0; seed < 200; seed++) {
        const loss = lossOf({ training: true, key: randomKey(seed), state: state! });
        counts[expected.findIndex((value) => Math.abs(value - loss) < 1e-6)]! += 1;
      }
      expect(counts.reduce((a, b) => a + b)).toBe(200);
      for (const count of counts) expect(count).toBeGreaterThan(25);
      expect(lossOf({ training: false, key: randomKey(0), state: state! })).toBe(expected[0]);
    });
    model.dispose();
  });

  test('masked targets count for nothing', () => {
    const model = build({});
    tf.tidy(() => {
      const part = { ...window(Float32Array.of(1, 1, 1, 1, 1, 0)), count: 5 };
      const other = { ...part, targets: Int32Array.of(2, 3, 4, 5, 6, 0) };
      const [a, b] = [part, other].map(
        (batch) => languageModelLoss(model, batch, { training: false }).sum.dataSync()[0]!,
      );
      expect(a).toBe(b);
      expect(a).toBeLessThan(languageModelLoss(model, window(), { training: false }).sum.dataSync()[0]!);
    });
    model.dispose();
  });

  test.each(['plain', 'locked'] as const)('%s dropout acts in training alone, by its key', (kind) => {
    const rates = { embedding: 0.4, layers: 0.4, output: 0.4, recurrent: 0.4 };
    const model = build({ dropout: { kind, ...rates } });
    const sum = (context: { training: boolean; key?: readonly [number, number] }) =>
      tf.tidy(() => languageModelLoss(model, window(), context).sum.dataSync()[0]!);
    const still = sum({ training: false });
    expect(sum({ training: false, key: randomKey(1) })).toBe(still);
    expect(sum({ training: true, key: randomKey(1) })).not.toBe(still);
    expect(sum({ training: true, key: randomKey(1) })).toBe(sum({ training: true, key: randomKey(1) }));
    expect(sum({ training: true, key: randomKey(1) })).not.toBe(sum({ training: true, key: randomKey(2) }));
    model.dispose();
  });

  test('a recipe whose loss is summed over time divides by the sequences alone', () => {
    for (const [gradientAverage, divisor] of [
      ['sequence', 2],
      ['token', 10],
    ] as const) {
      const config = parseLanguageModelConfig({ model: { hiddenSize: 4 }, batches, gradientAverage });
      const model = createLanguageModel(config, 11, randomKey(1));
      const task = createLanguageModelingTask({ config, model, train: stream(41) });
      const [batch] = task.train.batches(0, randomKey(1), 0) as Iterable<Batch>;
      expect(task.lossDivisor(batch!, batch!.count)).toBe(divisor);
      model.dispose();
    }
  });
});

describe('writing', () => {
  const ids = (
    model: LanguageModel,
    prompt: readonly number[],
    options: Partial<Parameters<typeof generateIds>[2]>,
  ) => [...generateIds(model, prompt, { length: 12, key: randomKey(5), ...options })];

  test.each(variants)(
    '%s: state carried token by token gives what reading the whole prefix gives',
    (_name, options) => {
      const model = build(options);
      const written = ids(model, [1, 2, 3], { greedy: true });
      const again: number[] = [];
      while (again.length < 12) again.push(...ids(model, [1, 2, 3, ...again], { greedy: true, length: 1 }));
      expect(written).toEqual(again);
      model.dispose();
    },
  );

  test.each(variants)(
    '%s: each step has the logits that reading the whole text gives, fused where it can',
    (name, options) => {
      const model = build(options);
      const text = [1, 4, 4, 0, 10, 2];
      const path = hasKernel(StackStepper) && name !== 'layer norm' ? 'fused' : 'steps';
      const before = pathCounts(StackStepper)[path];
      const stepper = model.createStepper();
      tf.tidy(() => {
        const { hidden } = model.forward(tf.tensor2d(text, [6, 1], 'int32'));
        const logits = model.logits(tf.reshape(hidden, [6, 6])).arraySync();
        text.forEach((id, t) => expectSame(stepper.step([id]), logits[t]!));
      });
      expect(pathCounts(StackStepper)[path]).toBe(before + 6);
      stepper.dispose();
      model.dispose();
    },
  );

  test('the same key draws the same tokens, another key others', () => {
    const model = build({});
    expect(ids(model, [1], {})).toEqual(ids(model, [1], {}));
    expect(ids(model, [1], {})).not.toEqual(ids(model, [1], { key: randomKey(6) }));
    model.dispose();
  });

  test('a forbidden token is never written', () => {
    const model = build({ initialization: { kind: 'uniform', scale: 1e-6 } }, 3);
    fc.assert(
      fc.property(fc.nat(2), fc.nat(1000), (forbidden, seed) => {
        expect(ids(model, [0], { forbidden, key: randomKey(seed) })).not.toContain(forbidden);
      }),
      { numRuns: 20 },
    );
    model.dispose();
  });

  test('text comes piece by piece, and stopping early leaves no tensor behind', async () => {
    const { model, vocabulary } = await trainable('word');
    const before = tf.memory().numTensors;
    const pieces: string[] = [];
    for await (const piece of generate(model, vocabulary, { prompt: 'line 7', length: 50, key: randomKey(1) })) {
      pieces.push(piece);
      if (pieces.length === 5) break;
    }
    expect(pieces).toHaveLength(5);
    for (const piece of pieces) expect(piece).toMatch(/^( ?\S+|\n)$/);
    expect(pieces[0]).toMatch(/^( |\n)/);
    expect(pieces.join('')).not.toContain('<unk>');
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('a prompt with characters that the model does not know names them all', async () => {
    const { model, vocabulary } = await trainable('character');
    const write = async () => {
      for await (const piece of generate(model, vocabulary, { prompt: 'line ß→ß', length: 3, key: randomKey(1) }))
        expect(piece).toBe('');
    };
    await expect(write()).rejects.toThrow('the prompt has characters that the model was not trained on: "ß", "→"');
    model.dispose();
  });

  test('without a prompt a text begins at the start of a line', async () => {
    const { model, vocabulary } = await trainable('word');
    const text: string[] = [];
    for await (const piece of generate(model, vocabulary, { length: 1, greedy: true, key: randomKey(1) }))
      text.push(piece);
    const expected = ids(model, [vocabulary.endId!], { length: 1, greedy: true, forbidden: vocabulary.unknownId });
    expect(text[0]!.trim()).toBe(vocabulary.token(expected[0]!).replace('<eos>', ''));
    model.dispose();
  });
});

describe('sentences', () => {
  test('a sentence follows a line end, is followed by one, and starts without memory', async () => {
    const { model, vocabulary } = await trainable('word');
    const sentences = ['line 7', 'zebra 14'];
    const scores = [];
    for await (const score of scoreSentences(model, vocabulary, { sentences })) scores.push(score);
    const [first, second] = scores;
    expect(first!.tokens.map(({ token }) => token)).toEqual(['line', '7', '<eos>']);
    expect(second!.tokens.map(({ known }) => known)).toEqual([false, true, true]);
    const id = (token: string) => vocabulary.id(token);
    const direct = await tokenLogProbabilities(model, Int32Array.of(id('<eos>'), id('line'), id('7'), id('<eos>')));
    expectSame(
      first!.tokens.map(({ logProbability }) => logProbability!),
      direct,
    );
    expect(first!.perplexity).toBeCloseTo(Math.exp(-first!.logProbability / 3), 6);
    model.dispose();
  });

  test('without a token for line ends the first token has no score', async () => {
    const config = parseLanguageModelConfig({ model: { hiddenSize: 4, layers: 1 }, batches });
    const { vocabulary } = await prepareText({ train: textSource('abcabcabcabcabcabcabc') }, config);
    const model = createLanguageModel(config, vocabulary.size, randomKey(1));
    for await (const { tokens, logProbability } of scoreSentences(model, vocabulary, { sentences: ['abc'] })) {
      expect(tokens[0]!.logProbability).toBeNull();
      expect(tokens[1]!.logProbability! + tokens[2]!.logProbability!).toBeCloseTo(logProbability, 6);
    }
    model.dispose();
  });
});

async function trainable(unit: 'word' | 'character'): Promise<{ model: LanguageModel; vocabulary: Vocabulary }> {
  const config = parseLanguageModelConfig({ text: { unit }, model: { hiddenSize: 8, layers: 1 }, batches });
  const { vocabulary } = await prepareText({ train: textSource(sampleText(20)) }, config);
  return { model: createLanguageModel(config, vocabulary.size, deriveKey(randomKey(1), unit)), vocabulary };
}
