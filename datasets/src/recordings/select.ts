import { wholeText, type FileTree } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import type { Condition, RecordingsDescription, RecordingsSplit } from './description.js';

/** A row of a split's manifest. Those of `unroll-listen` have these keys, too. */
export interface RecordingRow {
  readonly path: string;
  readonly label?: string;
  readonly speaker?: string;
  readonly take?: string;
  readonly transcript?: string;
}

/**
 * The recordings of a split, by path.
 *
 * @throws {DataError} `dataset/checksum` unless there are as many as the manifest counts, `data/archive` for a list that is not there
 */
export async function selectRecordings(
  files: FileTree,
  { match, transcripts }: Pick<RecordingsDescription, 'match' | 'transcripts'>,
  split: RecordingsSplit,
): Promise<readonly RecordingRow[]> {
  const listed = split.listed === undefined ? undefined : await readList(files, split.listed);
  const unlisted = new Set<string>();
  for (const list of split.unlisted) for (const path of await readList(files, list)) unlisted.add(path);
  const expression = new RegExp(split.match ?? match, 'v');
  const paths = await files.list();
  return paths.flatMap((path): readonly RecordingRow[] => {
    const { groups = {} } = expression.exec(path) ?? {};
    const isMeant = expression.test(path) && listed?.has(path) !== false && !unlisted.has(path);
    if (!isMeant || !meets(groups, split.where)) return [];
    const { label, speaker, take } = groups;
    const transcript = transcripts === 'label' ? label : transcripts?.[label ?? ''];
    return [
      {
        path,
        ...(label !== undefined && { label }),
        ...(speaker !== undefined && { speaker }),
        ...(take !== undefined && { take }),
        ...(transcript !== undefined && { transcript }),
      },
    ];
  });
}

function meets(groups: Readonly<Record<string, string | undefined>>, where: RecordingsSplit['where']): boolean {
  return Object.entries(where).every(
    ([field, condition]) => condition === undefined || isOneOf(groups[field] ?? '', condition),
  );
}

function isOneOf(value: string, condition: Condition): boolean {
  if (Array.isArray(condition)) return condition.includes(value);
  if ('not' in condition) return !condition.not.includes(value);
  return /^\d+$/.test(value) && Number(value) >= condition.from && Number(value) <= condition.to;
}

/** The paths of a list, as they are in the archive. */
async function readList(files: FileTree, path: string): Promise<ReadonlySet<string>> {
  const source = files.file(path);
  if (source === undefined) throw new DataError('data/archive', `${files.name}: there is no list ${path}`);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const text = await wholeText(source);
  return new Set(
    text
      .split(/\r?\n/)
      .filter(Boolean)
      .map((line) => `${folder}${line}`),
  );
}
