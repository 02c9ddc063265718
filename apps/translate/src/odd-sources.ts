import { formatNumber } from '@unroll/core';
import type { OpenModels } from './models.js';

/** Words beyond which a sentence is told to be long where training had no limit. */
const manyWords = 1000;

/** What to tell of a text that a model can make little of; nothing of most. */
export function oddSource(
  text: string,
  line: number,
  { models, segmenters }: Pick<OpenModels, 'models' | 'segmenters'>,
): string | undefined {
  const { cleaning } = models[0]!.config.data;
  const most = cleaning.maximumWords || manyWords;
  const words = countWords(text, most);
  if (words > most) {
    return `line ${line} has ${formatNumber(countWords(text, Infinity))} words, training had at most ${formatNumber(most)}: its translation takes long and is worth little`;
  }
  const { source } = segmenters;
  const ids = source.encode(text);
  const isUnknown = ids.length > 0 && ids.every((id) => id === source.vocabulary.unknownId);
  return isUnknown ? `line ${line}: the model knows none of its words; --replace-unknown copies them` : undefined;
}

/** Up to one more than `most`. */
function countWords(text: string, most: number): number {
  let count = 0;
  for (const _ of text.matchAll(/\S+/g)) {
    count += 1;
    if (count > most) break;
  }
  return count;
}
