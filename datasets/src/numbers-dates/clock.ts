import type { ClockTime } from './values.js';
import { cardinal, type Both } from './words.js';

/** `3:45 p.m.`, `15:45 Uhr`. */
export function clockDigits({ hour, minute }: ClockTime): Both {
  const minutes = String(minute).padStart(2, '0');
  return { en: `${onTwelve(hour)}:${minutes} ${hour < 12 ? 'a.m.' : 'p.m.'}`, de: `${hour}:${minutes} Uhr` };
}

/** `at 3:45 p.m.`, `um fünfzehn Uhr fünfundvierzig`. */
export function clockWords(time: ClockTime): Both {
  const { hour, minute } = time;
  const minutes = minute === 0 ? '' : ` ${cardinal(minute).de}`;
  return { en: `at ${clockDigits(time).en}`, de: `um ${oclock(hour)}${minutes}` };
}

/** `a quarter to four in the afternoon`, `Viertel vor vier nachmittags`; half past three is `halb vier`. @param time - of a whole five minutes */
export function spokenTime({ hour, minute }: ClockTime): Both {
  const this12 = cardinal(onTwelve(hour));
  const next12 = cardinal(onTwelve(hour + 1));
  const part = partsOfDay[Math.floor(hour / 6)]!;
  const { en, de } = spokenMinutes(minute, { this12, next12, oclock: oclock(onTwelve(hour)) });
  return { en: `${en} ${part.en}`, de: `${de} ${part.de}` };
}

const partsOfDay: readonly Both[] = [
  { en: 'at night', de: 'nachts' },
  { en: 'in the morning', de: 'morgens' },
  { en: 'in the afternoon', de: 'nachmittags' },
  { en: 'in the evening', de: 'abends' },
];

interface Hours {
  readonly this12: Both;
  readonly next12: Both;
  /** in German */
  readonly oclock: string;
}

function spokenMinutes(minute: number, { this12, next12, oclock }: Hours): Both {
  const past: Readonly<Record<number, Both>> = {
    0: { en: `${this12.en} o'clock`, de: oclock },
    15: { en: `a quarter past ${this12.en}`, de: `Viertel nach ${this12.de}` },
    25: { en: `twenty-five past ${this12.en}`, de: `fünf vor halb ${next12.de}` },
    30: { en: `half past ${this12.en}`, de: `halb ${next12.de}` },
    35: { en: `twenty-five to ${next12.en}`, de: `fünf nach halb ${next12.de}` },
    45: { en: `a quarter to ${next12.en}`, de: `Viertel vor ${next12.de}` },
  };
  const special = past[minute];
  if (special) return special;
  if (minute < 30)
    return { en: `${cardinal(minute).en} past ${this12.en}`, de: `${cardinal(minute).de} nach ${this12.de}` };
  const rest = cardinal(60 - minute);
  return { en: `${rest.en} to ${next12.en}`, de: `${rest.de} vor ${next12.de}` };
}

function onTwelve(hour: number): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

function oclock(hour: number): string {
  return `${hour === 1 ? 'ein' : cardinal(hour).de} Uhr`;
}
