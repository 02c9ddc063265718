import type { Output } from '@unroll/cli';
import { writeFileAtomically } from '@unroll/core/node';

/** Where a table goes, piece by piece. */
export interface ResultWriter {
  write(text: string): Promise<void>;
  /** a file is written now, all of it or nothing */
  end(): Promise<void>;
}

/** Standard output, or a file. */
export function resultWriter(output: Output, path: string | undefined): ResultWriter {
  if (path === undefined) return { write: (text) => output.write(text), end: () => Promise.resolve() };
  const pieces: string[] = [];
  return {
    write(text) {
      pieces.push(text);
      return Promise.resolve();
    },
    async end() {
      await writeFileAtomically(path, pieces.join(''));
      output.log(`written: ${path}`);
    },
  };
}
