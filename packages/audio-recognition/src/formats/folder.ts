import { DataError, type FileTree } from '@unroll/core';
import { soundEndings } from '../audio/other-formats.js';
import type { DataConfig } from '../config.js';
import type { Recording } from '../types.js';
import { listed, type RecordingList } from './format.js';
import { parsePattern } from './pattern.js';

/**
 * The recordings of a folder: files whose path matches `data.pattern`. Other sound in it is counted in a note.
 *
 * @throws {DataError} `data/no-audio` for a folder without any, and where no file matches; {ConfigError} `config/pattern`
 */
export async function openFolder(files: FileTree, { pattern }: Pick<DataConfig, 'pattern'>): Promise<RecordingList> {
  const match = parsePattern(pattern);
  const recordings: Recording[] = [];
  const others: string[] = [];
  const paths = await files.list();
  for (const path of paths) {
    const fields = match(path);
    const file = fields && files.file(path);
    if (file) recordings.push({ name: path, file, ...fields });
    else if (soundEndings.test(path)) others.push(path);
  }
  if (recordings.length === 0) throw noRecordings(files.name, { pattern, others, count: paths.length });
  const note = `${others.length} sound ${others.length === 1 ? 'file does' : 'files do'} not match data.pattern ${JSON.stringify(pattern)} and ${others.length === 1 ? 'is' : 'are'} left out: ${listed(others, 3)}`;
  return { name: files.name, recordings, notes: others.length > 0 ? [note] : [] };
}

interface Found {
  readonly pattern: string;
  readonly others: readonly string[];
  readonly count: number;
}

function noRecordings(name: string, { pattern, others, count }: Found): DataError {
  const [example] = others;
  if (example === undefined) {
    const message = `${name} has no audio: none of its ${count} files is a .wav file; name the folder that holds the recordings`;
    return new DataError('data/no-audio', message);
  }
  const unreadable = others.every((path) => !/\.wave?$/i.test(path));
  const remedy = unreadable
    ? 'convert them to .wav, for example by: for f in *.mp3; do ffmpeg -i "$f" "${f%.*}.wav"; done'
    : 'say by data.pattern how its paths are made, for example {label}/{*}.wav or {label}_{speaker}_{*}.wav';
  const message = `${name} has ${others.length} sound files (${example}), and none matches data.pattern ${JSON.stringify(pattern)}; ${remedy}`;
  return new DataError('data/no-audio', message);
}
