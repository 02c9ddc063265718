import * as fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  alignTexts,
  countErrors,
  evaluateTranscripts,
  showAlignment,
  transcriptScoresOf,
  transcriptStatistics,
  type AlignedWord,
} from '../../src/index.js';

interface Case {
  readonly reference: string;
  readonly hypothesis: string;
  readonly wordErrors: number;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly characterErrors: number;
}

const golden = JSON.parse(
  await readFile(new URL('../golden/transcripts.json', import.meta.url), 'utf8'),
) as unknown as { readonly words: number; readonly characters: number; readonly cases: readonly Case[] };
const data = { normalizeTranscripts: true };
const scored = (reference: string, hypothesis: string, speaker?: string) => ({
  name: `${reference}.wav`,
  reference,
  hypothesis,
  seconds: 1.5,
  speaker,
});

/** What both sides of an alignment say, and how often each kind is there. */
function readBack(words: readonly AlignedWord[]) {
  const count = (kind: AlignedWord['kind']) => words.filter((word) => word.kind === kind).length;
  return {
    reference: words.flatMap((word) => (word.kind === 'insertion' ? [] : [word.reference])),
    hypothesis: words.flatMap((word) => (word.kind === 'deletion' ? [] : [word.hypothesis])),
    counts: { substitutions: count('substitution'), insertions: count('insertion'), deletions: count('deletion') },
  };
}

describe('errors of transcripts', () => {
  it("are RapidFuzz's distances, in the kinds of the way with the most matches", () => {
    for (const { reference, hypothesis, wordErrors, characterErrors, ...kinds } of golden.cases) {
      const { substitutions, insertions, deletions } = kinds;
      const found = transcriptStatistics(reference, hypothesis);
      expect(found).toMatchObject({ wordErrors, characterErrors, substitutions, insertions, deletions });
    }
  });

  it('add up over utterances before they are divided', () => {
    const transcripts = golden.cases.map(({ reference, hypothesis }) => scored(reference, hypothesis));
    const { scores, words, seconds, errorCount } = evaluateTranscripts(transcripts, {
      data: { normalizeTranscripts: false },
      trials: 50,
    });
    const sum = (name: 'wordErrors' | 'characterErrors') => golden.cases.reduce((all, one) => all + one[name], 0);
    expect(words).toBe(golden.words);
    expect(scores.wer).toBeCloseTo(sum('wordErrors') / golden.words, 12);
    expect(scores.cer).toBeCloseTo(sum('characterErrors') / golden.characters, 12);
    const wrong = golden.cases.filter(({ wordErrors }) => wordErrors > 0).length;
    expect(errorCount).toBe(wrong);
    expect(scores.exact).toBeCloseTo(1 - wrong / golden.cases.length, 12);
    expect(seconds).toBe(180);
  });

  it('are those of the alignment, which reads as both texts', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'dd'), { maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (reference, hypothesis) => {
        const found = readBack(alignTexts(reference, hypothesis));
        expect(found).toEqual({ reference, hypothesis, counts: countErrors(reference, hypothesis) });
      }),
    );
  });

  it('of 3,000 words are aligned in halves, with the same number of errors', () => {
    const reference = Array.from({ length: 3000 }, (_, i) => `w${(i * i) % 97}`);
    const hypothesis = reference.flatMap((word, i) =>
      i % 50 === 7 ? [] : i % 61 === 5 ? [word, 'x'] : i % 41 === 3 ? ['y'] : [word],
    );
    const found = readBack(alignTexts(reference, hypothesis));
    expect(found).toEqual({ reference, hypothesis, counts: countErrors(reference, hypothesis) });
    expect(found.counts.deletions).toBeGreaterThan(30);
  });

  it('are shown in three lines', () => {
    const aligned = alignTexts(['three', 'one', 'oh', 'seven'], ['three', 'nine', 'oh', 'eight', 'six', 'seven']);
    expect(showAlignment(aligned).split('\n')).toEqual([
      'REF:  three one  oh ***** *** seven',
      'HYP:  three nine oh eight six seven',
      'Eval:       S       I     I',
    ]);
    expect(showAlignment(alignTexts(['a'], []))).toBe('REF:  a\nHYP:  *\nEval: D');
  });

  it('of digits are counted where every reference is digits alone', () => {
    const der = (pairs: readonly (readonly [string, string])[]) =>
      evaluateTranscripts(
        pairs.map(([reference, hypothesis]) => scored(reference, hypothesis)),
        { data },
      ).scores.der;
    expect(der([['three oh nine', '3 zero 5']])).toBeCloseTo(1 / 3, 12);
    expect(
      der([
        ['471', 'four seven one'],
        ['two', 'two um'],
      ]),
    ).toBeCloseTo(1 / 4, 12);
    expect(
      der([
        ['four', 'four'],
        ['four more', 'four'],
      ]),
    ).toBeUndefined();
  });

  it('of references without words count what was inserted', () => {
    expect(transcriptScoresOf(transcriptStatistics('', 'a b'))).toMatchObject({ wer: 2, exact: 0 });
    expect(transcriptScoresOf(transcriptStatistics('', ''))).toMatchObject({ wer: 0, cer: 0, exact: 1 });
    expect(transcriptScoresOf({})).toEqual({ utterances: 0, wer: 0, cer: 0, exact: 0 });
  });
});

describe('an evaluation of transcripts', () => {
  const transcripts = [
    scored('One two.', 'one two', 'ann'),
    scored('one three', 'one tree', 'ann'),
    scored('four three five', 'tree five um', 'bob'),
    scored('nine', 'nine', 'bob'),
  ];

  it('lists what is mistaken, left out and put in most often, and the worst utterances first', () => {
    const found = evaluateTranscripts(transcripts, { data });
    expect(found.substituted).toEqual([{ reference: 'three', hypothesis: 'tree', count: 2 }]);
    expect(found.deleted).toEqual([{ word: 'four', count: 1 }]);
    expect(found.inserted).toEqual([{ word: 'um', count: 1 }]);
    expect(found.wordErrors).toEqual({ substitutions: 2, insertions: 1, deletions: 1 });
    expect(found.errors.map(({ reference }) => reference)).toEqual(['four three five', 'one three']);
    expect(found.bySpeaker).toEqual([
      { speaker: 'ann', utterances: 2, wer: 1 / 4 },
      { speaker: 'bob', utterances: 2, wer: 3 / 4 },
    ]);
    expect(evaluateTranscripts(transcripts, { data, errors: 1, confusions: 0 })).toMatchObject({
      errors: [{ reference: 'four three five' }],
      errorCount: 2,
      substituted: [],
    });
  });

  it('says how sure the word error rate is, the same each time', () => {
    const { werInterval } = evaluateTranscripts(transcripts, { data });
    expect(werInterval.mean).toBeGreaterThan(0.35);
    expect(werInterval.mean).toBeLessThan(0.6);
    expect(werInterval.margin).toBeGreaterThan(0.2);
    expect(evaluateTranscripts(transcripts, { data }).werInterval).toEqual(werInterval);
    const perfect = evaluateTranscripts([transcripts[0]!, transcripts[3]!], { data });
    expect(perfect.werInterval).toEqual({ mean: 0, margin: 0 });
    expect(evaluateTranscripts([], { data }).scores.utterances).toBe(0);
  });
});
