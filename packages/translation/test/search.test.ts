import * as tf from '@tensorflow/tfjs-core';
import { networkTranslator } from '@unroll/translation';
import type { DecodingConfig, Hypothesis, TranslateOptions, Translation, TranslationModel } from '@unroll/translation';
import { describe, expect, test } from 'vitest';
import { tableModel } from './table-model.js';

const texts = ['xyz', 'zz', 'y', 'yxzzy', 'xx'];

async function translate(
  models: TranslationModel | readonly TranslationModel[],
  sentences: readonly string[],
  options: TranslateOptions = {},
): Promise<readonly Translation[]> {
  const translator = networkTranslator({ models: 'step' in models ? [models] : models });
  const translations: Translation[] = [];
  for await (const translation of translator.translate(sentences, options)) translations.push(translation);
  return translations;
}

/** Steps of a model for one sentence and one row of tokens after another, as plain as can be. */
function logProbabilitiesOf(model: TranslationModel, text: string, written: readonly number[]): Float32Array {
  const { source, target } = model.facts;
  const ids = Int32Array.from([...Array.from(text, (token) => source.vocabulary.id(token)), source.vocabulary.endId!]);
  const encoded = model.encode({ timeSteps: ids.length, batchSize: 1, ids, lengths: Int32Array.of(ids.length) });
  let { initial: state } = encoded;
  let logProbabilities = new Float32Array(0);
  for (const id of [target.vocabulary.startId!, ...written]) {
    const output = model.step(encoded, Int32Array.of(id), state);
    ({ state } = output);
    logProbabilities = output.logProbabilities.dataSync<'float32'>().slice();
  }
  return logProbabilities;
}

interface Listed {
  readonly tokens: readonly string[];
  readonly logProbability: number;
  readonly finished: boolean;
  readonly length: number;
}

/** Every translation of at most `limit` tokens, `</s>` among them. */
function listAll(model: TranslationModel, text: string, limit: number): readonly Listed[] {
  const { vocabulary } = model.facts.target;
  const found: Listed[] = [];
  const visit = (ids: readonly number[], logProbability: number) => {
    const tokens = ids.map((id) => vocabulary.token(id));
    if (ids.length === limit) return void found.push({ tokens, logProbability, finished: false, length: limit });
    const scores = logProbabilitiesOf(model, text, ids);
    for (const [id, score] of scores.entries()) {
      const sum = logProbability + score;
      if (id === vocabulary.endId) found.push({ tokens, logProbability: sum, finished: true, length: ids.length + 1 });
      else if (id !== vocabulary.paddingId && id !== vocabulary.startId) visit([...ids, id], sum);
    }
  };
  visit([], 0);
  return found;
}

const normalizations: readonly Partial<DecodingConfig>[] = [
  { lengthNormalization: 'none' },
  { lengthNormalization: 'average' },
  { lengthNormalization: 'wu', lengthAlpha: 0.6 },
  { lengthNormalization: 'wu', lengthAlpha: 2.5 },
];

function scoreOf(
  { logProbability, length }: Listed,
  { lengthNormalization, lengthAlpha = 1 }: Partial<DecodingConfig>,
) {
  if (lengthNormalization === 'none') return logProbability;
  if (lengthNormalization === 'average') return logProbability / length;
  return logProbability / Math.pow((5 + length) / 6, lengthAlpha);
}

const written = ({ tokens }: Pick<Hypothesis, 'tokens'>) => tokens.join('');

describe('beam search', () => {
  // limit = 0.01 · source + 4, with 4 tokens that go on and `</s>`: 4⁴ cut rows and 85 that ended
  const wide = { beam: 400, lengthFactor: 0.01, lengthExtra: 4 };

  test.for(normalizations)('that holds every hypothesis finds what a full listing finds: %j', async (normalization) => {
    for (const seed of [1, 2, 3]) {
      const model = tableModel({ seed });
      const nBest = 400;
      const [all] = await translate(model, ['zy'], { decoding: { ...wide, ...normalization }, nBest });
      const expected = listAll(model, 'zy', 4)
        .map((each) => ({ ...each, score: scoreOf(each, normalization) }))
        .sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
      expect(all!.hypotheses.length).toBe(expected.length);
      expect(all!.hypotheses.map(written)).toEqual(expected.map(written));
      const scores = all!.hypotheses.map(({ score }) => score);
      scores.forEach((score, place) => expect(score).toBeCloseTo(expected[place]!.score, 5));
      for (const nBest of [1, 3, 10]) {
        const [best] = await translate(model, ['zy'], { decoding: { ...wide, ...normalization }, nBest });
        expect(best!.hypotheses.map(written)).toEqual(expected.slice(0, nBest).map(written));
      }
    }
  });

  test('of width 1 is greedy search', async () => {
    const model = tableModel({ sharpness: 3 });
    const translations = await translate(model, texts, { decoding: { beam: 1 } });
    for (const [place, text] of texts.entries()) {
      const { vocabulary } = model.facts.target;
      const ids: number[] = [];
      let finished = false;
      while (!finished && ids.length < 2 * text.length + 10) {
        const scores = logProbabilitiesOf(model, text, ids);
        const allowed = [...scores.keys()].filter((id) => id !== vocabulary.paddingId && id !== vocabulary.startId);
        const best = allowed.reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
        finished = best === vocabulary.endId;
        if (!finished) ids.push(best);
      }
      const { hypotheses } = translations[place]!;
      expect(hypotheses.map(written)).toEqual([ids.map((id) => vocabulary.token(id)).join('')]);
      expect(hypotheses[0]!.finished).toBe(finished);
    }
  });

  test('of a batch is that of each sentence, whatever ends first', async () => {
    const model = tableModel({ sharpness: 3 });
    for (const beam of [1, 2, 5]) {
      const options = { decoding: { beam }, nBest: beam, attention: true };
      const together = await translate(model, texts, options);
      for (const [place, text] of texts.entries()) {
        const [alone] = await translate(model, [text], options);
        expect(together[place]).toEqual(alone);
      }
    }
  });

  test('leaves no tensor behind', async () => {
    const model = tableModel();
    const before = tf.memory().numTensors;
    await translate(model, texts, { nBest: 3, attention: true });
    expect(tf.memory().numTensors).toBe(before);
  });
});
