/** Where a command writes: results to standard output, everything else to standard error. */
export class Output {
  readonly quiet: boolean;
  readonly json: boolean;
  readonly #results: NodeJS.WritableStream;
  readonly #logs: NodeJS.WriteStream;

  constructor(options: { quiet: boolean; json: boolean }) {
    this.quiet = options.quiet;
    this.json = options.json;
    this.#results = process.stdout;
    this.#logs = process.stderr;
  }

  /** True where a progress bar may move: standard error is a terminal and wants to be written to. */
  get interactive(): boolean {
    return this.#logs.isTTY && !this.quiet;
  }

  /** A terminal of unknown width says 0. */
  get columns(): number {
    return this.#logs.columns > 0 ? this.#logs.columns : 80;
  }

  /** A result, as it is: pieces of a generated text. Waits while the reader is slow. */
  async write(text: string): Promise<void> {
    if (!this.#results.write(text)) await new Promise<void>((resolve) => this.#results.once('drain', resolve));
  }

  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** The one JSON object of `--json`. Numbers that JSON cannot hold become null. */
  async object(value: object): Promise<void> {
    await this.line(JSON.stringify(value, null, 2));
  }

  /** Progress and explanations; silent with `--quiet`. */
  log(text: string): void {
    if (!this.quiet) this.#logs.write(`${text}\n`);
  }

  /** What must be seen even with `--quiet`. */
  warn(text: string): void {
    this.#logs.write(`${text}\n`);
  }

  /** Rewrites the current line of a terminal. */
  overwrite(text: string): void {
    if (this.interactive) this.#logs.write(`\r\x1b[2K${text}`);
  }
}

/** A reader that goes away (`| head`) ends the command quietly, as it does for other tools in a pipe. */
export function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
