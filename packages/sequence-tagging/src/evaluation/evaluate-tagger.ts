import { DataError } from '@unroll/core';
import {
  addStatistics,
  itemKey,
  mainScore,
  noStatistics,
  sameTag,
  scoredItems,
  scoresOfStatistics,
  tagStatistics,
  type TagStatistics,
} from '../metrics.js';
import type { ColumnPrediction, Prediction, Sentence, TagColumn, Tagger } from '../types.js';
import { CalibrationTally } from './calibration.js';
import { ClassTally } from './class-tally.js';
import { ConfusionTally } from './confusion.js';
import { errorsOf, ErrorTally } from './error-tally.js';
import type { ColumnEvaluation, TaggingEvaluation, WordGroupScores } from './result.js';

export interface EvaluateTaggerOptions {
  /** whether training has a word; without it nothing is said of unknown words */
  readonly knowsWord?: ((word: string) => boolean) | undefined;
  /** mistakes of each column to list; 20 unless set */
  readonly errors?: number | undefined;
  /** asks the tagger for probabilities, which calibration needs; true unless set */
  readonly probabilities?: boolean | undefined;
  /** after each sentence */
  readonly onProgress?: ((done: { readonly sentences: number; readonly tokens: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tags sentences whose tags are known, and counts.
 *
 * @param sentences - with as many columns of tags as the tagger has, in its order and in the scheme of its files
 * @throws {DataError} `data/no-tags` for a sentence without these; `data/empty` where there is no token
 * @throws the signal's reason when aborted
 */
export async function evaluateTagger(
  tagger: Tagger,
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
  options: EvaluateTaggerOptions = {},
): Promise<TaggingEvaluation> {
  const { probabilities = true, onProgress, signal } = options;
  const tallies = tagger.columns.map((column) => new ColumnTally(column, options));
  let [count, tokens, exact, milliseconds] = [0, 0, 0, 0];
  let since = performance.now();
  for await (const prediction of tagger.tag(withTags(sentences, tagger), { probabilities, signal })) {
    milliseconds += performance.now() - since;
    signal?.throwIfAborted();
    count++;
    tokens += prediction.sentence.tokens.length;
    if (tallies.filter((tally, i) => tally.add(prediction, i)).length === tallies.length) exact++;
    onProgress?.({ sentences: count, tokens });
    since = performance.now();
  }
  if (tokens === 0)
    throw new DataError('data/empty', 'there is no token to evaluate; give a file with tagged sentences');
  return {
    tagger: tagger.name,
    sentences: count,
    tokens,
    exactSentences: exact / count,
    seconds: milliseconds / 1000,
    columns: tallies.map((tally) => tally.result()),
    bySentence: tallies.map((tally) => tally.bySentence),
  };
}

async function* withTags(sentences: Iterable<Sentence> | AsyncIterable<Sentence>, { name, columns }: Tagger) {
  for await (const sentence of sentences) {
    const found = sentence.tags?.length ?? 0;
    if (found !== columns.length) {
      const message =
        `line ${sentence.line}: the sentence has ${found} columns of tags, and ${name} writes ${columns.length} ` +
        `(${columns.map((column) => column.name).join(', ')}); give a file with these, or name its columns by --tag`;
      throw new DataError('data/no-tags', message);
    }
    yield sentence;
  }
}

/** All that is counted of one column. */
class ColumnTally {
  readonly bySentence: TagStatistics[] = [];
  readonly #column: TagColumn;
  readonly #knowsWord: ((word: string) => boolean) | undefined;
  readonly #classes = new ClassTally();
  readonly #confusion = new ConfusionTally();
  readonly #tokens = new CalibrationTally();
  readonly #spans = new CalibrationTally();
  readonly #errors: ErrorTally;
  readonly #words = { known: { tokens: 0, correct: 0 }, unknown: { tokens: 0, correct: 0 } };

  constructor(column: TagColumn, { knowsWord, errors = 20 }: EvaluateTaggerOptions) {
    this.#column = column;
    this.#knowsWord = knowsWord;
    this.#errors = new ErrorTally(errors);
  }

  /** @returns whether every tag of the sentence is right */
  add({ sentence, columns }: Prediction, index: number): boolean {
    const column = this.#column;
    const gold = sentence.tags![index]!;
    const predicted = columns[index]!;
    const statistics = tagStatistics(gold, predicted.tags, column);
    this.bySentence.push(statistics);
    this.#classes.add(scoredItems(gold, column), scoredItems(predicted.tags, column));
    if (!column.multiLabel) this.#confusion.add(gold, predicted.tags);
    this.#errors.add(errorsOf(sentence, { gold, predicted, column }));
    this.#addTokens(sentence, gold, predicted);
    this.#addSpans(gold, predicted);
    return statistics.correct === statistics.tokens;
  }

  result(): ColumnEvaluation {
    const { name, multiLabel, scheme } = this.#column;
    const sums = this.bySentence.reduce(addStatistics, noStatistics);
    const tokens = this.#tokens.result();
    const spans = this.#spans.result();
    return {
      column: name,
      counted: multiLabel ? 'labels' : scheme === 'none' ? 'tags' : 'spans',
      scores: scoresOfStatistics(sums),
      mainScore: mainScore(this.#column),
      classes: this.#classes.classes(),
      averages: this.#classes.averages(),
      ...(!multiLabel && { confusion: this.#confusion.result() }),
      ...(this.#knowsWord && {
        unknownWords: wordScores(this.#words.unknown),
        knownWords: wordScores(this.#words.known),
      }),
      ...(tokens && { calibration: { tokens, ...(spans && { spans }) } }),
      errors: this.#errors.errors(),
      errorCount: this.#errors.count(),
      errorKinds: this.#errors.kinds(),
    };
  }

  #addTokens({ tokens }: Sentence, gold: readonly string[], { tags, probabilities }: ColumnPrediction): void {
    tokens.forEach((word, t) => {
      const isRight = sameTag(gold[t]!, tags[t]!, this.#column);
      if (probabilities) this.#tokens.add(probabilities[t]!, isRight);
      if (!this.#knowsWord) return;
      const group = this.#knowsWord(word) ? this.#words.known : this.#words.unknown;
      group.tokens++;
      if (isRight) group.correct++;
    });
  }

  #addSpans(gold: readonly string[], { spans }: ColumnPrediction): void {
    if (!spans) return;
    const keys = new Set(scoredItems(gold, this.#column).map(itemKey));
    for (const span of spans) this.#spans.add(span.probability, keys.has(itemKey(span)));
  }
}

function wordScores({ tokens, correct }: { readonly tokens: number; readonly correct: number }): WordGroupScores {
  return { tokens, accuracy: correct / tokens };
}
