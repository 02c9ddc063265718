import { breatheEvery } from '@unroll/core';
import type { DecoderRows } from './decoder-rows.js';
import type { SentenceSearch } from './sentence-search.js';

/** Signals and the reader have their turn as often. */
const breathMs = 10;

/**
 * Advances the searches of a batch together, one token a step, until all are over. A sentence that is over leaves the batch.
 *
 * @param rows - of the same sentences in the same order; the caller disposes them
 */
export async function searchBatch(
  rows: DecoderRows,
  searches: readonly SentenceSearch[],
  signal?: AbortSignal,
): Promise<void> {
  const breatheNow = breatheEvery(breathMs);
  let columns = searches;
  while (columns.length > 0) {
    signal?.throwIfAborted();
    stepColumns(rows, columns);
    columns = keepAlive(rows, columns);
    await breatheNow();
  }
}

/** The same at once, for whoever cannot wait: a loss. */
export function searchBatchNow(rows: DecoderRows, searches: readonly SentenceSearch[]): void {
  let columns = searches;
  while (columns.length > 0) {
    stepColumns(rows, columns);
    columns = keepAlive(rows, columns);
  }
}

function stepColumns(rows: DecoderRows, columns: readonly SentenceSearch[]): void {
  const count = columns.reduce((most, { wanted }) => Math.max(most, wanted), 0);
  rows.step(lastTokens(columns), (output) => {
    const best = lazy(() => output.best(count));
    const all = lazy(() => output.logProbabilities());
    const attention = lazy(() => output.attention());
    for (const [column, search] of columns.entries()) {
      const rowOf = (hypothesis: number) => hypothesis * columns.length + column;
      search.expand({
        best(hypothesis) {
          const { ids, logProbabilities } = best();
          const width = Math.min(count, output.width);
          return {
            ids: part(ids, rowOf(hypothesis), width),
            logProbabilities: part(logProbabilities, rowOf(hypothesis), width),
          };
        },
        all: (hypothesis) => part(all(), rowOf(hypothesis), output.width),
        attention(hypothesis) {
          const values = attention();
          return values && part(values, rowOf(hypothesis), rows.timeSteps);
        },
      });
    }
  });
}

function lazy<T>(compute: () => T): () => T {
  let computed: { readonly value: T } | undefined;
  return () => (computed ??= { value: compute() }).value;
}

function part<Values extends Float32Array | Int32Array>(values: Values, row: number, width: number): Values {
  return values.subarray(row * width, (row + 1) * width) as Values;
}

/** `[hypothesis, sentence]`; 0 in places that a sentence does not use. */
function lastTokens(columns: readonly SentenceSearch[]): Int32Array {
  const ids = new Int32Array(mostAlive(columns) * columns.length);
  for (const [column, { alive }] of columns.entries()) {
    for (const [hypothesis, { node }] of alive.entries()) ids[hypothesis * columns.length + column] = node.id;
  }
  return ids;
}

function mostAlive(columns: readonly SentenceSearch[]): number {
  return columns.reduce((most, { alive }) => Math.max(most, alive.length), 0);
}

/** Rows of the next step: the hypotheses that stayed, after those that they continue. */
function keepAlive(rows: DecoderRows, columns: readonly SentenceSearch[]): readonly SentenceSearch[] {
  const staying = [...columns.keys()].filter((column) => columns[column]!.alive.length > 0);
  const hypotheses = mostAlive(columns);
  const parents = new Int32Array(hypotheses * staying.length);
  for (const [place, column] of staying.entries()) {
    const { alive } = columns[column]!;
    for (let hypothesis = 0; hypothesis < hypotheses; hypothesis++) {
      // A place that is not used goes on with any row of the sentence.
      const parent = alive[hypothesis]?.parent ?? 0;
      parents[hypothesis * staying.length + place] = parent * columns.length + column;
    }
  }
  if (staying.length > 0) rows.keep(parents, staying.length < columns.length ? Int32Array.from(staying) : undefined);
  return staying.map((column) => columns[column]!);
}
