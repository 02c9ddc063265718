import type { RandomKey } from '@unroll/core';
import { clockDigits, clockWords, spokenTime } from './clock.js';
import {
  drawDate,
  drawDecimal,
  drawNumber,
  drawTime,
  splitOfDate,
  splitOfDecimal,
  splitOfNumber,
  splitOfTime,
  type ClockTime,
  type Draw,
  type SplitName,
} from './values.js';
import {
  cardinal,
  decimalWords,
  digits,
  monthName,
  ordinal,
  ordinalDigits,
  weekdayName,
  yearWords,
  type Both,
  type CalendarDate,
} from './words.js';

/** One way to write a value in both languages, so that each text follows from the other. */
export interface Form {
  readonly name: string;
  /** how often it is drawn, beside the others */
  readonly weight: number;
  /**
   * A drawn value, written; `undefined` where it is none of `split`, or the form cannot write it.
   *
   * @param key - of the splits
   */
  drawText(draw: Draw, split: SplitName, key: RandomKey): Both | undefined;
}

interface FormOf<Value> {
  readonly name: string;
  readonly weight: number;
  readonly write: (value: Value) => Both;
  /** values that the form can write; all where absent */
  readonly takes?: (value: Value) => boolean;
}

/** Draws a value; `undefined` where it is none of `split`. @param key - of the splits */
type DrawValue<Value> = (draw: Draw, split: SplitName, key: RandomKey) => Value | undefined;

function formsOf<Value>(drawValue: DrawValue<Value>, forms: readonly FormOf<Value>[]): readonly Form[] {
  return forms.map(({ name, weight, write, takes = () => true }) => ({
    name,
    weight,
    drawText(draw, split, key) {
      const value = drawValue(draw, split, key);
      return value !== undefined && takes(value) ? write(value) : undefined;
    },
  }));
}

function ofSplit<Value>(
  drawAny: (draw: Draw) => Value,
  splitOf: (value: Value, key: RandomKey) => SplitName,
): DrawValue<Value> {
  return (draw, split, key) => {
    const value = drawAny(draw);
    return splitOf(value, key) === split ? value : undefined;
  };
}

const numbers = formsOf<number>(ofSplit(drawNumber, splitOfNumber), [
  { name: 'cardinal', weight: 6, write: cardinal },
  { name: 'page', weight: 6, write: (n) => ({ en: `page ${cardinal(n).en}`, de: `Seite ${n}` }) },
  { name: 'room', weight: 6, write: (n) => ({ en: `room ${n}`, de: `Zimmer ${cardinal(n).de}` }) },
  {
    name: 'people',
    weight: 3,
    takes: (n) => n > 1,
    write: (n) => ({ en: `${digits(n, 0).en} people`, de: `${digits(n, 0).de} Menschen` }),
  },
  { name: 'ordinal', weight: 4, write: (n) => ({ en: `the ${ordinal(n).en}`, de: `der ${ordinal(n).de}` }) },
  {
    name: 'visitor',
    weight: 3,
    write: (n) => ({ en: `the ${ordinalDigits(n).en} visitor`, de: `der ${ordinalDigits(n).de} Besucher` }),
  },
]);

interface Amount {
  readonly whole: number;
  readonly cents: number;
}

/** What stands before a unit: one thing is `ein` in German. How 101 things are written nobody agrees. */
const counted = (n: number): Both => (n === 1 ? { en: 'one', de: 'ein' } : cardinal(n));
const isCountable = ({ whole }: Amount): boolean => whole === 1 || whole % 100 !== 1;

function englishMoney({ whole, cents }: Amount, unit: string): string {
  const behind = cents === 0 ? '' : ` and ${counted(cents).en} cent${cents === 1 ? '' : 's'}`;
  return `${counted(whole).en} ${unit}${whole === 1 ? '' : 's'}${behind}`;
}

function germanMoney({ whole, cents }: Amount, unit: string): string {
  return `${counted(whole).de} ${unit}${cents === 0 ? '' : ` und ${counted(cents).de} Cent`}`;
}

const amountDigits = ({ whole, cents }: Amount): Both => digits(whole + cents / 100, 2);

/** One in six is without cents. */
const drawAmount = (draw: Draw): Amount => ({ whole: drawNumber(draw), cents: Math.max(draw(-19, 99), 0) });

