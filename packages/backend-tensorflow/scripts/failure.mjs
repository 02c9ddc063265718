/** Why the set-up cannot go on, in one line for whoever typed the command. */
export class SetupFailure extends Error {
  name = 'SetupFailure';
  /** the end of what a tool printed, where that helps */
  details;
  constructor(message, details = '') {
    super(message);
    this.details = details;
  }
}

/** The command line itself is wrong. */
export class UsageError extends SetupFailure {
  name = 'UsageError';
}
