import { ConfigError, randomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  networkTranslator,
  traceBeam,
  type DecodingConfig,
  type TranslateOptions,
  type TranslationModel,
} from '@unroll/translation';
import { describe, expect, test } from 'vitest';
import { replaceUnknownWords } from '../src/search/unknown-words.js';
import { listAll, stepsOf, translate, written } from './listing.js';
import { letters, tableModel } from './table-model.js';

const texts = ['xyz', 'zz', 'y', 'yxzzy', 'xx'];
const key = randomKey(11);

describe('a translator', () => {
  test('translates an empty text as an empty text, in its place', async () => {
    const translations = await translate(tableModel(), ['', 'xy', '']);
    expect(translations.map(({ source }) => source)).toEqual(['', 'xy', '']);
    for (const place of [0, 2]) {
      const hypothesis = { tokens: [], text: '', logProbability: 0, score: 0, finished: true };
      expect(translations[place]!.hypotheses).toEqual([{ ...hypothesis, tokenLogProbabilities: new Float64Array(0) }]);
    }
    const [alone] = await translate(tableModel(), ['xy']);
    expect(translations[1]).toEqual(alone);
  });

  test('reads a text of unknown words', async () => {
    const [translation] = await translate(tableModel(), ['??', 'xy']);
    expect(translation!.sourceTokens).toEqual(['?', '?', '</s>']);
    expect(translation!.hypotheses[0]!.tokenLogProbabilities.length).toBeGreaterThan(0);
  });

  test('streams: a sentence is translated before the next is asked for', async () => {
    const log: string[] = [];
    function* asked() {
      for (const text of texts) {
        log.push(`asked ${text}`);
        yield text;
      }
    }
    const translator = networkTranslator({ models: [tableModel()] });
    for await (const { source } of translator.translate(asked(), { streaming: true })) log.push(`got ${source}`);
    expect(log).toEqual(texts.flatMap((text) => [`asked ${text}`, `got ${text}`]));
  });

  test('writes neither padding nor a start, although a model finds them probable', async () => {
    const options = { decoding: { beam: 30, lengthFactor: 0.1, lengthExtra: 3 }, nBest: 30 };
    const all = await translate(tableModel({ sharpness: 5 }), texts, options);
    const tokens = new Set(all.flatMap(({ hypotheses }) => hypotheses.flatMap((each) => each.tokens)));
    expect([...tokens].sort()).toEqual(['<unk>', 'a', 'b', 'c']);
  });

  test('copies words of the sentence alone', async () => {
    const model = tableModel({ config: { model: { copy: true } } });
    const options = { decoding: { beam: 80, lengthFactor: 0.1, lengthExtra: 2 }, nBest: 80 };
    const sentences = ['xx', 'zyxxa', 'aa'];
    const all = await translate(model, sentences, options);
    for (const [place, own] of [['x'], ['x', 'y', 'z'], []].entries()) {
      const { hypotheses } = all[place]!;
      const tokens = new Set(hypotheses.flatMap((each) => each.tokens));
      expect([...tokens].sort()).toEqual(['<unk>', 'a', 'b', 'c', ...own]);
      // `</s>` alone, a token and `</s>`, or two tokens
      expect(hypotheses.length).toBe(1 + tokens.size + tokens.size ** 2);
      const [alone] = await translate(model, [sentences[place]!], options);
      expect(alone!.hypotheses.map(written)).toEqual(hypotheses.map(written));
    }
  });

  test('keeps what a prefix says, also words that the model does not know', async () => {
    const prefixes = ['ab', '', 'q'];
    const options = { prefixes, decoding: { beam: 3 }, nBest: 3 };
    const all = await translate(tableModel(), ['xyz', 'x', 'zz'], options);
    for (const [place, prefix] of prefixes.entries()) {
      for (const { text } of all[place]!.hypotheses) expect(text.startsWith(prefix)).toBe(true);
    }
    const copies = tableModel({ config: { model: { copy: true } } });
    const [copied] = await translate(copies, ['xyz'], { ...options, prefixes: ['zaz'] });
    expect(copied!.hypotheses[0]!.text.startsWith('zaz')).toBe(true);
  });
});