const amounts = formsOf<Amount>(
  ofSplit(drawAmount, ({ whole }, key) => splitOfNumber(whole, key)),
  [
    {
      name: 'euro-digits',
      weight: 3,
      write: (amount) => ({ en: `€${amountDigits(amount).en}`, de: `${amountDigits(amount).de} €` }),
    },
    {
      name: 'euro-words',
      weight: 5,
      write: (amount) => ({ en: englishMoney(amount, 'euro'), de: `${amountDigits(amount).de} Euro` }),
    },
    {
      name: 'dollar-words',
      weight: 5,
      takes: isCountable,
      write: (amount) => ({ en: englishMoney(amount, 'dollar'), de: germanMoney(amount, 'Dollar') }),
    },
  ],
);

const decimals = formsOf<number>(ofSplit(drawDecimal, splitOfDecimal), [
  { name: 'decimal', weight: 3, write: (value) => decimalWords(value / 100, 2) },
  {
    name: 'percent',
    weight: 2,
    write: (value) => ({ en: `${digits(value / 100, 2).en} percent`, de: `${digits(value / 100, 2).de} Prozent` }),
  },
  {
    name: 'degrees',
    weight: 3,
    write: (value) => ({
      en: `minus ${decimalWords(value / 100, 2).en} degrees`,
      de: `-${digits(value / 100, 2).de} Grad`,
    }),
  },
]);

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const dates = formsOf<CalendarDate>(
  ofSplit((draw) => drawDate(draw), splitOfDate),
  [
    {
      name: 'date',
      weight: 5,
      write: (date) => ({
        en: `${monthName(date).en} ${date.day}, ${date.year}`,
        de: `${date.day}. ${monthName(date).de} ${date.year}`,
      }),
    },
    {
      name: 'weekday',
      weight: 3,
      write: (date) => ({
        en: `${weekdayName(date).en}, ${monthName(date).en} ${date.day}, ${date.year}`,
        de: `${weekdayName(date).de}, ${date.day}. ${monthName(date).de} ${date.year}`,
      }),
    },
    {
      name: 'short-date',
      weight: 2,
      write: ({ year, month, day }) => ({
        en: `${twoDigits(month)}/${twoDigits(day)}/${year}`,
        de: `${twoDigits(day)}.${twoDigits(month)}.${year}`,
      }),
    },
    {
      name: 'iso-date',
      weight: 2,
      write: ({ year, month, day }) => ({
        en: `on ${year}-${twoDigits(month)}-${twoDigits(day)}`,
        de: `am ${day}.${month}.${year}`,
      }),
    },
    {
      name: 'date-words',
      weight: 5,
      write: (date) => ({
        en: `the ${ordinal(date.day).en} of ${monthName(date).en}, ${yearWords(date.year).en}`,
        de: `der ${ordinal(date.day).de} ${monthName(date).de} ${yearWords(date.year).de}`,
      }),
    },
    {
      name: 'on-date',
      weight: 3,
      write: (date) => ({
        en: `on the ${ordinal(date.day).en} of ${monthName(date).en} ${date.year}`,
        de: `am ${ordinal(date.day).de}n ${monthName(date).de} ${date.year}`,
      }),
    },
  ],
);

interface DateRange {
  readonly first: CalendarDate;
  readonly last: CalendarDate;
}

/** The second date is looked for so often in the year of the first. */
const patience = 200;

/** Two dates of one year, both of the split. */
const drawRange: DrawValue<DateRange> = (draw, split, key) => {
  const first = drawDate(draw);
  if (splitOfDate(first, key) !== split) return undefined;
  for (let trial = 0; trial < patience; trial++) {
    const last = drawDate(draw, first.year);
    if (splitOfDate(last, key) === split) return { first, last };
  }
  return undefined;
};

const ranges = formsOf<DateRange>(drawRange, [
  {
    name: 'date-range',
    weight: 3,
    takes: ({ first, last }) => first.month < last.month || (first.month === last.month && first.day < last.day),
    write: ({ first, last }) => ({
      en: `from ${monthName(first).en} ${first.day} to ${monthName(last).en} ${last.day}, ${last.year}`,
      de: `vom ${first.day}. ${monthName(first).de} bis ${last.day}. ${monthName(last).de} ${last.year}`,
    }),
  },
]);

const times = formsOf<ClockTime>(ofSplit(drawTime, splitOfTime), [
  { name: 'clock', weight: 2, write: clockDigits },
  { name: 'clock-words', weight: 3, write: clockWords },
  { name: 'spoken-time', weight: 4, takes: ({ minute }) => minute % 5 === 0, write: spokenTime },
]);

/** All forms. No text of one of them can be a text of another, in either language. */
export const forms: readonly Form[] = [...numbers, ...amounts, ...decimals, ...dates, ...ranges, ...times];
