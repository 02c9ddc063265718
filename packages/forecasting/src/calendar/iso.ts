/** The time of a stamp: milliseconds of the clock that it was read from. */
export interface ParsedStamp {
  /** as if the clock were UTC's, if `offset` is undefined; else an instant */
  time: number;
  /** of the clock from UTC in milliseconds, where the stamp says it */
  offset: number | undefined;
}

const dayMs = 86_400_000;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * ISO 8601 and its near relatives: `2020`, `2020-02`, `2020-02-29`, `20200229`, `2020/02/29`, `2020Q1`, `2020-W09`, `2020-W09-6`, each date
 * alone or with `T` or spaces and `hh:mm`, `hh:mm:ss`, `hh:mm:ss.sss`, and then nothing, `Z` or an offset. Written without
 * regular expressions for its usual form, because a file has millions of them.
 *
 * @param into - receives the result, so that nothing is allocated
 * @returns whether the text is such a stamp
 */
export function parseIso(text: string, into: ParsedStamp): boolean {
  into.offset = undefined;
  const length = text.length;
  const separator = text.charCodeAt(4);
  if (length < 10 || (separator !== 45 && separator !== 47) || text.charCodeAt(7) !== separator)
    return parseRare(text, into);
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const date = dateMs(year, month, day);
  if (Number.isNaN(date)) return parseRare(text, into);
  into.time = date;
  return length === 10 || parseTime(text, 10, into);
}

/** Two or four digits as a number, NaN if one is none. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Midnight of a date, NaN if there is none such. */
function dateMs(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 1)) return NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (day > (month === 2 && leap ? 29 : monthDays[month - 1]!)) return NaN;
  // Days since 0000-03-01 by years that begin in March, so that the leap day is the last (Howard Hinnant, days_from_civil).
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return (shifted * 365 + leaps + dayOfYear - 719_468) * dayMs;
}

/** `T`, `t` or spaces, hours and minutes and what follows, added to `into.time`. */
function parseTime(text: string, from: number, into: ParsedStamp): boolean {
  let at = from;
  const first = text.charCodeAt(at);
  if (first === 84 || first === 116) at += 1;
  else while (text.charCodeAt(at) === 32) at += 1;
  if (at === from) return false;
  const hour = digits(text, at, 2);
  if (text.charCodeAt(at + 2) !== 58) {
    // An hour alone, or nothing but spaces.
    if (at === text.length) return first === 32;
    return text.length === at + 2 && add(into, hour * 3_600_000, hour <= 24);
  }
  const minute = digits(text, at + 3, 2);
  at += 5;
  let seconds = 0;
  if (text.charCodeAt(at) === 58) {
    seconds = digits(text, at + 1, 2);
    at += 3;
    const mark = text.charCodeAt(at);
    if (mark === 46 || mark === 44) {
      let end = at + 1;
      while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
      if (end === at + 1) return false;
      // Whole milliseconds: what is finer cannot be a distance of steps here.
      seconds += Math.floor(Number(`0.${text.slice(at + 1, end)}`) * 1000) / 1000;
      at = end;
    }
  }
  const ms = hour * 3_600_000 + minute * 60_000 + Math.round(seconds * 1000);
  const sound = hour <= 24 && minute < 60 && seconds < 60 && (hour < 24 || minute + seconds === 0);
  return add(into, ms, sound) && (at === text.length || parseOffset(text, at, into));
}

function add(into: ParsedStamp, ms: number, sound: boolean): boolean {
  into.time += ms;
  return sound && !Number.isNaN(ms);
}

const offsetPattern = /^ *(?:[Zz]|UTC|([+-])(\d\d):?(\d\d)?)$/;

function parseOffset(text: string, from: number, into: ParsedStamp): boolean {
  const rest = text.slice(from);
  const match = offsetPattern.exec(rest);
  if (!match) return rest.trim() === '';
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  into.offset = (match[1] === '-' ? -minutes : minutes) * 60_000;
  into.time -= into.offset;
  return true;
}

const rarePattern =
  /^(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?))?|-?Q([1-4])|-?W(\d\d)(?:-?([1-7]))?|(\d\d)(\d\d))?(?=$|[Tt ])/i;

function parseRare(text: string, into: ParsedStamp): boolean {
  const match = rarePattern.exec(text);
  if (!match) return false;
  const [whole, yearText, month, day, quarter, week, weekday, basicMonth, basicDay] = match;
  const year = Number(yearText);
  if (week !== undefined) into.time = weekMs(year, Number(week), Number(weekday ?? 1));
  else if (quarter !== undefined) into.time = dateMs(year, Number(quarter) * 3 - 2, 1);
  else into.time = dateMs(year, Number(month ?? basicMonth ?? 1), Number(day ?? basicDay ?? 1));
  return !Number.isNaN(into.time) && (whole.length === text.length || parseTime(text, whole.length, into));
}

/** The day of an ISO week: week 1 holds January 4. */
function weekMs(year: number, week: number, weekday: number): number {
  const fourth = dateMs(year, 1, 4);
  const monday = fourth - ((((fourth / dayMs + 3) % 7) + (fourth < 0 ? 7 : 0)) % 7) * dayMs;
  return week >= 1 && week <= 53 ? monday + ((week - 1) * 7 + weekday - 1) * dayMs : NaN;
}
