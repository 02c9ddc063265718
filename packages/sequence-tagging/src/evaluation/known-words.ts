import type { SequenceTaggingConfig } from '../config.js';
import type { TaggingFacts } from '../types.js';
import { wordKey } from '../word-features.js';

/**
 * Whether training has a word, in the spelling that the model looks it up by. Words that only a file of vectors has are
 * unknown, and so are those that `model.words.minimumCount` leaves out.
 */
export function knownWords(
  { words, wordCounts }: Pick<TaggingFacts, 'words' | 'wordCounts'>,
  { model }: Pick<SequenceTaggingConfig, 'model'>,
): (word: string) => boolean {
  return (word) => {
    const key = wordKey(word, model.words);
    return words.has(key) && wordCounts[words.id(key)]! > 0;
  };
}
