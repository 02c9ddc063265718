import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, type NamedArrays } from '@unroll/core';
import { averageCheckpoints, perplexityOf, scoreTranslations, type TranslationConfigInput } from '@unroll/translation';
import { describe, expect, test } from 'vitest';
import { translate } from './listing.js';
import { toyModel } from './models.js';

const texts = ['w1 w3 w3 foo', 'w0', 'w6 bar w2 w2 w5 w4', 'w4 w4'];

const models: Readonly<Record<string, TranslationConfigInput>> = {
  'the conditional GRU': {},
  'attention before an LSTM': { model: { decoder: { cell: 'lstm', attends: 'before' }, bridge: 'dense' } },
  'attention after two LSTM layers': {
    model: { decoder: { cell: 'lstm', layers: 2, attends: 'after' }, attention: { kind: 'general' } },
  },
  'attention around a predicted place': {
    model: { decoder: { attends: 'after' }, attention: { kind: 'dot', range: 'predicted', window: 2 } },
  },
  'coverage and copying': { model: { copy: true, attention: { coverage: { enabled: true } } } },
  'no attention': { model: { attention: { kind: 'none' }, bridge: 'last' } },
};

const names = Object.keys(models);

/** A model that ends its translations now and then. */
function endingModel(name: string) {
  const model = toyModel(models[name]!);
  const bias = model.parameters['head.bias']!;
  const raised = bias.dataSync().map((value, id) => (id === model.facts.target.vocabulary.endId ? value + 1.5 : value));
  tf.tidy(() => bias.assign(tf.tensor(raised, bias.shape)));
  return model;
}

describe.for(names)('a model with %s', (name) => {
  test('finds its own translations as probable as when it wrote them', async () => {
    const model = endingModel(name);
    const translations = await translate(model, texts, { decoding: { beam: 6 }, nBest: 6 });
    const all = translations.flatMap(({ source, hypotheses }) =>
      hypotheses.map((hypothesis) => ({ source, target: hypothesis.text, hypothesis })),
    );
    const finished = all.filter(({ hypothesis }) => hypothesis.finished);
    expect(finished.length).toBeGreaterThan(8);
    expect(new Set(finished.map(({ target }) => target)).size).toBeGreaterThan(4);
    const scores = await scoreTranslations([model], finished);
    for (const [place, { hypothesis }] of finished.entries()) {
      const { tokens, logProbability, tokenLogProbabilities, perplexity } = scores[place]!;
      expect(tokens).toEqual([...hypothesis.tokens, '</s>']);
      expect(logProbability).toBeCloseTo(hypothesis.logProbability, 4);
      expect(perplexity).toBeCloseTo(Math.exp(-logProbability / tokens.length), 9);
      for (const [t, each] of tokenLogProbabilities.entries()) {
        expect(each).toBeCloseTo(hypothesis.tokenLogProbabilities[t]!, 4);
      }
    }
    model.dispose();
  });

  test('translates a batch as it does each sentence', async () => {
    const model = endingModel(name);
    const options = { decoding: { beam: 3 }, nBest: 3, attention: true };
    const together = await translate(model, texts, options);
    for (const [place, text] of texts.entries()) {
      const [alone] = await translate(model, [text], options);
      expect(together[place]!.hypotheses.map((each) => each.tokens)).toEqual(
        alone!.hypotheses.map((each) => each.tokens),
      );
      for (const [rank, { score, attention, tokenLogProbabilities }] of alone!.hypotheses.entries()) {
        const other = together[place]!.hypotheses[rank]!;
        expect(other.score).toBeCloseTo(score, 5);
        expect(other.attention?.length).toBe(attention?.length);
        for (const [step, row] of (attention ?? []).entries()) {
          expect(row.length).toBe(text.split(' ').length + 1);
          row.forEach((weight, i) => expect(other.attention![step]![i]).toBeCloseTo(weight, 5));
        }
        expect(attention?.length).toBe(name === 'no attention' ? undefined : tokenLogProbabilities.length);
      }
    }
    model.dispose();
  });
});

