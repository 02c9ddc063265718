/** Words of a window at most: as many as a speaker says in half a minute. */
export const longestWindow = 100;

/**
 * Cuts a line into the fewest windows of at most `longestWindow` words, all equally long but for one word. Where they are cut follows
 * from the number of words alone: a cut at ends of sentences would tell a model the tags that it is to find.
 */
export function cutIntoWindows<Word>(words: readonly Word[]): readonly (readonly Word[])[] {
  const count = Math.ceil(words.length / longestWindow);
  return Array.from({ length: count }, (_, index) =>
    words.slice(Math.floor((index * words.length) / count), Math.floor(((index + 1) * words.length) / count)),
  );
}
