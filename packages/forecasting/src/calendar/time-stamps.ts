import { ConfigError } from '@unroll/core';
import { DateTime } from 'luxon';
import { parseIso, type ParsedStamp } from './iso.js';
import { timeZone } from './time-zone.js';

/** How the stamps of a column are written. `step`: whole numbers that only count. */
export type StampFormat = 'iso' | 'epoch' | 'epoch-ms' | 'step' | { readonly pattern: string };

/** Stamps as times: milliseconds since 1970 in UTC, or the number itself for `step`. */
export interface StampReader {
  /**
   * @param previous - time of the stamp before, of the same series: tells the two hours of one name apart when the
   *   clock is put back. NaN at the first one
   * @returns NaN if the text is no such stamp, or a local time that the clock skips
   */
  read(text: string, previous: number): number;
  /** what is wrong with a text for which `read` gave NaN, and what to do */
  explain(text: string): string;
}

/**
 * @param zone - IANA name of the zone of stamps without an offset
 * @throws {ConfigError} `config/time-zone`
 */
export function createStampReader(format: StampFormat, zone: string): StampReader {
  if (typeof format === 'string' && format !== 'iso') {
    const factor = format === 'epoch' ? 1000 : 1;
    return {
      read: (text) => (/^\s*[+-]?\d+(\.\d*)?\s*$/.test(text) ? Math.round(Number(text) * factor) : NaN),
      explain: (text) => `${JSON.stringify(text)} is no ${format === 'step' ? 'whole number' : `time in ${format}`}`,
    };
  }
  const parse = typeof format === 'string' ? parseIso : createPattern(format.pattern);
  const clock = timeZone(zone);
  const stamp: ParsedStamp = { time: NaN, offset: undefined };
  const parseTrimmed = (text: string) => parse(text, stamp) || (text !== text.trim() && parse(text.trim(), stamp));
  return {
    read(text, previous) {
      if (!parseTrimmed(text)) return NaN;
      if (stamp.offset !== undefined || zone === 'UTC') return stamp.time;
      const times = clock.fromLocal(stamp.time);
      // Whoever was at the earlier of two hours of one name, or past it, has come to the later.
      return (previous >= times[0]! ? times[1] : undefined) ?? times[0] ?? NaN;
    },
    explain(text) {
      if (parseTrimmed(text)) {
        return `${JSON.stringify(text)} does not exist in ${zone}: the clock is put forward over it; are the times of another zone (data.timeZone)?`;
      }
      const expected =
        typeof format === 'string' ? 'an ISO 8601 time such as 2020-02-29 13:00' : JSON.stringify(format.pattern);
      return `${JSON.stringify(text)} is not ${expected}; correct it, or say how times are written with data.timeFormat (dd.MM.yyyy HH:mm)`;
    },
  };
}

/** Texts whose time is remembered: long files repeat the same stamps for each series, and Luxon takes microseconds. */
const remembered = 100_000;

function createPattern(pattern: string): (text: string, into: ParsedStamp) => boolean {
  const parser = DateTime.buildFormatParser(pattern, { locale: 'en-US' });
  const hasOffset = /[Zz]/.test(pattern.replaceAll(/'[^']*'/g, ''));
  const known = new Map<string, number>();
  return (text, into) => {
    let time = known.get(text);
    if (time === undefined) {
      time = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale: 'en-US' }).toMillis();
      if (known.size === remembered) known.clear();
      known.set(text, time);
    }
    into.time = time;
    into.offset = hasOffset ? 0 : undefined;
    return !Number.isNaN(time);
  };
}

/** Patterns that are tried when stamps are no ISO ones; those of one line fit the same texts and are told apart by the days. */
const patterns: readonly (readonly string[])[] = [
  ['d.M.yyyy'],
  ['d.M.yyyy H:mm'],
  ['d.M.yyyy H:mm:ss'],
  ['M/d/yyyy', 'd/M/yyyy'],
  ['M/d/yyyy H:mm', 'd/M/yyyy H:mm'],
  ['M/d/yyyy H:mm:ss', 'd/M/yyyy H:mm:ss'],
  ['M/d/yyyy h:mm a', 'd/M/yyyy h:mm a'],
  ['M/d/yyyy h:mm:ss a', 'd/M/yyyy h:mm:ss a'],
  ['M/d/yy', 'd/M/yy'],
  ['M-d-yyyy', 'd-M-yyyy'],
  ['M/yyyy'],
  ['M.yyyy'],
  ['d MMM yyyy'],
  ['d-MMM-yyyy'],
  ['d-MMM-yy'],
  ['MMM d, yyyy'],
  ['MMM yyyy'],
  ['MMM-yy'],
  ['MMMM yyyy'],
];

/**
 * How the sample's stamps are written; undefined if they are no times. Whole numbers are years, dates or epochs by
 * their size, else steps; they are asked for by `numeric`, because most columns of numbers are none.
 *
 * @param share - of the texts that must be written so; below 1 a few may be broken
 *
 * @throws {ConfigError} `config/time-format` if day and month cannot be told apart
 */
export function detectStampFormat(
  sample: readonly string[],
  { numeric, share = 1 }: { readonly numeric: boolean; readonly share?: number },
): StampFormat | undefined {
  const texts = sample.map((text) => text.trim()).filter((text) => text !== '');
  if (texts.length === 0) return undefined;
  const stamp: ParsedStamp = { time: NaN, offset: undefined };
  const fit = (isSo: (text: string) => boolean) => texts.filter(isSo).length >= share * texts.length;
  if (fit(isNumber)) return numeric ? numericFormat(texts.filter(isNumber)) : undefined;
  if (fit((text) => parseIso(text, stamp))) return 'iso';
  for (const alike of patterns) {
    const fitting = alike.filter((pattern) => {
      const parse = createPattern(pattern);
      return fit((text) => parse(text, stamp));
    });
    if (fitting.length > 1 && sample.length > 1) throw ambiguous(texts[0]!, fitting);
    if (fitting[0] !== undefined) return { pattern: fitting[0] };
  }
  return undefined;
}

function ambiguous(text: string, fitting: readonly string[]): ConfigError {
  const choices = fitting.map((pattern) => JSON.stringify(pattern)).join(' or ');
  return new ConfigError(
    'config/time-format',
    `data.timeFormat: times such as ${JSON.stringify(text)} may be ${choices}; say which`,
  );
}

function isNumber(text: string): boolean {
  return /^[+-]?\d+(\.\d+)?$/.test(text);
}

function numericFormat(texts: readonly string[]): StampFormat {
  const values = texts.map(Number);
  const within = (from: number, to: number) => values.every((value) => value >= from && value <= to);
  const stamp: ParsedStamp = { time: NaN, offset: undefined };
  const whole = texts.every((text) => /^\d+$/.test(text));
  if (whole && within(18_000_101, 21_001_231) && texts.every((text) => parseIso(text, stamp))) return 'iso';
  if (whole && within(1600, 2200)) return 'iso';
  if (within(1e8, 1e11)) return 'epoch';
  return within(1e11, 1e14) ? 'epoch-ms' : 'step';
}
