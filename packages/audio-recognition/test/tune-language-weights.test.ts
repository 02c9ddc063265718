import { expect, it } from 'vitest';
import { decodeTranscripts, tuneLanguageWeights, type SymbolScorer } from '../src/index.js';
import { searchedModel } from './search-model.js';

/** Knows nothing but that "b" comes after "a": p = 0.9, 0.1 otherwise. */
const scorer: SymbolScorer<string> = {
  name: 'b after a',
  unit: 'symbol',
  start: () => '',
  score: (state, units) =>
    units.map((unit) => ({ logProbability: Math.log((state === 'a') === (unit === 'b') ? 0.9 : 0.1), state: unit })),
  end: () => 0,
};

/** A clear "a", then a "c" where "b" was said: the model alone is wrong, by a margin that needs a large enough weight. */
const utterances = [0.55, 0.6, 0.7].map((wrong) => ({
  reference: 'ab',
  logProbabilities: Float32Array.from(
    [
      [0.02, 0.96, 0.01, 0.01],
      [0.02, 0.01, 0.96 - wrong, wrong + 0.01],
    ].flat(),
    Math.log,
  ),
}));
const model = searchedModel(['a', 'b', 'c'], { decoding: { beam: 8, languageWeight: 0.1 } });

it('finds weights with which a language model helps', async () => {
  const before = utterances.map(({ logProbabilities }) => decodeTranscripts(logProbabilities, model)[0]!.text);
  expect(before).toEqual(['ac', 'ac', 'ac']);
  const tuned = await tuneLanguageWeights(utterances, model, { languageModel: scorer });
  expect(tuned).toMatchObject({ wer: 0, cer: 0 });
  expect(tuned.trials[0]).toMatchObject({ languageWeight: 0.1, insertionBonus: 0 });
  expect(tuned.trials[0]!.wer).toBeGreaterThan(0);
  const { languageWeight, insertionBonus } = tuned;
  const after = utterances.map(
    ({ logProbabilities }) =>
      decodeTranscripts(logProbabilities, model, { languageModel: scorer, languageWeight, insertionBonus })[0]!.text,
  );
  expect(after).toEqual(['ab', 'ab', 'ab']);
});

it('tries no more than it may, tells of each, and stops when asked to', async () => {
  const told: number[] = [];
  const options = { languageModel: scorer, maximumTrials: 3, onTrial: () => told.push(1) };
  const { trials } = await tuneLanguageWeights(utterances, model, options);
  expect([trials.length, told.length]).toEqual([3, 3]);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(tuneLanguageWeights(utterances, model, { languageModel: scorer, signal })).rejects.toThrow('enough');
  await expect(tuneLanguageWeights([], model, { languageModel: scorer })).rejects.toThrow(/there are none/);
});
