import type { HeatMap } from '@unroll/core';
import { escapeHtml } from '../reports/escape.js';

/** Pixels of a cell and of the letters of a label, and what is between maps. */
const cell = 22;
const letter = 12;
const margin = 12;
/** Labels of columns lean, so that neighbours do not meet. */
const lean = -50;

/** A heat map as an HTML figure: shades in the page's own colours, each number under the pointer. */
export function heatMapFigure(map: HeatMap, caption = ''): string {
  const told = caption === '' ? '' : ` <small>${escapeHtml(caption)}</small>`;
  const svg = drawHeatMaps([{ ...map, title: '' }]).replace(
    '<svg ',
    `<svg role="img" aria-label="${escapeHtml(map.title)}" `,
  );
  return `<figure class="chart heat-map"><figcaption>${escapeHtml(map.title)}${told}</figcaption>\n${svg}</figure>`;
}

/** Heat maps one below the other, as one SVG element whose colours are CSS variables. */
export function drawHeatMaps(maps: readonly HeatMap[]): string {
  let height = margin;
  let width = 0;
  const parts = maps.map((map) => {
    const drawn = drawOne(map, height);
    height += drawn.height + margin;
    width = Math.max(width, drawn.width);
    return drawn.svg;
  });
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const page = `<rect width="${width}" height="${height}" fill="var(--card)"/>`;
  return `<svg ${size} xmlns="http://www.w3.org/2000/svg" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="${letter}">${page}${parts.join('')}</svg>`;
}

interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

function drawOne({ title, rows, columns, values }: HeatMap, top: number): Drawn {
  const titleHeight = title === '' ? 0 : 26;
  const left = margin + widest(rows) + 8;
  const labels = Math.ceil(widest(columns) * Math.sin((-lean * Math.PI) / 180)) + letter;
  const first = top + titleHeight + labels;
  const across = Math.ceil(widest(columns.slice(-3)) * Math.cos((lean * Math.PI) / 180)) + margin;
  const parts = [
    title === '' ? '' : label(title, `x="${margin}" y="${top + 16}" font-size="14" font-weight="bold"`),
    ...columns.map((text, i) => {
      const x = left + i * cell + cell / 2 + 4;
      return label(text, `x="${x}" y="${first - 6}" transform="rotate(${lean} ${x} ${first - 6})"`);
    }),
    ...rows.map((text, i) => label(text, `x="${left - 8}" y="${first + i * cell + cell / 2 + 4}" text-anchor="end"`)),
    ...rows.flatMap((row, r) =>
      columns.map((column, c) => {
        const value = values[r]?.[c] ?? 0;
        const place = `x="${left + c * cell}" y="${first + r * cell}" width="${cell - 1}" height="${cell - 1}" rx="2"`;
        const shade = value < 0.005 ? 'fill="var(--quote)"' : `fill="var(--s0)" fill-opacity="${shadeOf(value)}"`;
        return `<rect ${place} ${shade}><title>${escapeHtml(`${row} · ${column}: ${value.toFixed(3)}`)}</title></rect>`;
      }),
    ),
  ];
  const titled = title === '' ? 0 : margin + lengthOf(title) * 1.25;
  return {
    svg: parts.join(''),
    width: Math.ceil(Math.max(left + columns.length * cell + across, titled)) + margin,
    height: titleHeight + labels + rows.length * cell,
  };
}

function label(text: string, attributes: string): string {
  return `<text ${attributes} fill="var(--ink)">${escapeHtml(text)}</text>`;
}

/** The root makes small shares visible. */
function shadeOf(value: number): string {
  return Math.min(1, 0.06 + 0.94 * Math.sqrt(value)).toFixed(2);
}

function widest(labels: readonly string[]): number {
  return Math.ceil(Math.max(0, ...labels.map(lengthOf)));
}

/** About as many pixels as a text takes: letters of East Asia are twice as wide. */
function lengthOf(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0)! >= 0x1100 ? 1.05 : 0.62) * letter;
  return width;
}
