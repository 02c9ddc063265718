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