describe('unknown words', () => {
  test('become the source token that was attended most', async () => {
    const options = { decoding: { beam: 20, replaceUnknown: true }, nBest: 20, attention: true };
    const model = tableModel();
    const [translation] = await translate(model, ['xyzzy'], options);
    const [plain] = await translate(model, ['xyzzy'], { ...options, decoding: { beam: 20 } });
    let replaced = 0;
    for (const [place, { tokens, text, attention }] of translation!.hypotheses.entries()) {
      const expected = tokens.map((token, step) => {
        if (token !== '<unk>') return token;
        replaced++;
        const row = Array.from(attention![step]!).slice(0, -1);
        return translation!.sourceTokens[row.indexOf(Math.max(...row))]!;
      });
      expect(text).toBe(expected.join(''));
      expect(tokens).toEqual(plain!.hypotheses[place]!.tokens);
    }
    expect(replaced).toBeGreaterThan(5);
  });

  test('of byte pairs become whole words, once where several pieces look at one', () => {
    const source = ['der', 'Kün@@', 'st@@', 'ler', 'malt', '</s>'];
    const look = (place: number) => Float32Array.from(source, (_, i) => (i === place ? 0.9 : 0.02));
    const replace = (tokens: readonly string[], places: readonly number[]) =>
      replaceUnknownWords(tokens, { attention: places.map(look), source, unit: 'byte-pair' });
    const artist = ['Kün@@', 'st@@', 'ler'];
    expect(replace(['the', '<unk>', 'paints'], [0, 2, 4])).toEqual(['the', ...artist, 'paints']);
    expect(replace(['the', 'ar@@', 'ti@@', '<unk>', '<unk>', 'paints'], [0, 1, 1, 2, 3, 4])).toEqual([
      'the',
      ...artist,
      'paints',
    ]);
    expect(replace(['<unk>', '<unk>'], [3, 4])).toEqual([...artist, 'malt']);
    // `</s>` is no word, however much it is attended
    const atEnd = Float32Array.of(0.1, 0, 0, 0, 0.2, 0.7);
    expect(replaceUnknownWords(['<unk>'], { attention: [atEnd], source, unit: 'word' })).toEqual(['malt']);
  });
});

