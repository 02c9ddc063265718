import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, formatNumber, parseModel, type ReportSection } from '@unroll/core';
import { CheckpointError } from '@unroll/core/errors';
import type { VerbContext } from '../app.js';
import { columns } from '../columns.js';
import { requireModelFolder } from '../model-folder.js';
import { readRunFile } from '../run-files.js';

/** What `--json` prints. */
interface Inspection {
  readonly model: string;
  readonly config: unknown;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[]; readonly count: number }[];
  readonly parameterCount: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** sizes in bytes */
  readonly files: Readonly<Record<string, number>>;
  /** what the task tells besides */
  readonly sections?: readonly ReportSection[];
}

/** Shows what a run folder holds, from its files alone: no engine is started. */
export async function inspect({ app, flags, output }: VerbContext): Promise<void> {
  const folder = requireModelFolder(flags);
  const { arrays, metadata } = parseModel(
    await readRunFile(folder, 'model.safetensors'),
    join(folder, 'model.safetensors'),
  );
  const task = await app.task();
  const config = task.parseConfig(parseJson(await readRunFile(folder, 'config.json'), join(folder, 'config.json')));
  const parameters = Object.entries(arrays).map(([name, { shape, values }]) => ({ name, shape, count: values.length }));
  const inspection: Inspection = {
    model: folder,
    config,
    parameters,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    metadata,
    files: await fileSizes(folder),
    ...(task.describe && { sections: await task.describe(folder) }),
  };
  if (output.json) await output.object(inspection);
  else await output.write(render(inspection));
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new CheckpointError('checkpoint/config', `${path} is not JSON; use the file that the run wrote`, {
      cause: error,
    });
  }
}

/** Files of the folder itself and of its checkpoints, by path. */
async function fileSizes(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map(async (path) => [path.slice(folder.length).replace(/^[/\\]+/, ''), (await stat(path)).size] as const),
  );
  return Object.fromEntries(sizes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function render(inspection: Inspection): string {
  const { config, parameters, parameterCount, files, sections = [] } = inspection;
  const rows = parameters.map(
    ({ name, shape, count }) => [name, `[${shape.join(', ')}]`, formatNumber(count)] as const,
  );
  const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
  return [
    `Configuration\n${JSON.stringify(config, null, 2)}\n`,
    ...sections.map(renderSection),
    `Parameters\n${columns([...rows, ['total', '', formatNumber(parameterCount)]], 2)}`,
    `Files\n${columns([...Object.entries(files).map(([name, size]) => [name, '', formatBytes(size)] as const), ['total', '', formatBytes(bytes)]], 2)}`,
  ].join('\n');
}

function renderSection({ title, paragraphs, tables }: ReportSection): string {
  const shown = tables.map(({ caption, head, rows }) => {
    return `${caption === undefined ? '' : `${caption}\n`}${columns([head, ...rows], 1)}`;
  });
  return [`${title}\n`, ...paragraphs.map((text) => `  ${text}\n`), ...shown].join('');
}
