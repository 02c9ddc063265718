import { checkAgreement } from './search/agreement.js';
import { searchOptions } from './search/search-options.js';
import { translateGroup } from './search/translate-group.js';
import { createSegmenters, type Segmenters } from './tokenization/create-segmenter.js';
import type { TranslateOptions, Translation, TranslationModel, Translator } from './types.js';

export interface NetworkTranslatorOptions {
  /** one, or several whose probabilities are averaged; the caller disposes them */
  readonly models: readonly TranslationModel[];
  /** of the models; made from their facts unless given */
  readonly segmenters?: Segmenters | undefined;
  readonly name?: string | undefined;
}

/** Sentences that are sorted by length together, and characters that are enough for such a group. */
const groupSize = { sentences: 1024, characters: 1 << 18 };

/**
 * Models as a translator: greedy or beam search as the configuration says, or draws. Of several models the probabilities of every
 * token are averaged. `<pad>` and `<s>` are never written; `<unk>` is, unless `replaceUnknown` makes a word of it. A text without
 * tokens has one translation, without tokens.
 *
 * `prefixes` are tokenised as texts are, so that one ends where a word ends (except of a model of characters).
 *
 * @throws {ConfigError} `config/ensemble` if the models differ in their vocabularies, or in whether they copy; when translating
 * `config/decoding` and `config/sampling` for options that cannot be used
 */
export function networkTranslator({ models, segmenters, name = 'network' }: NetworkTranslatorOptions): Translator {
  checkAgreement(models);
  const { facts, config } = models[0]!;
  let made = segmenters;
  return {
    name,
    async *translate(texts, options = {}) {
      made ??= await createSegmenters(facts, config.tokenization);
      yield* translateAll({ models, segmenters: made }, texts, options);
    },
  };
}

async function* translateAll(
  network: { readonly models: readonly TranslationModel[]; readonly segmenters: Segmenters },
  texts: Iterable<string> | AsyncIterable<string>,
  options: TranslateOptions,
): AsyncGenerator<Translation, void> {
  const context = { ...network, options, search: searchOptions(network.models, options) };
  let first = 0;
  for await (const group of groupsOf(texts, options.streaming ?? false)) {
    yield* await translateGroup(group, { ...context, first });
    first += group.length;
  }
}

async function* groupsOf(
  texts: Iterable<string> | AsyncIterable<string>,
  streaming: boolean,
): AsyncGenerator<readonly string[], void> {
  const limits = streaming ? { sentences: 1, characters: 0 } : groupSize;
  let group: string[] = [];
  let characters = 0;
  for await (const text of texts) {
    group.push(text);
    characters += text.length;
    if (group.length < limits.sentences && characters < limits.characters) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}
