import { breathe, ConfigError, deriveKey } from '@unroll/core';
import { sourceBatch } from '../batches.js';
import { encodeSource, type EncodedText } from '../examples.js';
import type { Segmenters } from '../tokenization/create-segmenter.js';
import { idOfText } from '../tokenization/special-tokens.js';
import type { Hypothesis, TranslateOptions, Translation, TranslationModel } from '../types.js';
import { beamSearch, type ExpandedNode } from './beam.js';
import { decoderRows } from './decoder-rows.js';
import { pathOf, type Ended, type Node } from './hypotheses.js';
import { sampleSearch } from './sample.js';
import { searchBatch } from './search-batch.js';
import type { SearchOptions } from './search-options.js';
import type { SearchedSentence, SearchSetting, SentenceSearch } from './sentence-search.js';
import { replaceUnknownWords } from './unknown-words.js';

/** Rows, of all hypotheses, and tokens of the source in them, that one batch has at most. */
const batchSize = { rows: 512, tokens: 1 << 14 };

export interface GroupContext {
  readonly models: readonly TranslationModel[];
  readonly segmenters: Segmenters;
  readonly options: TranslateOptions;
  readonly search: SearchOptions;
  /** number of the first sentence of the group, from 0 */
  readonly first: number;
  /** is told of every step of a beam search */
  readonly observe?: (expanded: readonly ExpandedNode[], tokenOf: (node: Node) => string) => void;
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

/** Translations of texts in their order; those of about one length are computed together. @throws {ConfigError} as `networkTranslator` */
export async function translateGroup(texts: readonly string[], context: GroupContext): Promise<readonly Translation[]> {
  const tasks = texts.map((text, place) => taskOf(text, context.first + place, context));
  const translations: Translation[] = [];
  for (const batch of batchesOf(tasks, context)) {
    const results = await translateBatch(batch, context);
    for (const [row, task] of batch.entries()) {
      translations[task.number - context.first] = translationOf(task, results[row]!, context);
    }
    await breathe();
  }
  return tasks.map((task, place) => translations[place] ?? emptyTranslation(task));
}

/** @throws {ConfigError} `config/decoding` for a prefix that is longer than a translation may be */
function taskOf(text: string, number: number, { models, segmenters, search, options }: GroupContext): Task {
  const { target } = segmenters;
  const source = encodeSource(text, { segmenters, copy: models[0]!.config.model.copy });
  const prefix = target.tokens(options.prefixes?.[number] ?? '');
  const limit = Math.floor(search.lengthFactor * (source.tokens.length - 1) + search.lengthExtra);
  if (prefix.length > limit) {
    const problem = `the prefix of sentence ${number + 1} has ${prefix.length} tokens, and its translation at most ${limit}`;
    throw new ConfigError('config/decoding', `${problem}; raise lengthExtra or shorten the prefix`);
  }
  const { size } = target.vocabulary;
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

/** Sentences of about one length together, longest first; those without tokens are in none. */
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

/** @returns the best of each, best first */
async function translateBatch(tasks: readonly Task[], context: GroupContext): Promise<readonly (readonly Ended[])[]> {
  const { models, segmenters, search, options } = context;
  const { paddingId, startId, endId } = segmenters.target.vocabulary;
  const keepsAttention = options.attention === true || search.replaceUnknown || search.coveragePenalty > 0;
  const setting = { options: search, paddingId: paddingId!, startId: startId!, endId: endId!, keepsAttention };
  const searches = tasks.map((task) => searchOf(task, setting, context));
  const batch = sourceBatch(tasks.map(({ source }) => source.example));
  const rows = decoderRows(models, batch);
  try {
    await searchBatch(rows, searches, options.signal);
  } finally {
    rows.dispose();
  }
  return searches.map(({ results }) => results);
}

function searchOf(task: Task, setting: SearchSetting, { options, segmenters, observe }: GroupContext): SentenceSearch {
  const { sampling } = options;
  if (sampling) {
    const key = deriveKey(sampling.key, 'sentence', task.number);
    return sampleSearch(setting, task.sentence, { ...sampling, key });
  }
  const tokenOf = (node: Node) => tokenAt(node, task, segmenters);
  return beamSearch(setting, task.sentence, observe && ((expanded) => observe(expanded, tokenOf)));
}

/** As it was given in a prefix, as it stands in the source where it was copied, or of the vocabulary. */
function tokenAt({ id, length }: Node, { source, prefix }: Task, { target }: Segmenters): string {
  return prefix[length - 1] ?? source.copied[id - target.vocabulary.size] ?? target.vocabulary.token(id);
}

function translationOf(task: Task, results: readonly Ended[], context: GroupContext): Translation {
  const { text, source } = task;
  return {
    source: text,
    sourceTokens: source.tokens,
    hypotheses: results.map((ended) => hypothesisOf(ended, task, context)),
  };
}

function hypothesisOf({ node, finished, score }: Ended, task: Task, context: GroupContext): Hypothesis {
  const { models, segmenters, search, options } = context;
  const path = pathOf(node);
  const tokens = (finished ? path.slice(0, -1) : path).map((each) => tokenAt(each, task, segmenters));
  const attention = path.flatMap((each) => each.attention ?? []);
  const { unit } = models[0]!.config.tokenization;
  const written = search.replaceUnknown
    ? replaceUnknownWords(tokens, { attention, source: task.source.tokens, unit })
    : tokens;
  return {
    tokens,
    text: segmenters.target.join(written),
    logProbability: node.logProbability,
    score,
    finished,
    tokenLogProbabilities: Float64Array.from(path, ({ tokenLogProbability }) => tokenLogProbability),
    ...(options.attention && attention.length > 0 && { attention }),
  };
}

/** Of a text without tokens: one translation without tokens, which is certain. */
function emptyTranslation({ text, source }: Task): Translation {
  const nothing = { tokens: [], text: '', logProbability: 0, score: 0, finished: true };
  const hypothesis = { ...nothing, tokenLogProbabilities: new Float64Array(0) };
  return { source: text, sourceTokens: source.tokens, hypotheses: [hypothesis] };
}
