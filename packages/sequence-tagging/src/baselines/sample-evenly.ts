/** Sentences from all over a file with about so many tokens in all, in order; all of them where there are no more. */
export function sampleEvenly<Sentence extends { readonly tokens: readonly string[] }>(
  sentences: readonly Sentence[],
  tokens: number,
): readonly Sentence[] {
  const share = tokens / sentences.reduce((sum, sentence) => sum + sentence.tokens.length, 0);
  if (share >= 1) return sentences;
  let before = 0;
  let taken = 0;
  return sentences.filter((sentence) => {
    const wanted = taken <= before * share;
    before += sentence.tokens.length;
    if (wanted) taken += sentence.tokens.length;
    return wanted;
  });
}
