import type { VerbContext } from '@unroll/cli';

/** What a stream has said up to a moment. */
export interface LiveResult {
  /** of the stream, in seconds */
  readonly seconds: number;
  /** what people read */
  readonly text: string;
  /** what `--json` says besides */
  readonly details?: object;
}

/** Shows results while they grow: on a terminal in place, else a line when they change; with `--json` an object a line. */
export interface LiveOutput {
  partial(result: LiveResult): Promise<void>;
  final(result: LiveResult): Promise<void>;
}

export function createLiveOutput({ output }: VerbContext): LiveOutput {
  let shown = '';
  const write = async (state: 'partial' | 'final', { seconds, text, details }: LiveResult): Promise<void> => {
    if (output.json) await output.line(JSON.stringify({ event: state, seconds, text, ...details }));
    else await output.line([seconds.toFixed(2), state, text.replace(/[\t\r\n]/g, ' ')].join('\t'));
  };
  return {
    async partial(result) {
      if (result.text === shown) return;
      shown = result.text;
      if (output.interactive && !output.json) output.overwrite(lastPart(result.text, output.columns - 1));
      else await write('partial', result);
    },
    async final(result) {
      shown = '';
      output.overwrite('');
      if (output.interactive && !output.json) await output.line(result.text);
      else await write('final', result);
    },
  };
}

/** The end of a text, which is what is new, in one line of a terminal. */
function lastPart(text: string, columns: number): string {
  const letters = Array.from(text);
  return letters.length <= columns ? text : `…${letters.slice(letters.length - columns + 1).join('')}`;
}

/** How long pieces of a stream take: from when a piece has come to its result. */
export class Latency {
  readonly #milliseconds: number[] = [];
  #seconds = 0;

  /** @param seconds - of sound in the piece */
  async measure<Result>(seconds: number, work: () => Result | Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await work();
    this.#milliseconds.push(performance.now() - started);
    this.#seconds += seconds;
    return result;
  }

  /** One line for people. */
  describe(): string {
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const total = sorted.reduce((sum, each) => sum + each, 0);
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
    const factor = (total / 1000 / Math.max(this.#seconds, 1e-9)).toPrecision(2);
    return `${sorted.length} pieces of ${this.#seconds.toFixed(2)} s in all: a piece takes ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (most); real-time factor ${factor}`;
  }
}
