import type { Chart } from '@unroll/core';
import { escapeHtml } from '../reports/escape.js';
import { drawChart, type DrawingOptions } from './draw.js';

export interface FigureOptions extends Pick<DrawingOptions, 'width' | 'height'> {
  /** said below the title */
  readonly caption?: string;
}

/** A chart as an HTML figure: the title above it, values under the pointer by the page's script. '' for nothing to draw. */
export function chartFigure(chart: Chart, { caption = '', ...size }: FigureOptions = {}): string {
  const drawing = drawChart(chart, { width: 560, height: 280, ...size, title: false });
  if (drawing === undefined) return '';
  const { svg, height, curves } = drawing;
  const ends = curves.map(({ name, points }) => `${name} ends at ${points.at(-1)![1]}`);
  const label = [chart.title, ...ends].join(', ');
  const open = `<svg role="img" aria-label="${escapeHtml(label)}" data-curves="${escapeHtml(JSON.stringify(curves))}"`;
  const body = svg
    .replace(/^<svg width="\d+" height="\d+"/, open)
    .replace('</svg>', `<line class="cursor" y1="0" y2="${height}"/></svg>`);
  const title = `${escapeHtml(chart.title)}${caption === '' ? '' : ` <small>${escapeHtml(caption)}</small>`}`;
  return `<figure class="chart"><figcaption>${title}</figcaption>\n${body}<output></output></figure>`;
}
