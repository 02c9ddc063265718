import { readEnglish, readEnglishOrdinal, readEnglishYear, readGerman, readGermanOrdinal } from './number-words.js';

/**
 * What a text of the dataset numbers-dates says, in a form that both languages share: `page 942`, `date words 1987-5-3`. Written
 * without the generator, so that both can be wrong in one place only.
 */
type Groups = readonly [string, string, string, string, string];
type Reader = readonly [pattern: RegExp, read: (groups: Groups) => string];

const englishMonths = 'January February March April May June July August September October November December'.split(
  ' ',
);
const germanMonths = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ');
const englishDays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const germanDays = 'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'.split(' ');

const english = (text: string) => Number(text.replaceAll(',', ''));
const german = (text: string) => Number(text.replaceAll('.', '').replace(',', '.'));
const on = (year: string | number, month: number, day: string | number) => `${Number(year)}-${month}-${Number(day)}`;
const enMonth = (name: string) => englishMonths.indexOf(name) + 1;
const deMonth = (name: string) => germanMonths.indexOf(name) + 1;
const weekday = (day: number, date: string) => {
  const [year, month, of] = date.split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1, of)).getUTCDay() === day ? date : 'on another day of the week';
};
const hours = (hour: string, half: string) => (Number(hour) % 12) + (half === 'p' ? 12 : 0);
const pointed = (whole: number, digits: string, read: (word: string) => number) =>
  `${whole}.${digits.split(' ').map(read).join('')}`;
const cents = (text: string | undefined, read: (word: string) => number) =>
  text === undefined ? '00' : String(read(text)).padStart(2, '0');

/** Minutes from midnight of a spoken time, its hours from 1 to 12. */
function spoken(hour: number, minutes: number, part: string): string {
  const first = {
    'at night': 0,
    nachts: 0,
    'in the morning': 6,
    morgens: 6,
    'in the afternoon': 12,
    nachmittags: 12,
    'in the evening': 18,
    abends: 18,
  }[part]!;
  const time = ((((hour * 60 + minutes) % 720) + 720) % 720) + (first < 12 ? 0 : 720);
  return `spoken ${Math.floor(time / 60)}:${time % 60}${Math.floor(time / 360) * 6 === first ? '' : ' at another part of the day'}`;
}