describe('drawn translations', () => {
  const short: Partial<DecodingConfig> = { lengthFactor: 0.1, lengthExtra: 1 };

  test('come as often as the model says, by temperature and top p', async () => {
    const model = tableModel({ seed: 3, sharpness: 2 });
    const { vocabulary } = model.facts.target;
    const { logProbabilities } = stepsOf(model, 'xyz', []);
    const draws = 1000;
    for (const sampling of [{ key }, { key, temperature: 0.4 }, { key, topP: 0.6 }, { key, topK: 2 }]) {
      const {
        temperature = 1,
        topP = 1,
        topK = 5,
      } = sampling as { temperature?: number; topP?: number; topK?: number };
      const [translation] = await translate(model, ['xyz'], { sampling, nBest: draws, decoding: short });
      const { hypotheses } = translation!;
      expect(hypotheses.length).toBe(draws);
      const ids = [...logProbabilities.keys()].filter((id) => id !== vocabulary.paddingId && id !== vocabulary.startId);
      const weights = ids.map((id) => ({ id, weight: Math.exp(logProbabilities[id]! / temperature) }));
      weights.sort((a, b) => b.weight - a.weight);
      const total = weights.reduce((sum, { weight }) => sum + weight, 0);
      let reached = 0;
      const kept = weights.slice(0, topK).filter(({ weight }) => {
        const isKept = reached < topP * total;
        reached += weight;
        return isKept;
      });
      const keptTotal = kept.reduce((sum, { weight }) => sum + weight, 0);
      for (const id of ids) {
        const p = (kept.find((each) => each.id === id)?.weight ?? 0) / keptTotal;
        const token = id === vocabulary.endId ? '' : vocabulary.token(id);
        const share = hypotheses.filter((each) => written(each) === token).length / draws;
        expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / draws));
      }
      for (const each of hypotheses) {
        const id = each.finished ? vocabulary.endId! : vocabulary.id(each.tokens[0]!);
        expect(each.logProbability).toBeCloseTo(logProbabilities[id]!, 5);
      }
    }
  });

  test('are drawn by themselves, token by token', async () => {
    const model = tableModel({ seed: 8 });
    const { paddingId, startId, endId } = model.facts.target.vocabulary;
    const draws = 1500;
    const decoding = { ...short, lengthExtra: 2 };
    const [translation] = await translate(model, ['xyz'], { sampling: { key }, nBest: draws, decoding });
    for (const { ids, tokens, finished } of listAll([model], 'xyz', { limit: 2 })) {
      const path = finished ? [...ids, endId!] : ids;
      const p = path.reduce((product, id, step) => {
        const probabilities = stepsOf(model, 'xyz', path.slice(0, step)).logProbabilities.map((each) => Math.exp(each));
        return (product * probabilities[id]!) / (1 - probabilities[paddingId!]! - probabilities[startId!]!);
      }, 1);
      const same = translation!.hypotheses.filter(
        (each) => each.finished === finished && written(each) === tokens.join(''),
      );
      expect(Math.abs(same.length / draws - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  test('are the same by the same key, whatever is translated with them', async () => {
    const model = tableModel();
    const options = { sampling: { key, temperature: 1.3 }, nBest: 3, decoding: { beam: 1 } };
    const together = await translate(model, texts, options);
    expect(await translate(model, texts, { ...options, streaming: true })).toEqual(together);
    const other = await translate(model, texts, { ...options, sampling: { key: randomKey(12), temperature: 1.3 } });
    expect(other).not.toEqual(together);
  });

  test('of the one most probable token are greedy', async () => {
    const model = tableModel();
    const drawn = await translate(model, texts, { sampling: { key, topK: 1 } });
    expect(drawn).toEqual(await translate(model, texts, { decoding: { beam: 1 } }));
  });
});

test('the trace of a beam has every node of the tree, and what became of it', async () => {
  const model = tableModel({ seed: 5 });
  const decoding = { beam: 3 };
  const { translation, nodes } = await traceBeam({ models: [model] }, 'xyz', { decoding, nBest: 3 });
  expect(translation).toEqual((await translate(model, ['xyz'], { decoding, nBest: 3 }))[0]);
  const pathTo = (id: number): readonly string[] => {
    const { parent, token } = nodes[id]!;
    return [...(parent === undefined ? [] : pathTo(parent)), token];
  };
  for (const [place, node] of nodes.entries()) {
    expect(node.id).toBe(place);
    const before = node.parent === undefined ? undefined : nodes[node.parent]!;
    expect(node.step).toBe((before?.step ?? 0) + 1);
    expect(before?.fate ?? 'kept').toBe('kept');
    expect(node.logProbability).toBeCloseTo((before?.logProbability ?? 0) + node.tokenLogProbability, 9);
  }
  const ends = nodes.filter(({ fate }) => fate === 'finished' || fate === 'cut');
  for (const { tokens, finished, score } of translation.hypotheses) {
    const expected = finished ? [...tokens, '</s>'] : tokens;
    expect(ends.find(({ id }) => pathTo(id).join() === expected.join())).toMatchObject({ score });
  }
  // the first step has five continuations, three of them kept
  for (let step = 1; step <= nodes.at(-1)!.step; step++) {
    const ofStep = nodes.filter((node) => node.step === step);
    expect(ofStep.filter(({ fate }) => fate === 'pruned').length).toBe(step === 1 ? 2 : 3);
    const worstKept = Math.min(...ofStep.filter(({ fate }) => fate !== 'pruned').map((node) => node.logProbability));
    const bestPruned = Math.max(...ofStep.filter(({ fate }) => fate === 'pruned').map((node) => node.logProbability));
    expect(worstKept).toBeGreaterThanOrEqual(bestPruned);
  }
});

describe('what cannot be used', () => {
  const cases: readonly (readonly [TranslateOptions, string])[] = [
    [{ decoding: { beam: 0 } }, 'beam must be a whole number of at least 1 (1 = greedy), got 0'],
    [{ decoding: { beam: 2.5 } }, 'beam must be a whole number of at least 1 (1 = greedy), got 2.5'],
    [{ decoding: { beam: 4 }, nBest: 5 }, 'n-best must be at most beam = 4, got 5; widen the beam or ask for fewer'],
    [{ nBest: 0 }, 'n-best must be a whole number of at least 1, got 0'],
    [
      { decoding: { lengthExtra: 0 } },
      'lengthExtra must be a whole number of at least 1 (a translation has at least one token), got 0',
    ],
    [{ decoding: { lengthFactor: -1 } }, 'lengthFactor must be a number of at least 0, got -1'],
    [{ decoding: { lengthAlpha: NaN } }, 'lengthAlpha must be a number of at least 0, got NaN'],
    [{ decoding: { coveragePenalty: -0.5 } }, 'coveragePenalty must be a number of at least 0, got -0.5'],
    [
      { decoding: { blockRepeats: -1 } },
      'blockRepeats must be a whole number of at least 0 (0 = repeats are allowed), got -1',
    ],
    [
      { sampling: { key, temperature: 0 } },
      'temperature must be above 0, got 0; to take the most probable token each time, translate with a beam of 1',
    ],
    [{ sampling: { key, topP: 1.5 } }, 'topP must be above 0 and at most 1, got 1.5'],
    [{ sampling: { key, topP: 0 } }, 'topP must be above 0 and at most 1, got 0'],
    [{ sampling: { key, topK: -1 } }, 'topK must be a whole number of at least 0 (0 = all), got -1'],
    [
      { prefixes: ['', 'abcabc'], decoding: { lengthFactor: 1, lengthExtra: 3 } },
      'the prefix of sentence 2 has 6 tokens, and its translation at most 5; raise lengthExtra or shorten the prefix',
    ],
  ];

  test.for(cases)('%j', async ([options, message]) => {
    await expect(translate(tableModel(), ['x', 'xy'], options)).rejects.toThrow(new ConfigError('', message).message);
    await expect(translate(tableModel(), ['x', 'xy'], options)).rejects.toBeInstanceOf(ConfigError);
  });

  test('of a model without attention', async () => {
    const model = tableModel({ config: { model: { attention: { kind: 'none' } } } });
    const message = 'needs a model with attention, and this one has none; leave it out';
    for (const decoding of [{ coveragePenalty: 0.2 }, { replaceUnknown: true }]) {
      const asked = Object.keys(decoding)[0]!;
      await expect(translate(model, ['x'], { decoding })).rejects.toThrow(`${asked} ${message}`);
    }
    const [translation] = await translate(model, ['x'], { attention: true });
    expect(translation!.hypotheses[0]).not.toHaveProperty('attention');
  });

  test('a model whose weights are no numbers', async () => {
    const model = tableModel();
    const damaged: TranslationModel = {
      ...model,
      step(encoded, ids, state) {
        const output = model.step(encoded, ids, state);
        const logProbabilities = tf.mul<tf.Tensor2D>(output.logProbabilities, NaN);
        output.logProbabilities.dispose();
        return { ...output, logProbabilities };
      },
    };
    for (const options of [{ decoding: { beam: 1 } }, { decoding: { beam: 3 } }, { sampling: { key } }]) {
      const before = tf.memory().numTensors;
      await expect(translate(damaged, ['x'], options)).rejects.toThrow(
        'its weights are damaged; take another checkpoint',
      );
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  test('models that do not agree on every token', () => {
    const remedy = 'models of an ensemble are trained on the same data with the same tokenization';
    const others = {
      'another target vocabulary': tableModel({ target: letters('abd') }),
      'another source vocabulary': tableModel({ source: letters('xy') }),
      'another setting of model.copy': tableModel({ config: { model: { copy: true } } }),
      'other target merges': tableModel({ target: { ...letters('abc'), merges: [['a', 'b']] } }),
    };
    for (const [difference, other] of Object.entries(others)) {
      const models = [tableModel(), tableModel({ seed: 2 }), other];
      expect(() => networkTranslator({ models })).toThrow(`model 3 has ${difference} than model 1; ${remedy}`);
    }
    expect(() => networkTranslator({ models: [] })).toThrow('at least one model, got none');
  });
});
