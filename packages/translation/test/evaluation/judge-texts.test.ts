import { expect, test } from 'vitest';
import { corpusBleu, countWords, describeDifference, judgeTexts, textDifference } from '../../src/index.js';

const texts = {
  name: 'demo',
  sources: ['eins zwei', 'Anna ruft Max', 'drei', 'der Hund läuft und läuft und läuft'],
  references: ['one two', 'Anna calls Max', 'three', 'the dog runs and runs and runs'],
  hypotheses: ['one two', 'Anna hears <unk>', '', 'the cat runs and runs and runs and runs'],
};

test('scores are those of the metrics, with their signatures', () => {
  const evaluation = judgeTexts(texts, { perplexity: 4.5 });
  const { score, signature, details } = corpusBleu(texts.hypotheses, texts.references);
  expect(evaluation.scores).toMatchObject({ sentences: 4, bleu: score, signature, perplexity: 4.5 });
  expect(evaluation.bleuDetails).toBe(details);
  expect(evaluation.metrics.map(({ name }) => name)).toEqual(['BLEU', 'chrF2', 'chrF2++', 'TER', 'BLEU']);
  expect(evaluation.metrics.at(-1)!.signature).toContain('case:lc|eff:no|tok:none|smooth:none');
  expect(evaluation.exactSentences).toBe(0.25);
  expect(judgeTexts(texts).scores).not.toHaveProperty('perplexity');
});

test('sentences are listed from the worst', () => {
  const { worst, sentences } = judgeTexts({ ...texts, lines: [3, 5, 6, 9] }, { worst: 2 });
  expect(worst.map(({ line, chrf }) => [line, chrf > 0])).toEqual([
    [6, false],
    [5, true],
  ]);
  expect(sentences.map(({ ter }) => ter)).toEqual([0, 100 * (2 / 3), 100, 100 * (3 / 7)]);
  expect(sentences[0]).toMatchObject({ source: 'eins zwei', references: ['one two'], chrf: 100 });
});

test('groups by length count words of the source and score their own sentences alone', () => {
  const { byLength } = judgeTexts(texts);
  expect(byLength.map(({ from, to, sentences }) => [from, to, sentences])).toEqual([
    [0, 5, 3],
    [6, 10, 1],
  ]);
  expect(byLength[1]).toMatchObject({ lengthRatio: 9 / 7, ter: 300 / 7 });
  expect(byLength[1]!.bleu).toBeCloseTo(corpusBleu(texts.hypotheses.slice(3), texts.references.slice(3)).score, 10);
});

test('groups by frequency say which words of training are written', () => {
  const wordCount = countWords(['one two', 'one', 'runs and runs and runs', 'dog dog dog dog dog', 'the the']);
  const { byFrequency } = judgeTexts(texts, { wordCount });
  expect(byFrequency!.map(({ from, to }) => [from, to])).toEqual([
    [0, 0],
    [1, 1],
    [2, 4],
    [5, 9],
  ]);
  // Anna, calls, Max, three; written: Anna, hears, <, unk, >, cat
  expect(byFrequency![0]).toMatchObject({ words: 4, written: 6, matched: 1, precision: 1 / 6, recall: 1 / 4, f1: 0.2 });
  // one, the, runs, and: the last two are written once more than they should
  expect(byFrequency![2]).toMatchObject({ words: 7, written: 9, matched: 7, recall: 1 });
  expect(byFrequency![3]).toMatchObject({ words: 1, written: 0, matched: 0, precision: 0, f1: 0 });
  expect(judgeTexts(texts)).not.toHaveProperty('byFrequency');
});

test('habits: empty, unknown, copied and repeated', () => {
  const { habits } = judgeTexts(texts, { bleu: { tokenizer: 'none' } });
  expect(habits).toMatchObject({ empty: 1, unknownWords: 1 / 14, lengthRatio: 14 / 13 });
  // Anna; of the references Max, too
  expect(habits.copiedWords).toEqual({ translations: 1 / 14, references: 2 / 13 });
  // the cat runs | cat runs and | runs and runs | and runs and | runs and runs … : three of eight were there
  expect(habits.repeats).toEqual({ translations: 3 / 8, references: 1 / 6 });
  const { sources: _, ...unsourced } = texts;
  expect(judgeTexts(unsourced).habits).not.toHaveProperty('copiedWords');
});

test('words that are missed and added are counted', () => {
  const { missedWords, addedWords } = judgeTexts(texts, { bleu: { tokenizer: 'none' } });
  expect(missedWords.map(({ word }) => word)).toEqual(['Max', 'calls', 'dog', 'three']);
  expect(addedWords).toContainEqual({ word: 'runs', count: 1, of: 4 });
});

test('several references: any of them may be met', () => {
  const { scores, exactSentences, sentences } = judgeTexts({
    name: 'two',
    hypotheses: ['good day', 'bye'],
    references: [['hello', 'good day'], 'see you'],
  });
  expect(scores.signature).toContain('nrefs:var');
  expect(exactSentences).toBe(0.5);
  expect(sentences[0]!.references).toEqual(['hello', 'good day']);
});

test('a difference shows what is missing and what is there instead', () => {
  expect(describeDifference('the cat sat on it', 'the dog sat there on')).toBe(
    'the [-cat-] {+dog+} sat {+there+} on [-it-]',
  );
  expect(describeDifference('a b c', 'x y c')).toBe('[-a b-] {+x y+} c');
  expect(textDifference('', 'a b')).toEqual([{ kind: 'added', words: ['a', 'b'] }]);
  expect(textDifference('a', '')).toEqual([{ kind: 'missing', words: ['a'] }]);
});
