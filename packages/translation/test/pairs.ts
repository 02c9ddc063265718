import { parseTranslationConfig, type TextPair, type TranslationConfigInput } from '../src/index.js';

/** `ein Haus = a house`: pairs, with the German side as source. */
export function pairsOf(...lines: readonly string[]): readonly TextPair[] {
  return lines.map((line, index) => {
    const [source, target] = line.split(' = ');
    return { line: index + 1, source: source!, target: target! };
  });
}

/** Invented; letters, punctuation and repeated words, so that merges and vocabularies differ between the sides. */
export const smallPairs = pairsOf(
  'ein Hund läuft. = a dog runs.',
  'ein Hund schläft! = a dog sleeps!',
  'die Hunde laufen schnell. = the dogs run fast.',
  'zwei Katzen schlafen im Haus. = two cats sleep in the house.',
  'eine Katze läuft ins Haus. = a cat runs into the house.',
  'das Haus (alt) ist klein. = the house (old) is small.',
);

export function configOf(
  tokenization: TranslationConfigInput['tokenization'],
  rest: TranslationConfigInput = {},
): ReturnType<typeof parseTranslationConfig> {
  return parseTranslationConfig({ ...rest, tokenization: { merges: 30, ...tokenization } });
}
