import type { VerbContext } from '@unroll/cli';
import { UsageError } from '@unroll/core/errors';
import { continuePanel, formatTime, loadSavedFacts, loadLiveState, saveLiveState, timeAt } from '@unroll/forecasting';
import { loadPanel } from '../panels.js';
import { logTo } from './forecast.js';

interface UpdateFlags {
  readonly model?: string;
  readonly data?: string;
}

/** Lays new rows upon those that the model has seen, and keeps them for forecasts without data. */
export async function update(context: VerbContext): Promise<void> {
  const { output } = context;
  const { model: folder, data: name }: UpdateFlags = context.flags;
  if (folder === undefined) throw new UsageError('usage/model', 'name the folder of a trained run with --model DIR');
  if (name === undefined)
    throw new UsageError('usage/data', 'name the new rows with --data FILE, or - for standard input');
  const saved = await loadSavedFacts(folder);
  const before = await loadLiveState(folder);
  const data = await context.openData(name);
  const { panel: rows } = await loadPanel(data, saved.config, { onProgress: logTo(output), facts: saved.facts });
  // All steps are kept: paths are drawn by the number of the step that they begin at.
  const after = continuePanel(before, rows, Infinity);
  await saveLiveState(folder, after);
  const ends = after.series.map(({ id, start, length }) => ({
    id,
    end: formatTime(timeAt(start, length - 1, after.frequency), after.frequency),
    kept: length,
  }));
  const added = rows.series.reduce((sum, { length }) => sum + length, 0);
  if (output.json) await output.object({ model: folder, data: data.name, rows: added, series: ends });
  else
    await output.line(
      `${added} steps of ${rows.series.length} series; ${ends.length} series, the last until ${latest(ends)}`,
    );
}

function latest(ends: readonly { readonly end: string }[]): string {
  return ends.reduce((last, { end }) => (end > last ? end : last), '');
}
