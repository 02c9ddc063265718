/** One place could not deliver one file; another place may. Becomes part of a DataError when none could. */
export class SourceFailure extends Error {
  /** whether asking the same place again may help */
  readonly again: boolean;
  readonly kind: 'unavailable' | 'checksum';

  constructor(message: string, { again = false, kind = 'unavailable', cause }: SourceFailureOptions = {}) {
    super(message, { cause });
    this.again = again;
    this.kind = kind;
  }
}

interface SourceFailureOptions {
  readonly again?: boolean;
  readonly kind?: SourceFailure['kind'];
  readonly cause?: unknown;
}
