import { DataError } from '@unroll/core/errors';
import { reasonOf } from './reasons.js';

/** This machine cannot keep the file: another source would not help. */
export function diskFailure(location: string, bytes: number, error: unknown): DataError {
  const need = bytes > 0 ? ` (${bytes} bytes are needed)` : '';
  return new DataError(
    'dataset/disk',
    `cannot write ${location}: ${reasonOf(error)}${need}; make room, or set UNROLL_CACHE to a folder that can be written`,
    { cause: error },
  );
}
