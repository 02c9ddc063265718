import { mkdir } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileError, writeFileAtomically } from '@unroll/core/node';
import { cuesOf, srtOf, vttOf, type Cue } from './subtitles.js';
import type { WordTime } from './word-times.js';

export interface SubtitleFiles {
  write(recording: string, words: readonly WordTime[]): Promise<void>;
  written(): readonly string[];
}

interface SubtitleFlags {
  readonly srt?: string;
  readonly vtt?: string;
}

const forms: readonly { readonly flag: keyof SubtitleFlags; readonly render: (cues: readonly Cue[]) => string }[] = [
  { flag: 'srt', render: srtOf },
  { flag: 'vtt', render: vttOf },
];

/**
 * The files of `--srt` and `--vtt`: of one recording the file that is named, of several a folder with one for each, named after it.
 * `undefined` where neither is asked for.
 */
export async function subtitleFiles(
  flags: SubtitleFlags,
  paths: readonly string[],
): Promise<SubtitleFiles | undefined> {
  const asked = forms.flatMap(({ flag, render }) => {
    const path = flags[flag];
    return path === undefined ? [] : [{ path, render, ending: `.${flag}` }];
  });
  if (asked.length === 0) return undefined;
  const several = paths.length > 1 || isFolder(paths[0]!);
  const inFolder = (path: string) => several || isFolder(path);
  for (const { path } of asked) if (inFolder(path)) await makeFolder(path);
  const written: string[] = [];
  return {
    async write(recording, words) {
      const cues = cuesOf(words);
      for (const { path, render, ending } of asked) {
        const name = `${basename(recording, extname(recording))}${ending}`;
        const file = inFolder(path) ? freeName(join(path, name), written) : path;
        await writeFileAtomically(file, render(cues));
        written.push(file);
      }
    },
    written: () => written,
  };
}

/** Two recordings of one name in two folders have two files. */
function freeName(path: string, taken: readonly string[]): string {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  let name = path;
  for (let i = 2; taken.includes(name); i++) name = `${stem}-${i}${ending}`;
  return name;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', path);
  });
}
