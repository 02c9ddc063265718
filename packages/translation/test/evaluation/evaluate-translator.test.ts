import { expect, test } from 'vitest';
import { evaluateTranslator, judgeTexts, type Translation, type Translator } from '../../src/index.js';

const dictionary: Readonly<Record<string, string>> = { eins: 'one', zwei: 'two', drei: 'three', vier: 'for' };

/** Word for word, and two words at most. */
const translator: Translator = {
  name: 'dictionary',
  async *translate(texts, { signal } = {}): AsyncIterable<Translation> {
    for await (const source of texts) {
      signal?.throwIfAborted();
      const words = source.split(' ').map((word) => dictionary[word] ?? '<unk>');
      const tokens = words.slice(0, 2);
      const hypothesis = { tokens, text: tokens.join(' '), logProbability: -1, score: -1 };
      const finished = words.length <= 2;
      const hypotheses = [{ ...hypothesis, finished, tokenLogProbabilities: new Float64Array([-1]) }];
      yield { source, sourceTokens: source.split(' '), hypotheses };
    }
  },
};

const pairs = [
  { line: 2, source: 'eins zwei', target: 'one two' },
  { line: 3, source: 'drei', target: 'three' },
  { line: 5, source: 'eins vier drei', target: 'one four three' },
];

test('what a translator writes is judged as its texts are', async () => {
  const evaluation = await evaluateTranslator(translator, pairs, { perplexity: 2 });
  const { seconds, habits, ...judged } = evaluation;
  const texts = {
    name: 'dictionary',
    hypotheses: ['one two', 'three', 'one for'],
    references: pairs.map(({ target }) => target),
    sources: pairs.map(({ source }) => source),
    lines: [2, 3, 5],
  };
  const { habits: others, ...expected } = judgeTexts(texts, { perplexity: 2 });
  expect(judged).toEqual(expected);
  expect(habits).toEqual({ ...others, unfinished: 1 });
  expect(seconds).toBeGreaterThan(0);
});

test('progress counts sentences, and a signal ends it', async () => {
  const seen: number[] = [];
  await evaluateTranslator(translator, pairs, { onProgress: ({ sentences }) => seen.push(sentences) });
  expect(seen).toEqual([1, 2, 3]);
  const controller = new AbortController();
  const stopped = evaluateTranslator(translator, pairs, {
    onProgress: () => controller.abort(new Error('enough')),
    signal: controller.signal,
  });
  await expect(stopped).rejects.toThrow('enough');
});

test('without a sentence there is nothing to evaluate', async () => {
  await expect(evaluateTranslator(translator, [])).rejects.toThrow('unroll: there is no translation to score');
});
