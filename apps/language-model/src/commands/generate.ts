import type { VerbContext } from '@unroll/cli';
import { randomKey, wholeText } from '@unroll/core';
import { generate as writeText } from '@unroll/language-modeling';
import type { OpenLanguageModel } from '../task.js';

interface GenerateFlags {
  readonly prompt?: string;
  readonly length?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly greedy?: boolean;
  readonly seed?: number;
}

/** A write costs as much as a token of a small model, and nobody sees pieces that follow each other faster. */
const betweenWritesMs = 16;

/** Writes text as the model makes it; with `--json` all of it at the end. */
export async function generate(context: VerbContext): Promise<void> {
  const { output } = context;
  const { prompt: given = '', length = 400, seed = 1, temperature, topK, topP, greedy }: GenerateFlags = context.flags;
  const prompt = given === '-' ? (await wholeText(await context.openFile('-'))).replace(/\r?\n$/, '') : given;
  const { model, vocabulary } = await context.openModel<OpenLanguageModel>();
  const options = { prompt, length, key: randomKey(seed), temperature, topK, topP, greedy };
  let text = '';
  let waiting = prompt;
  let writtenMs = -Infinity;
  for await (const piece of writeText(model, vocabulary, options)) {
    if (output.json) text += piece;
    else if (performance.now() - writtenMs < betweenWritesMs) waiting += piece;
    else {
      await output.write(waiting + piece);
      waiting = '';
      writtenMs = performance.now();
    }
  }
  if (output.json) await output.object({ prompt, text, seed, length });
  else await output.line(waiting);
}
