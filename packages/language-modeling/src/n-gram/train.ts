import { ConfigError, DataError, linesOf, Vocabulary, type ByteSource } from '@unroll/core';
import { countNGrams } from './counts.js';
import { estimateKneserNey } from './kneser-ney.js';
import { NGramModel, spaceWord, specialWords, type NGramUnit } from './n-gram-model.js';

export interface NGramOptions {
  /** words of the longest n-grams, 1 … 6; 3 unless set */
  readonly order?: number | undefined;
  /** word unless set */
  readonly unit?: NGramUnit | undefined;
  readonly lowercase?: boolean | undefined;
  /** rarer words are read as `<unk>`; 1 unless set */
  readonly minimumCount?: number | undefined;
  /** n-grams of length n that are rarer than entry n − 1 are left out, the last entry stands for all further lengths; 1 unless set */
  readonly minimumNGramCounts?: readonly number[] | undefined;
}

/** in UTF-16 code units */
const longestLine = 1_000_000;
const longestNGram = 6;

/**
 * An n-gram model of a text with a sentence a line, by interpolated modified Kneser-Ney smoothing. Lines without words are passed over; `<s>` and
 * `</s>` in the text are unknown words, for the ends of lines are the sentences' ends.
 *
 * @throws {ConfigError} `config/n-gram` @throws {DataError} `data/empty`, and as reading the text
 */
export async function trainNGramModel(source: ByteSource, options: NGramOptions = {}): Promise<NGramModel> {
  const { order = 3, unit = 'word', minimumCount = 1 } = options;
  const minimumCounts = checkOptions(options, order);
  const text = { source, unit, lowercase: options.lowercase ?? false };
  const vocabulary = await countVocabulary(text, minimumCount);
  const ids = await readIds(text, vocabulary);
  const [startId, endId] = [vocabulary.startId!, vocabulary.endId!];
  const counted = countNGrams(ids, { order, words: vocabulary.size, endId });
  const levels = estimateKneserNey(counted, { startId, minimumCounts });
  return new NGramModel({ name: source.name, unit, words: vocabulary.tokens, levels });
}

/** What a sentence is made of; none of an empty line. */
export function sentenceWords(line: string, unit: NGramUnit): readonly string[] {
  if (unit === 'character') return Array.from(line.trim(), (character) => (character === ' ' ? spaceWord : character));
  return line.trim() === '' ? [] : line.trim().split(/\s+/);
}

function checkOptions({ minimumNGramCounts = [1] }: NGramOptions, order: number): readonly number[] {
  if (!(Number.isInteger(order) && order >= 1 && order <= longestNGram)) {
    throw new ConfigError('config/n-gram', `order must be a whole number from 1 to ${longestNGram}, got ${order}`);
  }
  const counts = Array.from({ length: order }, (_, n) => minimumNGramCounts[n] ?? minimumNGramCounts.at(-1) ?? 1);
  if (counts.some((count, n) => !Number.isInteger(count) || count < (counts[n - 1] ?? 1))) {
    const message = `the smallest counts of n-grams must be whole numbers of at least 1 that do not fall with the length, got ${counts.join(', ')}`;
    throw new ConfigError('config/n-gram', message);
  }
  return counts;
}

interface SentenceText {
  readonly source: ByteSource;
  readonly unit: NGramUnit;
  readonly lowercase: boolean;
}

async function* sentencesOf({ source, unit, lowercase }: SentenceText): AsyncGenerator<readonly string[], void> {
  for await (const line of linesOf(source, { longest: longestLine })) {
    const words = sentenceWords(lowercase ? line.toLowerCase() : line, unit);
    if (words.length > 0) yield words;
  }
}

async function countVocabulary(text: SentenceText, minimumCount: number): Promise<Vocabulary> {
  const counts = new Map<string, number>();
  for await (const words of sentencesOf(text)) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  for (const special of Object.values(specialWords)) counts.delete(special);
  if (counts.size === 0) {
    const message = `${text.source.name} has no words; a language model is trained on text, a sentence a line`;
    throw new DataError('data/empty', message);
  }
  return Vocabulary.fromCounts(counts, { specials: specialWords, minimumCount });
}

async function readIds(text: SentenceText, vocabulary: Vocabulary): Promise<Int32Array> {
  const { startId, endId, unknownId } = vocabulary;
  let ids = new Int32Array(1 << 16);
  let length = 0;
  const push = (id: number) => {
    if (length === ids.length) {
      const wider = new Int32Array(length * 2);
      wider.set(ids);
      ids = wider;
    }
    ids[length++] = id;
  };
  for await (const words of sentencesOf(text)) {
    push(startId!);
    for (const word of words) {
      const id = vocabulary.id(word);
      push(id === startId || id === endId ? unknownId! : id);
    }
    push(endId!);
  }
  return ids.slice(0, length);
}
