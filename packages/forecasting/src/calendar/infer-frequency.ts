import { normalise, weekday, type Frequency, type FrequencyUnit } from './frequency.js';
import { timeZone } from './time-zone.js';

/** The times of one series, ascending, no two the same. */
export interface TimeAxis {
  readonly id: string;
  readonly times: Float64Array;
}

/** A frequency, or why there is none; `series` and `index` say at which time that shows. */
export type Inferred =
  { readonly frequency: Frequency } | { readonly problem: string; readonly series?: number; readonly index?: number };

const dayMs = 86_400_000;
/** A series is of another frequency if this share of its distances is, out of so many at least. */
const otherShare = 0.9;
const otherCount = 8;
/** So many equal distances in a row are no gaps. */
const longRun = 6;
/** Of the steps of a grid that no distance fits exactly, so many must have a row. */
const leastCoverage = 0.3;

/**
 * The frequency of series from the distances of their times: the most frequent distance, if all others are whole multiples
 * of it, which are gaps. Where every time is at the same hour of the day they are counted by the calendar: days, days without
 * weekends, weeks, and months of whatever length.
 *
 * @param zone - IANA name of the calendar
 */
export function inferFrequency(axes: readonly TimeAxis[], zone: string): Inferred {
  const local = timeZone(zone);
  const atSameHour = everyTime(axes, (time, first) => mod(local.toLocal(time) - local.toLocal(first), dayMs) === 0);
  const days = atSameHour ? toDays(axes, (time) => local.toLocal(time)) : undefined;
  const scale = days ?? axes;
  const counts = countDistances(scale);
  if (counts.size === 0) return { problem: 'no series has two times, so that their distance is not known' };
  const mode = mostFrequent(counts);
  if (days && mode >= 28) {
    const months = inferMonths(days, zone);
    if (months) return months;
  }
  const unit: FrequencyUnit = days ? 'day' : 'second';
  // Distances in milliseconds below a second are kept as parts of one.
  const build = (distance: number): Inferred => grid(scale, { distance, unit, zone });
  if (days && mode === 1 && withoutWeekends(days))
    return checked(days, { unit: 'business-day', count: 1, timeZone: zone }, 1);
  if ([...counts.keys()].every((distance) => distance % mode === 0)) return build(mode);
  const divisor = [...counts.keys()].reduce(greatestCommonDivisor);
  const steps = [...counts].reduce((sum, [distance, count]) => sum + (distance / divisor) * count, 0);
  const rows = [...counts.values()].reduce((a, b) => a + b, 0);
  if (rows / steps >= leastCoverage && (days || divisor >= 1000)) return build(divisor);
  return { problem: irregular(mode, days !== undefined), ...firstOff(scale, mode) };
}

function irregular(mode: number, inDays: boolean): string {
  const hours = inDays ? mode * 24 : mode / 3_600_000;
  const distance =
    hours % 24 === 0
      ? `${hours / 24} days`
      : hours >= 1
        ? `${Number(hours.toFixed(3))} hours`
        : `${Number((hours * 60).toFixed(3))} minutes`;
  return `the distance to the time before is no multiple of ${distance}, the most frequent distance: mixed frequencies, or times that are not regular`;
}

/** Steps of a fixed length, counted in days or milliseconds. */
function grid(
  axes: readonly TimeAxis[],
  { distance, unit, zone }: { distance: number; unit: FrequencyUnit; zone: string },
): Inferred {
  const count = unit === 'second' ? distance / 1000 : distance;
  if (!Number.isInteger(count))
    return {
      problem: `times are ${distance} milliseconds apart; steps below a second are counted with data.time none`,
    };
  return checked(axes, normalise({ unit, count, timeZone: zone }), distance);
}

