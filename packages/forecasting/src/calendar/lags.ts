import { seasonLength, type Frequency, type FrequencyUnit } from './frequency.js';

/** Units of the cycles that data of a frequency may follow. */
const cycles: Readonly<Record<FrequencyUnit, readonly number[]>> = {
  step: [],
  second: [60, 3600],
  minute: [60, 1440, 10_080],
  hour: [24, 168],
  // Weekdays keep their place after 364 days, dates after 365: both are near each other.
  day: [7, 364],
  'business-day': [5, 261],
  week: [4, 52],
  month: [12],
  quarter: [4],
  year: [],
};

/**
 * Lags that tend to help: the last seven steps, and the neighbourhood of one to three turns of each cycle of the
 * frequency, as Salinas et al. 2020 give a network for electricity and traffic.
 *
 * @param season - steps of one season, which counts as a cycle, too
 * @param longest - no lag is longer
 * @returns in steps, ascending
 */
export function automaticLags(frequency: Frequency, season: number, longest: number): readonly number[] {
  const { unit, count } = frequency;
  const turns = [...cycles[unit].map((cycle) => cycle / count), season, seasonLength(frequency)]
    .filter((cycle) => Number.isInteger(cycle) && cycle > 1)
    .flatMap((cycle) => [1, 2, 3].flatMap((turn) => [turn * cycle - 1, turn * cycle, turn * cycle + 1]));
  const lags = new Set([1, 2, 3, 4, 5, 6, 7, ...turns]);
  return [...lags].filter((lag) => lag >= 1 && lag <= longest).sort((a, b) => a - b);
}