const englishReaders: readonly Reader[] = [
  [/^page (.+)$/, ([n]) => `page ${readEnglish(n)}`],
  [/^room (\d+)$/, ([n]) => `room ${n}`],
  [/^([\d,]+) people$/, ([n]) => `people ${english(n)}`],
  [/^the (\d+)(?:st|nd|rd|th) visitor$/, ([n]) => `visitor ${n}`],
  [/^€([\d,]+\.\d\d)$/, ([n]) => `euro ${english(n).toFixed(2)}`],
  [
    /^([a-z -]+?) euros?(?: and ([a-z-]+) cents?)?$/,
    ([n, c]) => `euro words ${readEnglish(n)}.${cents(c, readEnglish)}`,
  ],
  [/^([a-z -]+?) dollars?(?: and ([a-z-]+) cents?)?$/, ([n, c]) => `dollar ${readEnglish(n)}.${cents(c, readEnglish)}`],
  [/^minus ([a-z-]+) point ([a-z ]+) degrees$/, ([n, d]) => `degrees ${pointed(readEnglish(n), d, readEnglish)}`],
  [/^([a-z-]+) point ([a-z ]+)$/, ([n, d]) => `decimal ${pointed(readEnglish(n), d, readEnglish)}`],
  [/^(\d+\.\d\d) percent$/, ([n]) => `percent ${n}`],
  [/^([A-Z][a-z]+) (\d+), (\d+)$/, ([m, d, y]) => `date ${on(y, enMonth(m), d)}`],
  [
    /^(\w+day), ([A-Z][a-z]+) (\d+), (\d+)$/,
    ([w, m, d, y]) => `weekday ${weekday(englishDays.indexOf(w), on(y, enMonth(m), d))}`,
  ],
  [/^(\d\d)\/(\d\d)\/(\d{4})$/, ([m, d, y]) => `short ${on(y, Number(m), d)}`],
  [/^on (\d{4})-(\d\d)-(\d\d)$/, ([y, m, d]) => `iso ${on(y, Number(m), d)}`],
  [
    /^the ([a-z-]+) of ([A-Z][a-z]+), ([a-z -]+)$/,
    ([d, m, y]) => `date words ${on(readEnglishYear(y), enMonth(m), readEnglishOrdinal(d))}`,
  ],
  [/^on the ([a-z-]+) of ([A-Z][a-z]+) (\d+)$/, ([d, m, y]) => `on ${on(y, enMonth(m), readEnglishOrdinal(d))}`],
  [
    /^from (\w+) (\d+) to (\w+) (\d+), (\d+)$/,
    ([m, d, n, e, y]) => `range ${on(y, enMonth(m), d)} ${on(y, enMonth(n), e)}`,
  ],
  [/^(\d+):(\d\d) ([ap])\.m\.$/, ([h, m, half]) => `clock ${hours(h, half)}:${Number(m)}`],
  [/^at (\d+):(\d\d) ([ap])\.m\.$/, ([h, m, half]) => `clock words ${hours(h, half)}:${Number(m)}`],
  [/^(\w+) o'clock (at night|in the \w+)$/, ([h, part]) => spoken(readEnglish(h), 0, part)],
  [/^half past (\w+) (at night|in the \w+)$/, ([h, part]) => spoken(readEnglish(h), 30, part)],
  [
    /^a quarter (past|to) (\w+) (at night|in the \w+)$/,
    ([side, h, part]) => spoken(readEnglish(h), side === 'to' ? -15 : 15, part),
  ],
  [
    /^([a-z-]+) (past|to) (\w+) (at night|in the \w+)$/,
    ([m, side, h, part]) => spoken(readEnglish(h), side === 'to' ? -readEnglish(m) : readEnglish(m), part),
  ],
  [/^the ([a-z -]+)$/, ([n]) => `ordinal ${readEnglishOrdinal(n)}`],
  [/^([a-z -]+)$/, ([n]) => `cardinal ${readEnglish(n)}`],
];

const germanReaders: readonly Reader[] = [
  [/^Seite (\d+)$/, ([n]) => `page ${n}`],
  [/^Zimmer (.+)$/, ([n]) => `room ${readGerman(n)}`],
  [/^([\d.]+) Menschen$/, ([n]) => `people ${german(n)}`],
  [/^der (\d+)\. Besucher$/, ([n]) => `visitor ${n}`],
  [/^([\d.]+,\d\d) €$/, ([n]) => `euro ${german(n).toFixed(2)}`],
  [/^([\d.]+,\d\d) Euro$/, ([n]) => `euro words ${german(n).toFixed(2)}`],
  [/^(\S+) Dollar(?: und (\S+) Cent)?$/, ([n, c]) => `dollar ${readGerman(n)}.${cents(c, readGerman)}`],
  [/^-(\d+,\d\d) Grad$/, ([n]) => `degrees ${german(n).toFixed(2)}`],
  [/^(\S+) Komma (.+)$/, ([n, d]) => `decimal ${pointed(readGerman(n), d, readGerman)}`],
  [/^(\d+,\d\d) Prozent$/, ([n]) => `percent ${german(n).toFixed(2)}`],
  [/^(\d+)\. ([A-Z]\S+) (\d+)$/, ([d, m, y]) => `date ${on(y, deMonth(m), d)}`],
  [
    /^([A-Z]\w+), (\d+)\. ([A-Z]\S+) (\d+)$/,
    ([w, d, m, y]) => `weekday ${weekday(germanDays.indexOf(w), on(y, deMonth(m), d))}`,
  ],
  [/^(\d\d)\.(\d\d)\.(\d{4})$/, ([d, m, y]) => `short ${on(y, Number(m), d)}`],
  [/^am (\d+)\.(\d+)\.(\d+)$/, ([d, m, y]) => `iso ${on(y, Number(m), d)}`],
  [/^der (\S+) ([A-Z]\S+) (\S+)$/, ([d, m, y]) => `date words ${on(readGerman(y), deMonth(m), readGermanOrdinal(d))}`],
  [/^am (\S+)n ([A-Z]\S+) (\d+)$/, ([d, m, y]) => `on ${on(y, deMonth(m), readGermanOrdinal(d))}`],
  [
    /^vom (\d+)\. (\S+) bis (\d+)\. (\S+) (\d+)$/,
    ([d, m, e, n, y]) => `range ${on(y, deMonth(m), d)} ${on(y, deMonth(n), e)}`,
  ],
  [/^(\d+):(\d\d) Uhr$/, ([h, m]) => `clock ${h}:${Number(m)}`],
  [/^um (\S+) Uhr(?: (\S+))?$/, ([h, m]) => `clock words ${readGerman(h)}:${m === undefined ? 0 : readGerman(m)}`],
  [/^(\S+) Uhr (\w+s)$/, ([h, part]) => spoken(readGerman(h), 0, part)],
  [/^halb (\S+) (\w+s)$/, ([h, part]) => spoken(readGerman(h), -30, part)],
  [/^Viertel (vor|nach) (\S+) (\w+s)$/, ([side, h, part]) => spoken(readGerman(h), side === 'vor' ? -15 : 15, part)],
  [/^fünf (vor|nach) halb (\S+) (\w+s)$/, ([side, h, part]) => spoken(readGerman(h), side === 'vor' ? -35 : -25, part)],
  [
    /^(\S+) (vor|nach) (\S+) (\w+s)$/,
    ([m, side, h, part]) => spoken(readGerman(h), side === 'vor' ? -readGerman(m) : readGerman(m), part),
  ],
  [/^der (\S+)$/, ([n]) => `ordinal ${readGermanOrdinal(n)}`],
  [/^(\S+)$/, ([n]) => `cardinal ${readGerman(n)}`],
];

/** @throws {Error} for a text of no form */
export function readText(text: string, language: 'en' | 'de'): string {
  for (const [pattern, read] of language === 'en' ? englishReaders : germanReaders) {
    const groups = pattern.exec(text)?.slice(1);
    if (groups) return read(groups as unknown as Groups);
  }
  throw new Error(`${JSON.stringify(text)} has no form`);
}

/** The values that a text holds, of which each belongs to one split: `number 942`, `date 1987-5-3`. */
export function valuesOf(said: string): readonly string[] {
  const [, form = '', value = ''] = /^(.+?) (\d.*)$/.exec(said) ?? [];
  if (form === 'range') return value.split(' ').map((date) => `date ${date}`);
  if (/-\d+-/.test(value)) return [`date ${value}`];
  if (value.includes(':')) return [`time ${value}`];
  if (/^(decimal|percent|degrees)$/.test(form)) return [`decimal ${value}`];
  return [`number ${value.split('.')[0]}`];
}
