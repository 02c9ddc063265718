import { DataError } from '@unroll/core/errors';
import {
  keywordCurve,
  soundPieces,
  type KeywordPoint,
  type KeywordStream,
  type Recording,
} from '@unroll/audio-recognition';
import type { Listener } from '../evaluation.js';
import { recordingOf } from '../live/utterances.js';
import { keywordsOf, windowSizes, windowsOf, type Keyword } from './windows.js';

/** How one keyword is found in long recordings. */
export interface SpottedKeyword {
  readonly name: string;
  /** how often it is said */
  readonly occurrences: number;
  /** at the threshold that was asked for */
  readonly asked: KeywordPoint;
  /** the fewest misses at no more than one false alarm an hour; absent where no threshold from 0.01 to 0.99 has so few */
  readonly atOneFalseAlarm?: KeywordPoint;
}

/** How the words of long recordings are spotted, as `classify -` would spot them. */
export interface SpottingEvaluation {
  readonly files: number;
  readonly occurrences: number;
  /** share of all occurrences that is missed at the threshold that was asked for */
  readonly missRate: number;
  /** of all keywords together, there */
  readonly falseAlarmsPerHour: number;
  readonly keywords: readonly SpottedKeyword[];
  /** of sound */
  readonly seconds: number;
  readonly computeSeconds: number;
}

export interface SpottingOptions {
  readonly threshold: number;
  /** how many files are done */
  readonly onProgress?: (done: number) => void;
}

/**
 * @param recordings - their files are the streams; their labels and times say where words are
 * @throws {DataError} `data/no-answers` where no label is a keyword of the model
 */
export async function evaluateSpotting(
  listener: Listener,
  { name, recordings }: { readonly name: string; readonly recordings: readonly Recording[] },
  { threshold, onProgress }: SpottingOptions,
): Promise<SpottingEvaluation> {
  const keywords = keywordsOf(listener.model);
  if (!recordings.some(({ label }) => keywords.some((keyword) => keyword.name === label))) {
    const message = `${name}: no label is a word that the model knows, so that nothing can be spotted`;
    throw new DataError('data/no-answers', message);
  }
  const started = performance.now();
  const heard: HeardFile[] = [];
  for (const words of byFile(recordings)) {
    heard.push(await hear(listener, words, keywords));
    onProgress?.(heard.length);
  }
  const { sampleRate } = listener.model.facts;
  const stepSeconds = windowSizes(listener.model, sampleRate).hop / sampleRate;
  const found = keywords.map(({ name: word }, k) =>
    spotted(
      word,
      heard.map((file) => streamOf(file, word, k)),
      { threshold, stepSeconds },
    ),
  );
  const occurrences = found.reduce((sum, each) => sum + each.occurrences, 0);
  const missed = found.reduce((sum, each) => sum + each.occurrences * each.asked.missRate, 0);
  return {
    files: heard.length,
    occurrences,
    missRate: missed / occurrences,
    falseAlarmsPerHour: found.reduce((sum, { asked }) => sum + asked.falseAlarmsPerHour, 0),
    keywords: found,
    seconds: heard.reduce((sum, { seconds }) => sum + seconds, 0),
    computeSeconds: (performance.now() - started) / 1000,
  };
}

/** A file with its words and the probabilities of each keyword, `[keyword][step]`. */
interface HeardFile {
  readonly words: readonly Recording[];
  readonly probabilities: readonly (readonly number[])[];
  readonly seconds: number;
}

async function hear(
  { model, recognizer }: Listener,
  words: readonly Recording[],
  keywords: readonly Keyword[],
): Promise<HeardFile> {
  const { sampleRate } = model.facts;
  const { file } = words[0]!;
  const pieces = await soundPieces(file, { sampleRate, channel: model.config.data.channel });
  let end = 0;
  async function* windows(): AsyncGenerator<Recording, void> {
    for await (const window of windowsOf(pieces, windowSizes(model, sampleRate))) {
      end = window.end;
      yield recordingOf(file.name, { samples: window.samples, sampleRate });
    }
  }
  const probabilities = keywords.map((): number[] => []);
  for await (const { probabilities: all } of recognizer.recognize(windows())) {
    keywords.forEach(({ id }, k) => probabilities[k]!.push(all![id]!));
  }
  return { words, probabilities, seconds: end / sampleRate };
}

function byFile(recordings: readonly Recording[]): readonly (readonly Recording[])[] {
  const files = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const words = files.get(recording.file.name);
    if (words) words.push(recording);
    else files.set(recording.file.name, [recording]);
  }
  return [...files.values()];
}

function streamOf({ words, probabilities, seconds }: HeardFile, word: string, keyword: number): KeywordStream {
  const occurrences = words
    .filter(({ label }) => label === word)
    .map(({ start = 0, end = seconds }) => ({ start, end }))
    .sort((a, b) => a.start - b.start);
  return { probabilities: probabilities[keyword]!, occurrences };
}

function spotted(
  name: string,
  streams: readonly KeywordStream[],
  { threshold, stepSeconds }: { readonly threshold: number; readonly stepSeconds: number },
): SpottedKeyword {
  const [asked] = keywordCurve(streams, { stepSeconds, thresholds: [threshold] });
  const quiet = keywordCurve(streams, { stepSeconds }).filter(({ falseAlarmsPerHour }) => falseAlarmsPerHour <= 1);
  const best = quiet.reduce<KeywordPoint | undefined>(
    (a, b) => (a === undefined || b.missRate < a.missRate ? b : a),
    undefined,
  );
  return {
    name,
    occurrences: streams.reduce((sum, { occurrences }) => sum + occurrences.length, 0),
    asked: asked!,
    ...(best && { atOneFalseAlarm: best }),
  };
}
