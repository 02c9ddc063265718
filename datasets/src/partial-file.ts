import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { diskFailure } from './disk-failure.js';
import type { StoredForm } from './manifest.js';

const noteSchema = z.object({ address: z.string(), etag: z.string().optional() });
type Note = z.infer<typeof noteSchema>;

/** The beginning of a file that an earlier download left, and where it came from. */
export interface PartialFile extends Readonly<{ [Key in keyof Note]?: Note[Key] | undefined }> {
  readonly bytes: number;
}

export function partialPath(target: string): string {
  return `${target}.part`;
}

/** What is there to go on with: 0 bytes when nothing is, or when it is longer than the file can be. */
export async function readPartial(target: string, form: StoredForm): Promise<PartialFile> {
  const found = await stat(partialPath(target)).catch(() => undefined);
  if (found === undefined || found.size === 0) return { bytes: 0 };
  if (!found.isFile() || found.size > form.bytes) {
    await discardPartial(target);
    return { bytes: 0 };
  }
  try {
    const note = noteSchema.parse(JSON.parse(await readFile(notePath(target), 'utf8')));
    return { bytes: found.size, ...note };
  } catch {
    // Without its note a partial file is still good: the checksum decides.
    return { bytes: found.size };
  }
}

/** Remembers the address and validator under which the partial file is being received. */
export async function notePartial(target: string, note: Note): Promise<void> {
  await writeFile(notePath(target), JSON.stringify(note)).catch((error: unknown) => {
    throw diskFailure(target, 0, error);
  });
}

/** As far as possible: what cannot be removed is cut to nothing when the next download opens it. */
export async function discardPartial(target: string): Promise<void> {
  for (const path of [partialPath(target), notePath(target)]) {
    await rm(path, { force: true, recursive: true }).catch(() => {});
  }
}

function notePath(target: string): string {
  return `${partialPath(target)}.json`;
}
