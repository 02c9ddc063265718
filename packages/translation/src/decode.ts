import { breathe, ConfigError, deriveKey } from '@unroll/core';
import { sourceBatch } from './batches.js';
import { encodeSource, type EncodedText } from './examples.js';
import { beamSearch } from './search/beam.js';
import { checkAgreement } from './search/agreement.js';
import { decoderRows } from './search/decoder-rows.js';
import { pathOf, type Ended } from './search/hypotheses.js';
import { sampleSearch } from './search/sample.js';
import { searchBatch } from './search/search-batch.js';
import { searchOptions, type SearchOptions } from './search/search-options.js';
import type { SearchedSentence, SearchSetting, SentenceSearch } from './search/sentence-search.js';
import { replaceUnknownWords } from './search/unknown-words.js';
import { idOfText } from './tokenization/special-tokens.js';
import { createSegmenters, type Segmenters } from './tokenization/create-segmenter.js';
import type { Hypothesis, TranslateOptions, Translation, TranslationModel, Translator } from './types.js';

export interface NetworkTranslatorOptions {
  /** one, or several whose probabilities are averaged; the caller disposes them */
  readonly models: readonly TranslationModel[];
  /** of the models; made from their facts unless given */
  readonly segmenters?: Segmenters | undefined;
  readonly name?: string;
}

/** Sentences that are sorted by length together, and characters that are enough for such a group. */
const groupSize = { sentences: 1024, characters: 1 << 18 };
/** Rows, of all hypotheses, and tokens of the source in them, that one batch has at most. */
const batchSize = { rows: 512, tokens: 1 << 14 };

/**
 * Models as a translator.
 *
 * @throws {ConfigError} `config/ensemble` if the models differ in their vocabularies, or in whether they copy
 */
export function networkTranslator({ models, segmenters, name = 'network' }: NetworkTranslatorOptions): Translator {
  checkAgreement(models);
  const [{ facts, config }] = models as readonly [TranslationModel];
  let made: Segmenters | undefined = segmenters;
  return {
    name,
    async *translate(texts, options = {}) {
      made ??= await createSegmenters(facts, config.tokenization);
      yield* translateAll({ models, segmenters: made }, texts, options);
    },
  };
}

interface Network {
  readonly models: readonly TranslationModel[];
  readonly segmenters: Segmenters;
}

