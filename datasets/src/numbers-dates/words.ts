import { toCardinal as germanCardinal, toOrdinal as germanOrdinal } from 'n2words/de-DE';
import { toCardinal as englishCardinal, toOrdinal as englishOrdinal } from 'n2words/en-US';

/** A text in both languages. */
export interface Both {
  readonly en: string;
  readonly de: string;
}

/** `four thousand three hundred twenty-one`, `viertausenddreihunderteinundzwanzig`. */
export function cardinal(value: number): Both {
  return { en: englishCardinal(value), de: germanCardinal(value) };
}

/** `twenty-first`, `einundzwanzigste`. @param value - from 1 */
export function ordinal(value: number): Both {
  return { en: englishOrdinal(value), de: germanOrdinal(value) };
}

/** `21st`, `21.`. */
export function ordinalDigits(value: number): Both {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return { en: `${value}${endings[englishOrdinals.select(value)]}`, de: `${value}.` };
}

/** `4,321.50`, `4.321,50`. @param fraction - digits behind the point */
export function digits(value: number, fraction: 0 | 2): Both {
  const { en, de } = fraction === 0 ? wholeNumbers : hundredths;
  return { en: en.format(value), de: de.format(value) };
}

/** `twelve point five zero`, `zwölf Komma fünf null`: what is behind the point is read digit by digit. */
export function decimalWords(value: number, fraction: number): Both {
  const [whole = '', behind = ''] = value.toFixed(fraction).split('.');
  const read = (of: (digit: string) => string) => Array.from(behind, (digit) => of(digit)).join(' ');
  return {
    en: `${englishCardinal(whole)} point ${read(englishCardinal)}`,
    de: `${germanCardinal(whole)} Komma ${read(germanCardinal)}`,
  };
}

/** A year as it is read: `nineteen eighty-seven`, `neunzehnhundertsiebenundachtzig`; `two thousand five`, `zweitausendfünf`. */
export function yearWords(year: number): Both {
  const century = Math.floor(year / 100);
  const rest = year % 100;
  if (century === 20 && rest < 10) return cardinal(year);
  const { en, de } = cardinal(century);
  const englishRest = rest === 0 ? 'hundred' : rest < 10 ? `oh ${englishCardinal(rest)}` : englishCardinal(rest);
  if (century === 20) return { en: `${en} ${englishRest}`, de: germanCardinal(year) };
  return { en: `${en} ${englishRest}`, de: `${de}hundert${rest === 0 ? '' : germanCardinal(rest)}` };
}

export interface CalendarDate {
  readonly year: number;
  /** from 1 */
  readonly month: number;
  readonly day: number;
}

export function monthName(date: CalendarDate): Both {
  return nameOf(months, date);
}

export function weekdayName(date: CalendarDate): Both {
  return nameOf(weekdays, date);
}

const englishOrdinals = new Intl.PluralRules('en-US', { type: 'ordinal' });
const wholeNumbers = inBoth((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const hundredths = inBoth(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
);
const months = inBoth((locale) => new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }));
const weekdays = inBoth((locale) => new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }));

function inBoth<Value>(make: (locale: string) => Value): { readonly en: Value; readonly de: Value } {
  return { en: make('en-US'), de: make('de-DE') };
}

function nameOf({ en, de }: typeof months, { year, month, day }: CalendarDate): Both {
  const date = new Date(Date.UTC(year, month - 1, day));
  return { en: en.format(date), de: de.format(date) };
}
