import { escapeHtml } from '../reports/escape.js';
import { encodePng } from './png.js';

/** Many numbers as one picture: time to the right, rows upward, as of a spectrogram. */
export interface Raster {
  /** what rows are, above the picture */
  readonly title: string;
  /** `[column][row]`; of those that are no numbers nothing is drawn */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** what is darkest and what is brightest; the least and the greatest value unless set */
  readonly range?: readonly [low: number, high: number];
  /** names of rows, from the bottom, at the middle of each; else `ticks` */
  readonly names?: readonly string[];
  /** places on the upright axis: 0 at the bottom, 1 at the top */
  readonly ticks?: readonly { readonly at: number; readonly text: string }[];
  /** of the picture, in pixels */
  readonly height: number;
}

/** A word at its time, below the pictures. */
export interface TimedText {
  readonly text: string;
  /** in seconds */
  readonly start: number;
  readonly end: number;
}

export interface RasterOptions {
  /** of all columns together */
  readonly seconds: number;
  /** of the whole drawing */
  readonly width?: number;
  readonly texts?: readonly TimedText[];
}

const left = 54;
const right = 14;
const colours = 256;

/** Pictures one above the other over one axis of time, as an SVG element whose letters have the colours of the page. */
export function drawRasters(rasters: readonly Raster[], { seconds, width = 760, texts = [] }: RasterOptions): string {
  const across = width - left - right;
  let top = 0;
  const parts = rasters.map((raster) => {
    const drawn = rasterPart(raster, { top: top + 20, across });
    top += 20 + raster.height + 8;
    return drawn;
  });
  const at = (second: number) => left + (across * second) / seconds;
  if (texts.length > 0) {
    parts.push(textPart(texts, at, top));
    top += 26;
  }
  parts.push(timeAxis(seconds, at, top));
  const size = `width="${width}" height="${top + 34}" viewBox="0 0 ${width} ${top + 34}"`;
  const font = `font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="11"`;
  return `<svg ${size} xmlns="http://www.w3.org/2000/svg" ${font}>${parts.join('')}</svg>`;
}

function rasterPart(raster: Raster, { top, across }: { readonly top: number; readonly across: number }): string {
  const { title, height, names, ticks = [] } = raster;
  const png = Buffer.from(rasterPng(raster)).toString('base64');
  const place = `x="${left}" y="${top}" width="${across}" height="${height}"`;
  const labels = names
    ? names.map((text, i) => ({ at: (i + 0.5) / names.length, text }))
    : ticks.map(({ at, text }) => ({ at, text }));
  return [
    `<text x="${left}" y="${top - 6}" fill="var(--soft)">${escapeHtml(title)}</text>`,
    `<image ${place} preserveAspectRatio="none" style="image-rendering: pixelated" href="data:image/png;base64,${png}"/>`,
    ...labels.map(({ at, text }) => {
      const y = (top + (1 - at) * height + 4).toFixed(1);
      return `<text x="${left - 6}" y="${y}" text-anchor="end" fill="var(--soft)">${escapeHtml(text)}</text>`;
    }),
  ].join('');
}

/** Numbers as an image of one pixel each, from dark to bright. */
export function rasterPng({ values, rows, columns, range }: Raster): Uint8Array {
  const [low, high] = range ?? rangeOf(values);
  const pixels = new Uint8Array(rows * columns);
  const scale = high > low ? (colours - 1) / (high - low) : 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const level = (values[column * rows + row]! - low) * scale;
      pixels[(rows - 1 - row) * columns + column] = level >= 0 ? Math.min(colours - 1, Math.round(level)) : 0;
    }
  }
  return encodePng({ width: columns, height: rows, pixels, palette });
}

function rangeOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 0];
}

/** From dark to bright, evenly, so that it reads in grey as well. */
const stops = [
  [10, 12, 40],
  [62, 36, 110],
  [158, 56, 116],
  [232, 116, 62],
  [253, 228, 150],
] as const;

const palette = Uint8Array.from({ length: 3 * colours }, (_, i) => {
  const place = (Math.floor(i / 3) / (colours - 1)) * (stops.length - 1);
  const before = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [stops[before]![i % 3]!, stops[before + 1]![i % 3]!];
  return Math.round(from + (place - before) * (to - from));
});

function textPart(texts: readonly TimedText[], at: (second: number) => number, top: number): string {
  return texts
    .map(({ text, start, end }) => {
      const [x0, x1] = [at(start), at(end)];
      const bar = `<rect x="${x0.toFixed(1)}" y="${top + 4}" width="${Math.max(1, x1 - x0).toFixed(1)}" height="3" fill="var(--s1)"/>`;
      return `${bar}<text x="${((x0 + x1) / 2).toFixed(1)}" y="${top + 20}" text-anchor="middle" fill="var(--ink)" font-size="12">${escapeHtml(text)}</text>`;
    })
    .join('');
}

function timeAxis(seconds: number, at: (second: number) => number, top: number): string {
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600].find((each) => seconds / each <= 10) ?? 3600;
  const count = Math.floor(seconds / step + 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const marks = Array.from({ length: count + 1 }, (_, i) => {
    const x = at(i * step).toFixed(1);
    const line = `<line x1="${x}" x2="${x}" y1="${top}" y2="${top + 4}" stroke="var(--soft)"/>`;
    return `${line}<text x="${x}" y="${top + 16}" text-anchor="middle" fill="var(--soft)">${(i * step).toFixed(digits)}</text>`;
  });
  const name = `<text x="${at(seconds / 2).toFixed(1)}" y="${top + 30}" text-anchor="middle" fill="var(--soft)">seconds</text>`;
  return `<line x1="${left}" x2="${at(seconds).toFixed(1)}" y1="${top}" y2="${top}" stroke="var(--soft)"/>${marks.join('')}${name}`;
}
