import {
  formatBytes,
  formatDuration,
  formatNumber,
  spacedName,
  tokenUnits,
  type Chart,
  type Curve,
  type RunReport,
} from '@unroll/core';
import { describeProfile, profileTable } from '@unroll/core/profiling';
import { chartFigure } from '../charts/figure.js';
import { escapeHtml } from './escape.js';
import { pageOf } from './page.js';
import { section, sectionHtml, table } from './sections.js';

/** `report.html`: one file that needs nothing beside it, neither network nor script, for light and dark screens. */
export function renderHtml(report: RunReport): string {
  const body = [
    `<h1>${escapeHtml(report.title)}</h1><p>${escapeHtml(report.outcome)}</p><p class="soft">${escapeHtml(report.summary)}</p>`,
    cards(report),
    ...(report.sections ?? []).map(sectionHtml),
    section('Curves', charts(report)),
    section('Scores', scoreTable(report)),
    section(
      'Samples',
      report.samples
        .map(
          ({ caption, text }) => `<blockquote><footer>${escapeHtml(caption)}</footer>${escapeHtml(text)}</blockquote>`,
        )
        .join(''),
    ),
    section('Profile', profileSection(report)),
    section('Command', `<pre>${escapeHtml(report.command)}</pre>`),
    section('Environment', table(Object.entries(report.environment))),
    `<details><summary>Configuration</summary><pre>${escapeHtml(JSON.stringify(report.config, null, 2))}</pre></details>`,
  ];
  return pageOf(report.title, body.join('\n'));
}

function charts({ curves, units = tokenUnits }: RunReport): string {
  const figures = [
    curveChart('Loss', units.loss, [curves.loss, curves.validLoss]),
    curveChart(capitalised(spacedName(curves.score.name)), '', [curves.score]),
    curveChart('Learning rate', '', [curves.learningRate]),
    curveChart('Speed', `${units.items} per second`, [curves.tokensPerSecond]),
    curveChart('Gradient norm', 'before clipping', [curves.gradientNorm]),
  ]
    .map((chart) => chartFigure(chart))
    .join('\n');
  return figures.trim() === '' ? '' : `<div class="charts">${figures}</div>`;
}

/** @param unit - of the vertical axis */
function curveChart(title: string, unit: string, curves: readonly Curve[]): Chart {
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  return {
    title,
    x: { kind: 'number', name: 'steps' },
    y: { kind: spansOrders(values) ? 'logarithm' : 'number', name: unit },
    layers: curves.map(({ name, points }, colour) => ({ kind: 'line', name, colour, points })),
  };
}

/** Two to five orders of magnitude; what spans more fades to zero, which an even scale shows better. */
function spansOrders(values: readonly number[]): boolean {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return low > 0 && high / low > 100 && high / low < 1e5;
}

/** The numbers that a reader looks for first. */
function cards(report: RunReport): string {
  const shown: [string, string][] = [];
  const split = report.scores['test'] === undefined ? 'valid' : 'test';
  for (const [name, value] of Object.entries(report.scores[split] ?? {})) {
    if (!['count', 'tokens', 'characters', 'lossNats'].includes(name))
      shown.push([`${split} ${spacedName(name)}`, formatNumber(value)]);
  }
  shown.push(['parameters', formatNumber(report.parameterCount)], ['steps', formatNumber(report.steps)]);
  shown.push(
    ['training time', formatDuration(report.elapsedSeconds)],
    ['peak memory', formatBytes(report.peakMemoryBytes)],
  );
  return `<div class="cards">${shown.map(([name, value]) => `<div class="card"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`).join('')}</div>`;
}

function scoreTable(report: RunReport): string {
  const splits = Object.entries(report.scores);
  if (splits.length === 0) return '';
  const names = [...new Set(splits.flatMap(([, scores]) => Object.keys(scores)))];
  const rows = splits.map(([split, scores]) => [
    split,
    ...names.map((name) => (name in scores ? formatNumber(scores[name]!) : '')),
  ]);
  return table(rows, ['split', ...names.map(spacedName)]);
}

/** Where the time of a step went, by kernel. */
function profileSection({ profile }: RunReport): string {
  if (!profile) return '';
  const [head, ...rows] = profileTable(profile);
  return `<p class="soft">${escapeHtml(describeProfile(profile))}</p>${table(rows, head)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