describe('scores of given translations', () => {
  const pairs = [
    { source: 'w1 w3 foo', target: 'w2 w2 bar w0' },
    { source: 'w0', target: 'w5' },
    { source: 'w6 bar w2 w2 w5 w4', target: '' },
    { source: 'w1 w3 foo', target: 'w2 w2' },
  ];

  test('are those of each pair by itself, of several models the mean of probabilities', async () => {
    const several = [toyModel({}), toyModel(models['no attention']!)];
    const together = await scoreTranslations(several, pairs);
    for (const [place, pair] of pairs.entries()) {
      const alone = await Promise.all(several.map((model) => scoreTranslations([model], [pair])));
      const { tokens, tokenLogProbabilities } = together[place]!;
      expect(tokens.length).toBe(pair.target === '' ? 1 : pair.target.split(' ').length + 1);
      for (const [t, each] of tokenLogProbabilities.entries()) {
        const [first, second] = alone.map(([score]) => Math.exp(score!.tokenLogProbabilities[t]!));
        expect(each).toBeCloseTo(Math.log((first! + second!) / 2), 5);
      }
    }
    const sum = together.reduce((total, { logProbability }) => total + logProbability, 0);
    expect(perplexityOf(together)).toBeCloseTo(Math.exp(-sum / (5 + 2 + 1 + 3)), 9);
    for (const model of several) model.dispose();
  });

  test('leave no tensor behind', async () => {
    const model = toyModel({});
    const before = tf.memory().numTensors;
    await scoreTranslations([model], pairs);
    await translate(model, texts, { decoding: { beam: 4 }, nBest: 2, attention: true });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe('averaged checkpoints', () => {
  const weights = (values: readonly number[], shape: readonly number[] = [values.length]): NamedArrays => ({
    a: { dtype: 'float32', shape, values: Float32Array.from(values) },
    b: { dtype: 'float32', shape: [1], values: Float32Array.of(values[0]! * 10) },
  });
  const named = (name: string, parameters: NamedArrays) => ({ name, parameters });

  test('are the mean of every weight', () => {
    const several = [weights([1, 2, -5]), weights([2, 4, 0.5]), weights([6, 0, 3])].map((each, i) =>
      named(`${i}`, each),
    );
    const { a, b } = averageCheckpoints(several);
    expect(a).toEqual({ dtype: 'float32', shape: [3], values: Float32Array.of(3, 2, -0.5) });
    expect(b!.values).toEqual(Float32Array.of(30));
    expect(averageCheckpoints([several[0]!])).toEqual(several[0]!.parameters);
  });

  test('must be alike', () => {
    const first = named('step-10', weights([1, 2]));
    const average = (other: NamedArrays) => () => averageCheckpoints([first, named('step-20', other)]);
    const remedy = 'average checkpoints of one run';
    const cases: readonly (readonly [NamedArrays, string])[] = [
      [weights([1, 2, 3]), `parameter "a" is float32 [2] in step-10 and float32 [3] in step-20; ${remedy}`],
      [weights([1, 2], [1, 2]), `parameter "a" is float32 [2] in step-10 and float32 [1, 2] in step-20; ${remedy}`],
      [{ a: first.parameters['a']! }, `parameter "b" is float32 [1] in step-10 and missing in step-20; ${remedy}`],
      [
        { ...first.parameters, c: first.parameters['b']! },
        `parameter "c" is missing in step-10 and float32 [1] in step-20; ${remedy}`,
      ],
    ];
    for (const [other, message] of cases) {
      expect(average(other)).toThrow(CheckpointError);
      expect(average(other)).toThrow(message);
    }
    expect(() => averageCheckpoints([])).toThrow('needs at least one checkpoint');
  });
});
