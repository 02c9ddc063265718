import { createInterface } from 'node:readline/promises';
import type { VerbContext } from '@unroll/cli';
import { deriveKey } from '@unroll/core';
import { normalizeText, type TranslateOptions } from '@unroll/translation';
import type { OpenModels } from './models.js';
import { oddSource } from './odd-sources.js';
import { translationLines, type LineOptions } from './translation-lines.js';

/** Asks for a line, answers it, and so on, until a blank line or the end of input. */
export async function converse(context: VerbContext, opened: OpenModels, options: TranslateOptions): Promise<void> {
  const { output } = context;
  const flags: LineOptions & { readonly prefix?: string } = context.flags;
  const { config } = opened.models[0]!;
  output.log('A line is answered by its translation; a blank line or Ctrl-D ends.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ' });
  let number = 0;
  terminal.prompt();
  for await (const line of terminal) {
    const text = normalizeText(line, config.data);
    if (text.trim() === '') break;
    number += 1;
    const odd = oddSource(text, number, opened);
    if (odd !== undefined) output.log(odd);
    const { sampling } = options;
    const asked = {
      ...options,
      ...(flags.prefix !== undefined && { prefixes: [flags.prefix] }),
      ...(sampling && { sampling: { ...sampling, key: deriveKey(sampling.key, 'from', number) } }),
    };
    for await (const translation of opened.translator.translate([text], asked)) {
      await output.write(translationLines(translation, number, flags));
    }
    terminal.prompt();
  }
  terminal.close();
}