async function* translateAll(
  network: Network,
  texts: Iterable<string> | AsyncIterable<string>,
  options: TranslateOptions,
): AsyncGenerator<Translation, void> {
  const search = searchOptions(network.models, options);
  let first = 0;
  for await (const group of groupsOf(texts, options.streaming ?? false)) {
    yield* await translateGroup(group, { network, search, options, first });
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

interface GroupContext {
  readonly network: Network;
  readonly search: SearchOptions;
  readonly options: TranslateOptions;
  /** number of the first sentence of the group, from 0 */
  readonly first: number;
}

/** A sentence that is to be translated. */
interface Task {
  readonly text: string;
  readonly source: EncodedText;
  readonly prefix: readonly string[];
  readonly sentence: SearchedSentence;
  /** from 0, in all that is translated */
  readonly number: number;
}

async function translateGroup(texts: readonly string[], context: GroupContext): Promise<readonly Translation[]> {
  const tasks = texts.map((text, place) => taskOf(text, context.first + place, context));
  const translations: Translation[] = [];
  for (const batch of batchesOf(tasks, context)) {
    const results = await translateBatch(batch, context);
    batch.forEach(
      (task, row) => (translations[task.number - context.first] = translationOf(task, results[row]!, context)),
    );
    await breathe();
  }
  return tasks.map((task, place) => translations[place] ?? emptyTranslation(task));
}

/** @throws {ConfigError} `config/decoding` for a prefix that is longer than a translation may be */
function taskOf(text: string, number: number, { network, search, options }: GroupContext): Task {
  const { segmenters, models } = network;
  const { target } = segmenters;
  const source = encodeSource(text, { segmenters, copy: models[0]!.config.model.copy });
  const prefix = target.tokens(options.prefixes?.[number] ?? '');
  const limit = Math.floor(search.lengthFactor * (source.tokens.length - 1) + search.lengthExtra);
  if (prefix.length > limit) {
    const problem = `the prefix of sentence ${number + 1} has ${prefix.length} tokens, and its translation at most ${limit}`;
    throw new ConfigError('config/decoding', `${problem}; raise lengthExtra or shorten the prefix`);
  }
  const size = target.vocabulary.size;
  const idOf = (token: string) => {
    const own = source.copied.indexOf(token);
    return own < 0 ? idOfText(target.vocabulary, token) : size + own;
  };
  const sentence = {
    sourceLength: source.tokens.length,
    limit,
    tokenCount: size + source.copied.length,
    prefix: Int32Array.from(prefix, idOf),
  };
  return { text, source, prefix, sentence, number };
}

/** Sentences of about one length together, longest first; those without words are in none. */
function* batchesOf(tasks: readonly Task[], { search, options }: GroupContext): Generator<readonly Task[], void> {
  const sorted = tasks.filter(({ source }) => source.tokens.length > 1);
  sorted.sort((a, b) => b.source.tokens.length - a.source.tokens.length);
  const hypotheses = options.sampling ? search.nBest : search.beam;
  for (let start = 0; start < sorted.length;) {
    const longest = sorted[start]!.source.tokens.length;
    const sentences = Math.floor(Math.min(batchSize.rows, batchSize.tokens / longest) / hypotheses);
    const end = start + Math.max(1, sentences);
    yield sorted.slice(start, end);
    start = end;
  }
}

async function translateBatch(
  tasks: readonly Task[],
  { network, search: options, options: { sampling, attention = false, signal } }: GroupContext,
): Promise<readonly (readonly Ended[])[]> {
  const { paddingId, startId, endId } = network.segmenters.target.vocabulary;
  const keepsAttention = attention || options.replaceUnknown || options.coveragePenalty > 0;
  const setting: SearchSetting = { options, paddingId: paddingId!, startId: startId!, endId: endId!, keepsAttention };
  const searches = tasks.map(({ sentence, number }): SentenceSearch => {
    if (!sampling) return beamSearch(setting, sentence);
    return sampleSearch(setting, sentence, { ...sampling, key: deriveKey(sampling.key, 'sentence', number) });
  });
  const batch = sourceBatch(tasks.map(({ source }) => source.example));
  const rows = decoderRows(network.models, batch, { wantsAttention: keepsAttention });
  try {
    await searchBatch(rows, searches, signal);
  } finally {
    rows.dispose();
  }
  return searches.map(({ results }) => results);
}

function translationOf(task: Task, results: readonly Ended[], { network, search, options }: GroupContext): Translation {
  const { text, source, prefix } = task;
  const { vocabulary } = network.segmenters.target;
  const hypotheses = results.map(({ node, finished, score }): Hypothesis => {
    const path = pathOf(node);
    const written = finished ? path.slice(0, -1) : path;
    const tokens = written.map(
      ({ id }, place) => prefix[place] ?? source.copied[id - vocabulary.size] ?? vocabulary.token(id),
    );
    const attention = path.flatMap((each) => each.attention ?? []);
    const words = search.replaceUnknown
      ? replaceUnknownWords(tokens, {
          attention,
          source: source.tokens,
          unit: network.models[0]!.config.tokenization.unit,
        })
      : tokens;
    return {
      tokens,
      text: network.segmenters.target.join(words),
      logProbability: node.logProbability,
      score,
      finished,
      tokenLogProbabilities: Float64Array.from(path, ({ tokenLogProbability }) => tokenLogProbability),
      ...(options.attention && { attention }),
    };
  });
  return { source: text, sourceTokens: source.tokens, hypotheses };
}

/** Of a text without words: one translation without words, which is certain. */
function emptyTranslation({ text, source: { tokens } }: Task): Translation {
  const nothing = { tokens: [], text: '', logProbability: 0, score: 0, finished: true };
  return {
    source: text,
    sourceTokens: tokens,
    hypotheses: [{ ...nothing, tokenLogProbabilities: new Float64Array(0) }],
  };
}
