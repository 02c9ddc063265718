/** Survives two copies of this package in one process, where `instanceof` would not. */
const marker = Symbol.for('unroll.error');

/**
 * A mistake that the user can mend. The command lines print its message as one line and end with exit code 1 (2 for
 * `UsageError` and `ConfigError`); every other exception is a bug of ours and is shown with its stack.
 *
 * A message says what was expected, what came, and what to do.
 */
export class UnrollError extends Error {
  readonly code: string;
  readonly [marker] = true;

  /** @param code - stable, `area/problem`, for example `shape/mismatch` */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`unroll: ${message}`, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A tensor whose rank, size or type differs from the contract. */
export class ShapeError extends UnrollError {}
/** A configuration value or key that cannot be used. */
export class ConfigError extends UnrollError {}
/** A file or record that cannot be read as what it should be; names the file and the line or byte. */
export class DataError extends UnrollError {}
/** A saved model or checkpoint that is missing, damaged or made for something else. */
export class CheckpointError extends UnrollError {}
/** An engine that is missing, or cannot do what was asked. */
export class BackendError extends UnrollError {}
/** Training that cannot go on, for example after a loss that is not a number. */
export class TrainingError extends UnrollError {}
/** A command line that was used wrongly: exit code 2. */
export class UsageError extends UnrollError {}

export function isUnrollError(value: unknown): value is UnrollError {
  return typeof value === 'object' && value !== null && marker in value;
}
