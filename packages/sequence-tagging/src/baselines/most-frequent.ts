import type { ColumnTagger, LabelledSentence } from './column-tagger.js';
import { createWordLexicon } from './word-lexicon.js';

/**
 * Every word gets the tag that it has most often in training: what can be known without looking around. Of several labels a token
 * has, each combination counts as one tag.
 */
export function mostFrequentTagger(sentences: readonly LabelledSentence[]): ColumnTagger {
  const lexicon = createWordLexicon(sentences);
  return {
    tag: (group) =>
      group.map(({ tokens }) => {
        const found = tokens.map((word) => lexicon.lookUp(word));
        return {
          tags: found.map(({ tag }) => tag),
          probabilities: Float64Array.from(found, ({ probability }) => probability),
        };
      }),
  };
}
