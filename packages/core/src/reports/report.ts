import type { Profile } from '../profiling/profile.js';
import type { Chart, HeatMap } from './chart.js';
import type { Curves } from './curves.js';

/** All that the report of a run shows, as plain data; `report.json` is this object. */
export interface RunReport {
  /** `language-modeling on moby-dick` */
  readonly title: string;
  /** as typed, to be run again */
  readonly command: string;
  /** ISO 8601 */
  readonly finishedAt: string;
  /** why training stopped, in words */
  readonly outcome: string;
  /** of this process's training */
  readonly elapsedSeconds: number;
  /** the most memory that the process held at once */
  readonly peakMemoryBytes: number;
  readonly steps: number;
  readonly epochs: number;
  readonly parameterCount: number;
  /** one line about data and model */
  readonly summary: string;
  /** by split: valid, test */
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** where the best checkpoint was made */
  readonly best?: { readonly name: string; readonly score: number; readonly step: number };
  /** what its losses are measured in; tokens unless set */
  readonly units?: ReportUnits;
  readonly curves: Curves;
  readonly samples: readonly ReportSample[];
  /** what the task itself has to tell */
  readonly sections?: readonly ReportSection[];
  /** where the time of its steps went, if that was measured */
  readonly profile?: Profile;
  readonly config: unknown;
  /** machine and engine: names and values in the order shown */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ReportUnits {
  /** of a loss: `nats per token` */
  readonly loss: string;
  /** what a step counts, in the plural: `tokens` */
  readonly items: string;
}

export const tokenUnits: ReportUnits = { loss: 'nats per token', items: 'tokens' };

/** Something that the model made. */
export interface ReportSample {
  /** how it was made: `after 400 steps, temperature 0.8` */
  readonly caption: string;
  readonly text: string;
}

/** A part of a report that a task writes in its own words; shown in this order. */
export interface ReportSection {
  readonly title: string;
  /** one with several lines is shown as it is, in letters of one width */
  readonly paragraphs: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly pictures: readonly ReportPicture[];
  /** below the pictures, and like them files of their own */
  readonly heatMaps?: readonly ReportHeatMap[];
  /** what only a page can show, below the rest: HTML that needs nothing from outside; left out of `report.md` and `report.json` */
  readonly html?: string;
}

export interface ReportTable {
  readonly caption?: string;
  readonly head: readonly string[];
  /** as many cells a row as `head` has */
  readonly rows: readonly (readonly string[])[];
}

export interface ReportPicture {
  /** of its files `pictures/NAME.svg` and `.png`: lower case words and digits joined by hyphens */
  readonly name: string;
  readonly caption: string;
  readonly chart: Chart;
}

export interface ReportHeatMap extends Omit<ReportPicture, 'chart'> {
  readonly map: HeatMap;
}

/** `0.00012`, `3.142`, `1,234,567`: four significant digits, thousands separated. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 10_000) return Math.round(value).toLocaleString('en-US');
  if (size < 1e-4) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `512 B`, `1.5 KiB`, `340.2 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** `bitsPerCharacter` becomes `bits per character`. */
export function spacedName(identifier: string): string {
  return identifier.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
