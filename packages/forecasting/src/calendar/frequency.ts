import { ConfigError } from '@unroll/core';
import { distance } from 'fastest-levenshtein';
import { nearestInstant, timeZone } from './time-zone.js';

/** The distance of two steps: `count` units, counted by the calendar of `timeZone` from days on. */
export interface Frequency {
  /** `step`: the data has no time, only an order */
  readonly unit: FrequencyUnit;
  readonly count: number;
  /** IANA name; `UTC` unless given */
  readonly timeZone: string;
}

export const frequencyUnits = [
  'step',
  'second',
  'minute',
  'hour',
  'day',
  'business-day',
  'week',
  'month',
  'quarter',
  'year',
] as const;
export type FrequencyUnit = (typeof frequencyUnits)[number];

const dayMs = 86_400_000;
/** 1970-01-05 was a Monday. */
const firstMonday = 4;

/** Milliseconds of the units that are equally long everywhere, and 1 for steps without time. */
const fixedLength: Partial<Record<FrequencyUnit, number>> = { step: 1, second: 1000, minute: 60_000, hour: 3_600_000 };
const monthsOf: Partial<Record<FrequencyUnit, number>> = { month: 1, quarter: 3, year: 12 };

/** Other names of the units; those of pandas included. */
const aliases: Readonly<Record<FrequencyUnit, readonly string[]>> = {
  step: ['steps', 'none'],
  second: ['seconds', 'sec', 's', 'S', 'secondly'],
  minute: ['minutes', 'min', 'T', 'minutely'],
  hour: ['hours', 'h', 'H', 'hourly'],
  day: ['days', 'd', 'D', 'daily'],
  'business-day': ['business-days', 'business day', 'business days', 'b', 'B', 'weekday', 'weekdays'],
  week: ['weeks', 'w', 'W', 'weekly'],
  month: ['months', 'mon', 'M', 'MS', 'ME', 'monthly'],
  quarter: ['quarters', 'q', 'Q', 'QS', 'QE', 'quarterly'],
  year: ['years', 'y', 'Y', 'A', 'YS', 'YE', 'yearly', 'annual'],
};
const unitNames = new Map(frequencyUnits.flatMap((unit) => [unit, ...aliases[unit]].map((name) => [name, unit])));

/** A longer unit that is the same distance: 60 minutes are an hour. */
const longer: Partial<Record<FrequencyUnit, readonly [count: number, unit: FrequencyUnit]>> = {
  second: [60, 'minute'],
  minute: [60, 'hour'],
  hour: [24, 'day'],
  day: [7, 'week'],
  month: [3, 'quarter'],
  quarter: [4, 'year'],
};

/**
 * @param text - a unit, with a count before it if it is not 1: `hour`, `15 minutes`, `2W`, `M`
 * @param zone - IANA name of the calendar
 * @throws {ConfigError} `config/frequency`, naming the nearest unit; `config/time-zone`
 */
export function parseFrequency(text: string, zone: string): Frequency {
  const match = /^\s*(\d*)\s*([A-Za-z][A-Za-z -]*?)\s*$/.exec(text);
  const name = match?.[2] ?? text;
  const unit = unitNames.get(name) ?? unitNames.get(name.toLowerCase());
  const count = match?.[1] ? Number(match[1]) : 1;
  // A lower-case m is as often a minute as a month, and a wrong guess would not be noticed.
  if (!match || unit === undefined || !(count >= 1) || name === 'm') {
    const near = frequencyUnits.toSorted((a, b) => distance(name, a) - distance(name, b))[0]!;
    const hint = name === 'm' ? 'say "min" or "month"' : `did you mean ${near}?`;
    throw new ConfigError(
      'config/frequency',
      `data.frequency: ${JSON.stringify(text)} is no frequency; ${hint} Expected a count and one of ${frequencyUnits.join(', ')}: "15 minutes"`,
    );
  }
  return normalise({ unit, count, timeZone: timeZone(zone).name });
}

/** The same distance in the longest unit that it is a whole number of. */
export function normalise(frequency: Frequency): Frequency {
  const [count, unit] = longer[frequency.unit] ?? [0];
  if (!unit || frequency.count % count !== 0) return frequency;
  return normalise({ ...frequency, unit, count: frequency.count / count });
}

/** `hour`, `15 minutes`: what `parseFrequency` reads; the time zone is not in it. */
export function formatFrequency({ unit, count }: Frequency): string {
  const name = unit.replace('-', ' ');
  return count === 1 ? name : `${count} ${name}s`;
}

