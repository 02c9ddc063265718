import { ConfigError } from '@unroll/core';
import { distance } from 'fastest-levenshtein';
import { IANAZone } from 'luxon';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The clock of a place: local milliseconds count as if the wall clock were UTC's. */
export interface TimeZone {
  readonly name: string;
  /** local − UTC in milliseconds at an instant */
  offsetAt(time: number): number;
  /** local milliseconds of an instant */
  toLocal(time: number): number;
  /** instants of a local time, earliest first: two where the clock is put back, none in the hour that is skipped */
  fromLocal(local: number): readonly number[];
}

const utc: TimeZone = {
  name: 'UTC',
  offsetAt: () => 0,
  toLocal: (time) => time,
  fromLocal: (local) => [local],
};

const zones = new Map<string, TimeZone>([['UTC', utc]]);

/**
 * @param name - IANA name: `Europe/Berlin`
 * @throws {ConfigError} `config/time-zone`, naming the nearest zone
 */
export function timeZone(name: string): TimeZone {
  const known = zones.get(name) ?? createZone(name);
  zones.set(name, known);
  return known;
}

function createZone(name: string): TimeZone {
  if (!IANAZone.isValidZone(name)) {
    const near = Intl.supportedValuesOf('timeZone').toSorted((a, b) => distance(name, a) - distance(name, b))[0]!;
    throw new ConfigError(
      'config/time-zone',
      `data.timeZone: no time zone is called ${JSON.stringify(name)}; did you mean ${near}? Names are those of IANA: UTC, Europe/Berlin`,
    );
  }
  const offsetAt = createOffsets(IANAZone.create(name));
  return {
    name,
    offsetAt,
    toLocal: (time) => time + offsetAt(time),
    fromLocal(local) {
      // No zone is further than a day from UTC, and none changes twice within two days.
      const before = offsetAt(local - dayMs);
      const after = offsetAt(local + dayMs);
      const offsets = before === after ? [before] : [before, after];
      return offsets
        .map((offset) => local - offset)
        .filter((time) => offsetAt(time) === local - time)
        .sort((a, b) => a - b);
    },
  };
}

/** Luxon asks `Intl`, which takes microseconds: asked once a day of the calendar, and searched where a day has two. */
function createOffsets(zone: IANAZone): (time: number) => number {
  const slow = (time: number) => Math.round(zone.offset(time) * 60_000);
  const days = new Map<number, { readonly offset: number; readonly changeAt: number; readonly next: number }>();
  const dayOf = (day: number) => {
    const offset = slow(day * dayMs);
    const next = slow((day + 1) * dayMs);
    if (offset === next) return { offset, changeAt: Infinity, next };
    let from = day * dayMs;
    let to = (day + 1) * dayMs;
    while (to - from > 1000) {
      const middle = Math.floor((from + to) / 2000) * 1000;
      if (slow(middle) === offset) from = middle;
      else to = middle;
    }
    return { offset, changeAt: to, next };
  };
  return (time) => {
    const day = Math.floor(time / dayMs);
    let entry = days.get(day);
    if (!entry) days.set(day, (entry = dayOf(day)));
    return time < entry.changeAt ? entry.offset : entry.next;
  };
}

/** The instant of a local time; where the clock skips it, as many milliseconds after the change as it lies in the gap. */
export function nearestInstant(zone: TimeZone, local: number): number {
  return zone.fromLocal(local)[0] ?? local - zone.offsetAt(local - dayMs);
}
