import { hints } from './hints.js';
import type { Missing, MissingCause } from './state.js';

/** What the system's loader says, in its own words on Linux, macOS and Windows; the first that fits counts. */
const signs: readonly (readonly [cause: MissingCause, sign: RegExp])[] = [
  ['other-tensorflow', /undefined symbol|symbol not found|version `\S+' not found|procedure could not be found/i],
  ['no-cuda', /lib(cud|cublas|cufft|curand|cusolver|cusparse|cupti|nccl|nvinfer|nvrtc|nvjitlink)\w*\S*/i],
  ['no-libtensorflow', /libtensorflow|tensorflow\.dll|specified module could not be found/i],
];

/** Why the native part of `name` did not load. */
export function loadFailure(name: string, error: unknown): Missing {
  const text = firstLine(error);
  const cause = signs.find(([, sign]) => sign.test(text))?.[0] ?? 'does-not-load';
  return missing(cause, `the native part of ${name} does not load: ${text}`);
}

export function missing(cause: MissingCause, reason: string): Missing {
  return { status: 'missing', cause, reason, hint: hints[cause] };
}

/** A reason is one line; what follows in an error's message is advice of its own, or where a module was asked for. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0]!.trim();
}
