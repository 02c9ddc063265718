import { DataError, Vocabulary } from '@unroll/core';
import type { DataConfig } from './config.js';
import type { Recording } from './types.js';

/** CTC's symbol for "nothing new"; id 0 of every vocabulary of symbols. */
export const blankSymbol = '<blank>';

type TranscriptConfig = Pick<DataConfig, 'unit' | 'normalizeTranscripts'>;

/**
 * A transcript as models read it: Unicode's composed form (NFC), single spaces, none at the ends. With `normalizeTranscripts` also lower case by
 * Unicode's own rules, whatever the machine's language, and without punctuation and signs: each becomes a space, but for the apostrophe
 * between two letters, which is written `'`.
 */
export function normalizeTranscript(
  text: string,
  { normalizeTranscripts }: Pick<DataConfig, 'normalizeTranscripts'>,
): string {
  const words = normalizeTranscripts ? withoutPunctuation(text.toLowerCase()) : text;
  return words.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function withoutPunctuation(text: string): string {
  return text
    .replace(/[’ʼ＇]/gu, "'")
    .replace(/(?<![\p{L}\p{M}])'|'(?!\p{L})/gu, ' ')
    .replace(/[^\P{P}']|\p{S}/gu, ' ');
}

/** What a normalised transcript is written with, one by one: its characters (code points, spaces too) or words. */
export function transcriptSymbols(text: string, unit: DataConfig['unit']): readonly string[] {
  if (unit === 'character') return Array.from(text);
  return text === '' ? [] : text.split(' ');
}

/**
 * The symbols of a training split: `<blank>`, then what its transcripts are written with, by code units.
 *
 * @param transcripts - as the data has them
 * @throws {DataError} `data/symbol` for a transcript with the word `<blank>`, `data/empty` where nothing is written at all
 */
export function symbolsOf(transcripts: Iterable<string>, data: TranscriptConfig): Vocabulary {
  const found = new Set<string>();
  for (const transcript of transcripts) {
    for (const symbol of transcriptSymbols(normalizeTranscript(transcript, data), data.unit)) found.add(symbol);
  }
  if (found.has(blankSymbol)) {
    const message = `a transcript has the word ${blankSymbol}, which means silence here; write another word`;
    throw new DataError('data/symbol', message);
  }
  if (found.size === 0) {
    const message =
      'no training recording has a transcript with anything in it; name their column with data.columns.transcript';
    throw new DataError('data/empty', message);
  }
  return new Vocabulary([blankSymbol, ...[...found].sort()]);
}

/**
 * Ids of a recording's transcript, none of them the blank.
 *
 * @throws {DataError} `data/symbol` for a symbol that the model does not have, naming recording and line
 */
export function encodeTranscript(
  { name, line, transcript }: Pick<Recording, 'name' | 'line'> & { readonly transcript: string },
  { symbols, data }: { readonly symbols: Vocabulary; readonly data: TranscriptConfig },
): Int32Array {
  const text = normalizeTranscript(transcript, data);
  return Int32Array.from(transcriptSymbols(text, data.unit), (symbol) => {
    if (symbols.has(symbol) && symbol !== blankSymbol) return symbols.id(symbol);
    const where = line === undefined ? name : `line ${line} (${name})`;
    const message = `${where}: the transcript ${JSON.stringify(text)} has ${JSON.stringify(symbol)}, which no training transcript has; correct it, or train with it`;
    throw new DataError('data/symbol', message);
  });
}

/** The text of a row of ids: words with a space between, characters side by side without spaces that are too many. */
export function decodeTranscript(ids: Iterable<number>, symbols: Vocabulary, unit: DataConfig['unit']): string {
  const written = Array.from(ids, (id) => symbols.token(id));
  return unit === 'word' ? written.join(' ') : written.join('').replace(/ +/g, ' ').trim();
}
