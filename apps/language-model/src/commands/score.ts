import type { VerbContext } from '@unroll/cli';
import { linesOf } from '@unroll/core';
import { scoreSentences, type SentenceScore } from '@unroll/language-modeling';
import type { OpenLanguageModel } from '../task.js';

/** One line a sentence: log-probability in nats, perplexity, the sentence. With `--json` one object with every token. */
export async function score(context: VerbContext): Promise<void> {
  const { output } = context;
  const source = await context.openFile(context.argument ?? '-');
  const { model, vocabulary } = await context.openModel<OpenLanguageModel>();
  const sentences: SentenceScore[] = [];
  for await (const scored of scoreSentences(model, vocabulary, { sentences: linesOf(source) })) {
    const { sentence, logProbability, perplexity } = scored;
    if (output.json) sentences.push(scored);
    else await output.line(`${logProbability.toFixed(4)}\t${perplexity.toFixed(4)}\t${sentence}`);
  }
  if (output.json) await output.object({ sentences });
}
