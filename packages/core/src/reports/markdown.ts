import { describeProfile, profileTable } from '../profiling/profile-table.js';
import type { Curve } from './curves.js';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  spacedName,
  tokenUnits,
  type ReportSection,
  type RunReport,
} from './report.js';

/** `report.md`: the report of a run for readers without a browser. */
export function renderMarkdown(report: RunReport): string {
  const sections = [
    `# ${report.title}\n\n${report.outcome}\n\n${report.summary}`,
    scoreTable(report),
    ...(report.sections ?? []).map(taskSection),
    `## Command\n\n${fenced(report.command, 'sh')}`,
    progressTable(report),
    ...report.samples.map((sample) => `## Sample: ${sample.caption}\n\n${fenced(sample.text)}`),
    profileSection(report),
    `## Environment\n\n${table(['', ''], Object.entries(report.environment))}`,
    `## Configuration\n\n${fenced(JSON.stringify(report.config, null, 2), 'json')}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Its pictures are files beside the report. '' for one that only a page can show. */
function taskSection({ title, paragraphs, tables, pictures, heatMaps = [] }: ReportSection): string {
  if (paragraphs.length + tables.length + pictures.length + heatMaps.length === 0) return '';
  return [
    `## ${title}`,
    ...paragraphs.map((text) => (text.includes('\n') ? `\`\`\`\n${text}\n\`\`\`` : text)),
    ...tables.map(({ caption, head, rows }) => `${caption === undefined ? '' : `${caption}\n\n`}${table(head, rows)}`),
    ...[...pictures, ...heatMaps].map(
      ({ name, caption }) => `![${caption.replace(/[[\]\n]/g, ' ')}](pictures/${name}.svg)`,
    ),
  ].join('\n\n');
}

function scoreTable(report: RunReport): string {
  const splits = Object.entries(report.scores);
  const names = [...new Set(splits.flatMap(([, scores]) => Object.keys(scores)))];
  const rows = splits.map(([split, scores]) => [split, ...names.map((name) => formatScore(scores[name]))]);
  const facts = [
    `${formatNumber(report.parameterCount)} parameters`,
    `${formatNumber(report.steps)} steps in ${formatNumber(report.epochs)} epochs`,
    `${formatDuration(report.elapsedSeconds)} of training`,
    `${formatBytes(report.peakMemoryBytes)} of memory at most`,
  ];
  const { best } = report;
  if (best)
    facts.push(
      `best validation ${spacedName(best.name)} ${formatNumber(best.score)} at step ${formatNumber(best.step)}`,
    );
  const scores = rows.length === 0 ? '' : `${table(['split', ...names.map(spacedName)], rows)}\n\n`;
  return `## Scores\n\n${scores}${facts.map((fact) => `- ${fact}`).join('\n')}`;
}

/** Ten rows of the run, from its first step to its last. */
function progressTable(report: RunReport): string {
  const { loss, learningRate, tokensPerSecond } = report.curves;
  const { points } = loss;
  if (points.length === 0) return '';
  const rowCount = Math.min(10, points.length);
  const rows = Array.from({ length: rowCount }, (_, i) => {
    const [step, value] = points[Math.round((i * (points.length - 1)) / Math.max(1, rowCount - 1))]!;
    return [
      formatNumber(step),
      formatNumber(value),
      formatScore(valueAt(learningRate, step)),
      formatScore(valueAt(tokensPerSecond, step)),
    ];
  });
  const { items } = report.units ?? tokenUnits;
  return `## Progress\n\n${table(['step', 'training loss', 'learning rate', `${items} per second`], rows)}`;
}

/** Where the time of a step went, by kernel. */
function profileSection({ profile }: RunReport): string {
  if (!profile) return '';
  const [head = [], ...rows] = profileTable(profile);
  return `## Profile\n\n${describeProfile(profile)}\n\n${table(head, rows)}`;
}

function valueAt(curve: Curve, step: number): number | undefined {
  return curve.points.find(([at]) => at >= step)?.[1];
}

function formatScore(value: number | undefined): string {
  return value === undefined ? '' : formatNumber(value);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(header), tableRow(header.map(() => '---')), ...rows.map(tableRow)].join('\n');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\n/g, ' ')).join(' | ')} |`;
}

/** A fence longer than any run of backticks inside, so that no text can break out. */
function fenced(text: string, language = 'text'): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
