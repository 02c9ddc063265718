import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  collectCurves,
  renderMarkdown,
  type ReportSample,
  type ReportSection,
  type RunReport,
  type TrainingEvent,
} from '@unroll/core';
import type { RunDirectory } from '@unroll/core/node';

/** Writes `report.json`, `report.md` and `report.html` from the log of the whole run, resumed parts included. */
export async function writeReports(
  directory: RunDirectory,
  report: Omit<RunReport, 'curves'>,
  shownScore: string,
): Promise<void> {
  const curves = collectCurves(await readLog(directory.path), shownScore);
  const whole: RunReport = { ...report, curves };
  const sections = report.sections?.map((section) => ({ ...section, html: undefined }));
  await directory.write('report.json', `${JSON.stringify({ ...whole, ...(sections && { sections }) }, null, 2)}\n`);
  await directory.write('report.md', renderMarkdown(whole));
  const { renderHtml } = await import('../reports/html.js');
  await directory.write('report.html', renderHtml(whole));
  await writePictures(directory, report.sections ?? []);
}

/** Each picture of the task's sections as a file of its own, drawn and as an image. */
async function writePictures(directory: RunDirectory, sections: readonly ReportSection[]): Promise<void> {
  const charts = sections.flatMap((section) => section.pictures);
  const maps = sections.flatMap((section) => section.heatMaps ?? []);
  if (charts.length + maps.length === 0) return;
  const { chartSvg, heatMapSvg, svgToPng } = await import('../charts/files.js');
  await mkdir(join(directory.path, 'pictures'), { recursive: true });
  const drawings = [
    ...charts.map(({ name, chart }) => ({ name, svg: chartSvg(chart) })),
    ...maps.map(({ name, map }) => ({ name, svg: heatMapSvg([map]) })),
  ];
  for (const { name, svg } of drawings) {
    if (svg === undefined) continue;
    await directory.write(join('pictures', `${name}.svg`), svg);
    await directory.write(join('pictures', `${name}.png`), svgToPng(svg));
  }
}

/** The events of `log.jsonl`; a line that a crash cut short is left out. */
async function readLog(folder: string): Promise<TrainingEvent[]> {
  const text = await readFile(join(folder, 'log.jsonl'), 'utf8');
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as TrainingEvent];
    } catch {
      return [];
    }
  });
}

/** At most `count` of the samples, the first and the last among them. */
export function chooseSamples(samples: readonly ReportSample[], count: number): readonly ReportSample[] {
  if (samples.length <= count) return samples;
  return Array.from({ length: count }, (_, i) => samples[Math.round((i * (samples.length - 1)) / (count - 1))]!);
}