/** Steps of one season, in the order in which they are tried: the first that is a whole number is the season. */
const seasons: Readonly<Record<FrequencyUnit, readonly number[]>> = {
  step: [1],
  second: [60, 3600],
  minute: [1440, 60],
  hour: [24, 168],
  day: [7],
  'business-day': [5],
  week: [52],
  month: [12],
  quarter: [4],
  year: [1],
};

/** Steps of the season that such data usually has: 24 of hours, 7 of days, 12 of months; 1 where there is none. */
export function seasonLength({ unit, count }: Frequency): number {
  const whole = seasons[unit].find((length) => length % count === 0 && length > count);
  return whole === undefined ? 1 : whole / count;
}

/**
 * The time of a step, in milliseconds since 1970 (steps where the data has no time). From days on it is counted by the
 * local calendar: noon stays noon when the clock changes, and months that start on a last day go from last day to last day.
 */
export function timeAt(start: number, step: number, frequency: Frequency): number {
  const { unit, count } = frequency;
  const fixed = fixedLength[unit];
  if (fixed !== undefined) return start + step * count * fixed;
  const zone = timeZone(frequency.timeZone);
  const local = zone.toLocal(start);
  const months = monthsOf[unit];
  if (months !== undefined) return nearestInstant(zone, addMonths(local, step * count * months));
  const days = unit === 'business-day' ? businessDays(local, step * count) : step * count * (unit === 'week' ? 7 : 1);
  return nearestInstant(zone, local + days * dayMs);
}

/**
 * The step at which a time is, NaN if it lies between two. Of months and longer units any day of the month counts, since
 * last days, last business days and the like move within theirs.
 */
export function stepOf(start: number, time: number, frequency: Frequency): number {
  const { unit, count } = frequency;
  const fixed = fixedLength[unit];
  if (fixed !== undefined) return wholeOrNaN((time - start) / (count * fixed));
  const zone = timeZone(frequency.timeZone);
  const from = zone.toLocal(start);
  const to = zone.toLocal(time);
  const months = monthsOf[unit];
  if (months !== undefined) return wholeOrNaN((monthNumber(to) - monthNumber(from)) / (count * months));
  const days = Math.round((to - from) / dayMs);
  const steps = unit === 'business-day' ? businessSteps(from, days) : days / (unit === 'week' ? 7 : 1);
  const whole = wholeOrNaN(steps / count);
  return timeAt(start, whole, frequency) === time ? whole : NaN;
}

/**
 * ISO 8601 text that reads back as the same time with the frequency's time zone: a date from days on, else date and
 * time, with its offset unless the zone is UTC. A plain number where the data has no time.
 */
export function formatTime(time: number, frequency: Frequency): string {
  if (frequency.unit === 'step') return String(time);
  const zone = timeZone(frequency.timeZone);
  const iso = new Date(zone.toLocal(time)).toISOString();
  if (fixedLength[frequency.unit] === undefined && iso.endsWith('T00:00:00.000Z')) return iso.slice(0, 10);
  const text = iso.endsWith('.000Z') ? iso.slice(0, 19) : iso.slice(0, 23);
  return zone.name === 'UTC' ? text : text + formatOffset(zone.offsetAt(time));
}

function formatOffset(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function wholeOrNaN(value: number): number {
  return Number.isInteger(value) ? value : NaN;
}

function monthNumber(local: number): number {
  const date = new Date(local);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function addMonths(local: number, months: number): number {
  const date = new Date(local);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const day = date.getUTCDate();
  const atEnd = day === daysIn(month);
  const length = daysIn(month + months);
  const first = Date.UTC(2000, month + months - 24_000, 1);
  return first + ((atEnd ? length : Math.min(day, length)) - 1) * dayMs + (((local % dayMs) + dayMs) % dayMs);
}

/** Days of the month with this number since the year 0. */
function daysIn(month: number): number {
  return new Date(Date.UTC(2000, month - 24_000 + 1, 0)).getUTCDate();
}

/** 0 = Monday. */
export function weekday(local: number): number {
  return (((Math.floor(local / dayMs) - firstMonday) % 7) + 7) % 7;
}

/** Days from `local` to `steps` business days later; a weekend counts as the Monday after it. */
function businessDays(local: number, steps: number): number {
  const day = weekday(local);
  const toMonday = day > 4 ? 7 - day : 0;
  const place = (toMonday > 0 ? 0 : day) + steps;
  const week = Math.floor(place / 5);
  return toMonday + week * 7 + (place - week * 5) - (toMonday > 0 ? 0 : day);
}

/** Business days from `local` to `days` days later; NaN where either is a weekend. */
function businessSteps(local: number, days: number): number {
  const from = weekday(local);
  const to = weekday(local + days * dayMs);
  return from > 4 || to > 4 ? NaN : ((days - (to - from)) / 7) * 5 + (to - from);
}
