import type { ReportSection } from '@unroll/core';
import { chartFigure } from '../charts/figure.js';
import { heatMapFigure } from '../charts/heat-map.js';
import { escapeHtml } from './escape.js';
import { pageOf } from './page.js';

/** What a task tells, as HTML: its words, tables and pictures. */
export function sectionHtml(told: ReportSection): string {
  const { title, paragraphs, tables, pictures, heatMaps = [], html = '' } = told;
  const words = paragraphs.map(paragraphHtml).join('');
  const figures = pictures
    .map(({ chart, caption }) => chartFigure(chart, { caption, width: 760, height: 320 }))
    .join('\n');
  const maps = heatMaps.map(({ map, caption }) => heatMapFigure(map, caption)).join('\n');
  const looks = maps === '' ? '' : `<div class="heat-maps">${maps}</div>`;
  const parts = tables.map(({ caption, head, rows }) => {
    return `${caption === undefined ? '' : `<p class="soft caption">${escapeHtml(caption)}</p>`}${table(rows, head)}`;
  });
  return section(escapeHtml(title), `${words}${parts.join('')}<div class="pictures">${figures}</div>${looks}${html}`);
}

/** @param title - HTML. '' for no content */
export function section(title: string, content: string): string {
  return content === '' ? '' : `<h2>${title}</h2>${content}`;
}

export function table(rows: readonly (readonly string[])[], header?: readonly string[]): string {
  const head = header === undefined ? '' : `<tr>${header.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')}</tr>`;
  const lines = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table>${head}${lines.join('')}</table></div>`;
}

/** A page of a task's own words and pictures, which needs nothing beside it. */
export function chartPage(title: string, sections: readonly ReportSection[]): string {
  return pageOf(title, `<h1>${escapeHtml(title)}</h1>${sections.map(sectionHtml).join('\n')}`);
}

/** Lines of an alignment stand below each other. */
function paragraphHtml(text: string): string {
  return text.includes('\n') ? `<pre>${escapeHtml(text)}</pre>` : `<p>${escapeHtml(text)}</p>`;
}
