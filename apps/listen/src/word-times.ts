import type { SymbolTime } from '@unroll/audio-recognition';
import type { TimedWord } from './subtitles.js';

/** A word with its time and the mean probability of what it is written with. */
export interface WordTime extends TimedWord {
  readonly probability: number;
}

/** @param unit - what symbols are: words themselves, or characters, of which spaces part words */
export function wordTimes(times: readonly SymbolTime[], unit: 'character' | 'word'): readonly WordTime[] {
  if (unit === 'word') return times.map(({ symbol, ...when }) => ({ word: symbol, ...when }));
  const words: SymbolTime[][] = [[]];
  for (const time of times) {
    if (time.symbol.trim() === '') words.push([]);
    else words.at(-1)!.push(time);
  }
  return words
    .filter((letters) => letters.length > 0)
    .map((letters) => ({
      word: letters.map(({ symbol }) => symbol).join(''),
      start: letters[0]!.start,
      end: letters.at(-1)!.end,
      probability: letters.reduce((sum, { probability }) => sum + probability, 0) / letters.length,
    }));
}
