import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf, reasonOf } from './reasons.js';
import type { StoredForm } from './manifest.js';

/** SHA-256 of a file in hexadecimal, read as a stream. */
export async function sha256OfFile(location: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(location, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}

type Expected = Pick<StoredForm, 'bytes' | 'sha256'>;

/**
 * What is wrong with the file at `location`, as the end of a sentence, or undefined when it is exactly what is
 * expected. The size is compared first, so that most wrong files are found without reading them.
 */
export async function storedProblem(
  location: string,
  expected: Expected,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await stat(location);
    if (!found.isFile()) return 'is not a file';
    if (found.size !== expected.bytes) return `has ${found.size} bytes where ${expected.bytes} are expected`;
    const sha256 = await sha256OfFile(location, signal);
    return sha256 === expected.sha256 ? undefined : `has SHA-256 ${sha256} where ${expected.sha256} is expected`;
  } catch (error) {
    signal?.throwIfAborted();
    return codeOf(error) === 'ENOENT' ? missing : `cannot be read: ${reasonOf(error)}`;
  }
}

/** The problem of a file that is not there at all, which is no damage. */
export const missing = 'does not exist';
