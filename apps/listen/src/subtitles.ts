/** Words and when they were said, in seconds. */
export interface TimedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** What stands on the screen at once. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Letters and seconds that a cue has at most, and the silence that ends one. */
const most = { letters: 42, seconds: 6, gap: 0.8 };

/** Words put together into cues that can be read: none is long, none goes over a silence. */
export function cuesOf(words: readonly TimedWord[]): readonly Cue[] {
  const cues: Cue[] = [];
  for (const { word, start, end } of words) {
    const last = cues.at(-1);
    const text = last ? `${last.text} ${word}` : word;
    const fits = last && text.length <= most.letters && end - last.start <= most.seconds && start - last.end < most.gap;
    if (fits) cues[cues.length - 1] = { ...last, end, text };
    else cues.push({ start, end, text: word });
  }
  return cues;
}

/** A file of SubRip subtitles: `00:00:01,250 --> 00:00:02,000`. */
export function srtOf(cues: readonly Cue[]): string {
  const blocks = cues.map(
    ({ start, end, text }, i) => `${i + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${text}\n`,
  );
  return blocks.join('\n');
}

/** A file of WebVTT subtitles: `00:00:01.250 --> 00:00:02.000`. */
export function vttOf(cues: readonly Cue[]): string {
  const blocks = cues.map(({ start, end, text }) => `${clock(start, '.')} --> ${clock(end, '.')}\n${escaped(text)}\n`);
  return ['WEBVTT\n', ...blocks].join('\n');
}

function clock(seconds: number, point: string): string {
  const milliseconds = Math.round(1000 * seconds);
  const whole = milliseconds / 1000;
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}${point}${String(milliseconds % 1000).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** WebVTT's text has markup. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
