import { ConfigError } from '@unroll/core';
import { closest } from 'fastest-levenshtein';
import { timeAt, type Frequency, type FrequencyUnit } from './frequency.js';
import { timeZone } from './time-zone.js';

/** A day in the local calendar. */
interface LocalTime {
  /** of the day, from 0 to 24 */
  readonly hours: number;
  /** Monday = 0 */
  readonly weekday: number;
  /** from 0 */
  readonly dayOfMonth: number;
  readonly month: number;
  readonly dayOfYear: number;
  readonly daysInYear: number;
}

interface CalendarFeature {
  /** in turns: 0 at the beginning of the period, 1 at its end */
  readonly phase: (time: LocalTime) => number;
  /** pairs of sine and cosine, unless the name says how many */
  readonly harmonics: number;
}

/** A day of the week in three harmonics, a month in six: as much as one number for each of them would say. */
const features: Readonly<Record<string, CalendarFeature>> = {
  minute: { phase: ({ hours }) => hours % 1, harmonics: 2 },
  hour: { phase: ({ hours }) => hours / 24, harmonics: 3 },
  'day-of-week': { phase: ({ weekday }) => weekday / 7, harmonics: 3 },
  'day-of-month': { phase: ({ dayOfMonth }) => dayOfMonth / 31, harmonics: 2 },
  'day-of-year': { phase: ({ dayOfYear, daysInYear }) => dayOfYear / daysInYear, harmonics: 3 },
  'week-of-year': { phase: ({ dayOfYear }) => Math.floor(dayOfYear / 7) / 53, harmonics: 3 },
  month: { phase: ({ month }) => month / 12, harmonics: 6 },
};

/** log₁₀(2 + steps since the start of the series), from 0.3 to about 4: grows ever more slowly. */
const age = 'age';
const names = [...Object.keys(features), age];

const automatic: Readonly<Record<FrequencyUnit, readonly string[]>> = {
  step: [age],
  second: ['minute', 'hour', 'day-of-week', age],
  minute: ['minute', 'hour', 'day-of-week', 'day-of-year', age],
  hour: ['hour', 'day-of-week', 'day-of-year', age],
  day: ['day-of-week', 'day-of-month', 'day-of-year', age],
  'business-day': ['day-of-week', 'day-of-month', 'day-of-year', age],
  week: ['day-of-year', age],
  month: ['month', age],
  quarter: ['month:2', age],
  year: [age],
};

/**
 * The columns of the calendar features of a frequency: a phase φ in turns with n harmonics is sin 2πφ, cos 2πφ, …
 * sin 2πnφ, cos 2πnφ, named `day-of-week sin 1` and so on.
 *
 * @param wanted - `auto`, or names of features, with a number of harmonics (`day-of-week:3`) or without
 * @throws {ConfigError} `config/calendar` for an unknown name, or one that data without time does not have
 */
export function calendarNames({ unit }: Frequency, wanted: 'auto' | readonly string[]): readonly string[] {
  const columns = (wanted === 'auto' ? automatic[unit] : wanted).flatMap((text) => {
    const [name = '', count, ...rest] = text.split(':');
    const isCount = count === undefined || /^[1-9]\d?$/.test(count);
    if (!names.includes(name) || !isCount || rest.length > 0 || (name === age && count !== undefined)) {
      const message = `features.calendar: ${JSON.stringify(text)} is no calendar feature; did you mean ${closest(name, names)}? There are ${names.join(', ')}, with a number of harmonics: "day-of-year:6"`;
      throw new ConfigError('config/calendar', message);
    }
    if (unit === 'step' && name !== age) {
      const message = `features.calendar: ${name} needs time stamps, and the data has none; give data.start and data.frequency, or only "${age}"`;
      throw new ConfigError('config/calendar', message);
    }
    if (name === age) return [age];
    const harmonics = Number(count ?? features[name]!.harmonics);
    return Array.from({ length: harmonics }, (_, k) => [`${name} sin ${k + 1}`, `${name} cos ${k + 1}`]).flat();
  });
  return [...new Set(columns)];
}

export interface CalendarOptions {
  readonly frequency: Frequency;
  /** from `calendarNames` */
  readonly names: readonly string[];
  /** the first step */
  readonly from: number;
  /** the step after the last one */
  readonly to: number;
}

/**
 * Calendar features of the steps of a series, in the time zone of its frequency; sines and cosines are halved.
 *
 * @param start - of step 0, as in `Series`
 * @returns `[to − from, names]`
 */
export function calendarRows(start: number, { frequency, names, from, to }: CalendarOptions): Float32Array {
  const width = names.length;
  const rows = new Float32Array((to - from) * width);
  if (width === 0) return rows;
  const columns = names.map((name) => {
    const [feature = '', shape, harmonic] = name.split(' ');
    const turn = 2 * Math.PI * Number(harmonic);
    return { phase: features[feature]?.phase, turn, quarter: shape === 'sin' ? 0 : Math.PI / 2 };
  });
  const zone = timeZone(frequency.timeZone);
  const hasTime = frequency.unit !== 'step';
  let at = 0;
  for (let step = from; step < to; step++) {
    const time = hasTime ? localTime(zone.toLocal(timeAt(start, step, frequency))) : undefined;
    for (const { phase, turn, quarter } of columns) {
      rows[at++] = phase ? Math.sin(phase(time!) * turn + quarter) / 2 : Math.log10(2 + step);
    }
  }
  return rows;
}

const dayMs = 86_400_000;

/** @param local - milliseconds since 1970 on the local clock */
function localTime(local: number): LocalTime {
  const day = Math.floor(local / dayMs);
  const date = new Date(local);
  const year = date.getUTCFullYear();
  const firstDay = Date.UTC(year, 0, 1) / dayMs;
  return {
    hours: (local - day * dayMs) / 3_600_000,
    // 1970-01-01 was a Thursday.
    weekday: (((day + 3) % 7) + 7) % 7,
    dayOfMonth: date.getUTCDate() - 1,
    month: date.getUTCMonth(),
    dayOfYear: day - firstDay,
    daysInYear: Date.UTC(year + 1, 0, 1) / dayMs - firstDay,
  };
}
