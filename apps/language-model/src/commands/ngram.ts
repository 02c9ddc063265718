import type { VerbContext } from '@unroll/cli';
import { UsageError } from '@unroll/core';
import { evaluateNGramModel, trainNGramModel, writeArpa, type NGramUnit } from '@unroll/language-modeling';

interface NGramFlags {
  readonly data?: string;
  readonly valid?: string;
  readonly out?: string;
  readonly order: number;
  readonly unit: NGramUnit;
  readonly lowercase?: boolean;
  readonly minCount: number;
  readonly minNgramCounts: readonly number[];
}

/** Trains an n-gram model and writes it as an ARPA file; says how many n-grams it has, and how well it predicts held-out text. */
export async function ngram(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags = context.flags as unknown as NGramFlags;
  if (flags.data === undefined) throw new UsageError('usage/data', 'name a text with --data FILE or a dataset');
  if (flags.out === undefined) throw new UsageError('usage/out', 'name the file to write with --out FILE.arpa');
  const data = await context.openData(flags.data);
  const { order, unit, lowercase, minCount, minNgramCounts } = flags;
  const options = { order, unit, lowercase, minimumCount: minCount, minimumNGramCounts: minNgramCounts };
  const model = await trainNGramModel(data.train, options);
  await context.writeResult({ path: flags.out }, async (write) => {
    for (const piece of writeArpa(model)) await write(piece);
  });
  const valid = flags.valid === undefined ? data.valid : await context.openFile(flags.valid);
  const scores = valid && (await evaluateNGramModel(model, valid, { lowercase }));
  const counts = model.levels.map(({ words }) => words.length);
  if (output.json) return output.object({ nGrams: counts, ...(scores && { valid: scores }) });
  await output.line(counts.map((count, n) => `${n + 1}-grams: ${count}`).join('  '));
  if (!scores) return;
  const { perplexity, words, unknown } = scores;
  await output.line(
    `validation perplexity ${perplexity.toFixed(2)} of ${words} words and ends, ${unknown} of them unknown`,
  );
}
