import { deriveKey, uniform, type RandomKey } from '@unroll/core';
import type { CalendarDate } from './words.js';

export type SplitName = 'train' | 'valid' | 'test';

export interface ClockTime {
  /** 0 … 23 */
  readonly hour: number;
  readonly minute: number;
}

/** A whole number from `low` to `high`, both included. */
export type Draw = (low: number, high: number) => number;

/** Draws that follow from a key, one after the other. */
export function drawsOf(key: RandomKey): Draw {
  const atOnce = 4096;
  let values = uniform(key, atOnce);
  let count = 0;
  return (low, high) => {
    if (count > 0 && count % atOnce === 0) values = uniform(key, atOnce, count);
    return low + Math.floor(values[count++ % atOnce]! * (high - low + 1));
  };
}

const years = { first: 1700, last: 2049 };
/** of a hundred values: so many go to the validation split, and so many to the test split */
const heldOutPercent = 4;

/**
 * The one split that may hold a value, in whatever form. Numbers below 100 are learnt, because greater ones are made of them, and so
 * are numbers that look like years, because dates of the same year are in every split.
 */
export function splitOfNumber(value: number, key: RandomKey): SplitName {
  const isLearnt = value < 100 || (value >= years.first && value <= years.last);
  return isLearnt ? 'train' : splitOfName(`number ${value}`, key);
}

/** @param hundredths - the value times 100 */
export function splitOfDecimal(hundredths: number, key: RandomKey): SplitName {
  return splitOfName(`decimal ${hundredths}`, key);
}

export function splitOfDate({ year, month, day }: CalendarDate, key: RandomKey): SplitName {
  return splitOfName(`date ${year}-${month}-${day}`, key);
}

export function splitOfTime({ hour, minute }: ClockTime, key: RandomKey): SplitName {
  return splitOfName(`time ${hour}:${minute}`, key);
}

function splitOfName(name: string, key: RandomKey): SplitName {
  const place = deriveKey(key, 'split', name)[0] % 100;
  return place < heldOutPercent ? 'valid' : place < 2 * heldOutPercent ? 'test' : 'train';
}

/**
 * A number of 1 to 6 digits, each length as likely as the others. Those that n2words 4.0.0 writes wrongly in German (101 000:
 * `einhunderteinstausend`) are none.
 */
export function drawNumber(draw: Draw): number {
  const length = draw(1, 6);
  const value = draw(10 ** (length - 1), 10 ** length - 1);
  const isWrong = value > 100_000 && Math.floor(value / 1000) % 100 === 1;
  return isWrong ? drawNumber(draw) : value;
}

/** 0.01 … 99.99, times 100. */
export function drawDecimal(draw: Draw): number {
  return draw(1, 9999);
}

export function drawDate(draw: Draw, year = draw(years.first, years.last)): CalendarDate {
  const month = draw(1, 12);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: draw(1, lastDay) };
}

export function drawTime(draw: Draw): ClockTime {
  return { hour: draw(0, 23), minute: draw(0, 59) };
}
