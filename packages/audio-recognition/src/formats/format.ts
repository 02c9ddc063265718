import type { Recording } from '../types.js';

/** Recordings of a folder or a manifest; no sound has been read. */
export interface RecordingList {
  /** for messages */
  readonly name: string;
  readonly recordings: readonly Recording[];
  /** what was left out and why, a line each */
  readonly notes: readonly string[];
}

/** The first of many and how many more there are. */
export function listed(items: readonly string[], most: number): string {
  const more = items.length - most;
  return items.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
