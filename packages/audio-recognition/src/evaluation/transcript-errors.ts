import type { Statistics } from '@unroll/core';
import type { TranscriptScores } from '../types.js';
import { digitsOf, digitsOrWords } from './digits.js';
import { countErrors } from './text-alignment.js';

/** Words between spaces of a normalised text. */
export function wordsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/**
 * What one utterance adds to the sums that `TranscriptScores` are made of: `utterances`, `exact`, `words`, `wordErrors`, `substitutions`,
 * `insertions`, `deletions`, `characters`, `characterErrors`, and of a reference of digits alone `digitUtterances`, `digits`, `digitErrors`.
 *
 * @param reference - normalised, as the hypothesis is
 */
export function transcriptStatistics(reference: string, hypothesis: string): Statistics {
  const [words, written] = [wordsOf(reference), wordsOf(hypothesis)];
  const byWord = countErrors(words, written);
  const [characters, writtenCharacters] = [Array.from(reference), Array.from(hypothesis)];
  const digits = digitsOf(words);
  return {
    utterances: 1,
    exact: reference === hypothesis ? 1 : 0,
    words: words.length,
    wordErrors: sum(byWord),
    ...byWord,
    characters: characters.length,
    characterErrors: sum(countErrors(characters, writtenCharacters)),
    ...(digits && {
      digitUtterances: 1,
      digits: digits.length,
      digitErrors: sum(countErrors(digits, digitsOrWords(written))),
    }),
  };
}

/**
 *   wer = (substitutions + insertions + deletions) / words of the references, all utterances together;  cer the same of characters, spaces
 *   too;  der of digits, where every reference is digits alone;  exact = utterances without an error / utterances
 *
 * References without words count each inserted word as one error of one.
 *
 * @param statistics - sums of what `transcriptStatistics` returned; other names do not matter
 */
export function transcriptScoresOf(statistics: Statistics): TranscriptScores {
  const get = (name: string) => statistics[name] ?? 0;
  const rate = (errors: string, length: string) => get(errors) / Math.max(1, get(length));
  const utterances = get('utterances');
  return {
    utterances,
    wer: rate('wordErrors', 'words'),
    cer: rate('characterErrors', 'characters'),
    ...(utterances > 0 && get('digitUtterances') === utterances && { der: rate('digitErrors', 'digits') }),
    exact: rate('exact', 'utterances'),
  };
}

function sum({ substitutions, insertions, deletions }: ReturnType<typeof countErrors>): number {
  return substitutions + insertions + deletions;
}