/** The frequency, unless a series or a long part of one has another. */
function checked(axes: readonly TimeAxis[], frequency: Frequency, distance: number): Inferred {
  for (const [series, { times }] of axes.entries()) {
    const counts = countDistances([{ id: '', times }]);
    const total = times.length - 1;
    const own = counts.size === 0 ? distance : mostFrequent(counts);
    if (own > distance && total >= otherCount && counts.get(own)! >= otherShare * total) {
      return {
        problem: `mixed frequencies: the rows of this series are ${own / distance} steps of the others apart`,
        series,
        index: 1,
      };
    }
    const runs = longRuns(times);
    const other = runs.find((run) => run.distance !== runs[0]!.distance);
    const explained = runs.reduce((sum, run) => sum + run.length, 0);
    if (other && explained >= otherShare * total) {
      return {
        problem: 'mixed frequencies: from here on the rows are another distance apart',
        series,
        index: other.start,
      };
    }
  }
  return { frequency };
}

interface Run {
  readonly start: number;
  readonly distance: number;
  readonly length: number;
}

/** Stretches of equal distances. */
function longRuns(times: Float64Array): readonly Run[] {
  const runs: Run[] = [];
  let start = 1;
  for (let i = 2; i <= times.length; i++) {
    const distance = times[start]! - times[start - 1]!;
    if (i < times.length && distance === times[i]! - times[i - 1]!) continue;
    if (i - start >= longRun) runs.push({ start, distance, length: i - start });
    start = i;
  }
  return runs;
}

/** Months, quarters or years, if every time is on a day of its month that belongs to such data. */
function inferMonths(days: readonly TimeAxis[], zone: string): Inferred | undefined {
  const dates = days.map(({ id, times }) => ({ id, times: times.map((day) => monthOf(day)) }));
  const counts = countDistances(dates);
  if (counts.size === 0 || counts.has(0)) return undefined;
  // Equal days, or all near the end or the start of their months: last days, last business days and the like.
  const dayNumbers = days.flatMap(({ times }) => Array.from(times.subarray(0, 1000), dayOfMonth));
  const [low, high] = dayNumbers.reduce(([a, b], day) => [Math.min(a, day), Math.max(b, day)], [31, 1]);
  if (high - low > 0 && low < 25 && high > 7) return undefined;
  const mode = mostFrequent(counts);
  const divisor = [...counts.keys()].reduce(greatestCommonDivisor);
  const count = [...counts.keys()].every((distance) => distance % mode === 0) ? mode : divisor;
  return checked(dates, normalise({ unit: 'month', count, timeZone: zone }), count);
}

function monthOf(day: number): number {
  const date = new Date(day * dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function dayOfMonth(day: number): number {
  return new Date(day * dayMs).getUTCDate();
}

/** No time is on a weekend, though the times go over one. */
function withoutWeekends(days: readonly TimeAxis[]): boolean {
  const over = days.some(({ times }) =>
    times.some((day, index) => index > 0 && weekday(day * dayMs) < weekday(times[index - 1]! * dayMs)),
  );
  return over && everyTime(days, (day) => weekday(day * dayMs) < 5);
}

function everyTime(axes: readonly TimeAxis[], holds: (time: number, first: number) => boolean): boolean {
  const first = axes.find(({ times }) => times.length > 0)?.times[0] ?? 0;
  return axes.every(({ times }) => times.every((time) => holds(time, first)));
}

function toDays(axes: readonly TimeAxis[], toLocal: (time: number) => number): readonly TimeAxis[] {
  return axes.map(({ id, times }) => ({ id, times: times.map((time) => Math.floor(toLocal(time) / dayMs)) }));
}

function countDistances(axes: readonly TimeAxis[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { times } of axes) {
    for (let i = 1; i < times.length; i++) {
      const distance = times[i]! - times[i - 1]!;
      counts.set(distance, (counts.get(distance) ?? 0) + 1);
    }
  }
  return counts;
}

/** The shortest of the most frequent ones. */
function mostFrequent(counts: ReadonlyMap<number, number>): number {
  return [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a))[0];
}

function firstOff(axes: readonly TimeAxis[], distance: number): { series: number; index: number } | object {
  for (const [series, { times }] of axes.entries()) {
    const index = times.findIndex((time, i) => i > 0 && (time - times[i - 1]!) % distance !== 0);
    if (index > 0) return { series, index };
  }
  return {};
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
