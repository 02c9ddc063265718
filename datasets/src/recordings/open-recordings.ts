import type { FileTree, TreeSource } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import type { Manifest } from '../manifest.js';
import type { RecordingsDescription } from './description.js';
import { joinClips } from './joined.js';
import { selectRecordings, type RecordingRow } from './select.js';

/**
 * The splits of a dataset of sounds: each is a list of recordings, an object of JSON a line with `path`, `label`, `speaker`, `take` and
 * `transcript` as far as they are known, beside the files that it names.
 *
 * @throws {DataError} `dataset/checksum` unless a split has as many recordings as the manifest counts
 */
export async function recordingSplits(
  { name }: Pick<Manifest, 'name'>,
  description: RecordingsDescription,
  files: FileTree,
): Promise<Readonly<Record<string, TreeSource>>> {
  const splits: Record<string, TreeSource> = {};
  for (const [split, rule] of Object.entries(description.splits)) {
    const { joined, counts } = rule;
    const clips = await selectRecordings(files, description, rule);
    const options = joined && { split, recordings: counts.recordings, joined };
    const { rows, files: tree } = options ? joinClips(files, clips, options) : { rows: clips, files };
    if (rows.length !== counts.recordings || clips.length === 0) {
      const message = `the split ${split} of the dataset ${name} has ${rows.length} recordings where ${counts.recordings} are expected`;
      throw new DataError('dataset/checksum', message);
    }
    splits[split] = treeSource(`${name} (${split})`, rows, tree);
  }
  return splits;
}

function treeSource(name: string, rows: readonly RecordingRow[], files: FileTree): TreeSource {
  const content = new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return {
    name,
    size: content.length,
    async *bytes() {
      // A copy: whoever reads may write on what it was given.
      yield content.slice();
    },
    files,
  };
}
