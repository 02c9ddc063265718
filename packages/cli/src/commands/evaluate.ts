import { formatNumber, spacedName } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import type { VerbContext } from '../app.js';
import type { EvaluateFlags } from '../flags.js';
import { requireModelFolder } from '../model-folder.js';

/** Scores a trained model on new data. */
export async function evaluate(context: VerbContext): Promise<void> {
  const { output } = context;
  const flags: EvaluateFlags = context.flags;
  const folder = requireModelFolder(flags);
  if (flags.data === undefined) throw new UsageError('usage/data', 'name what to score with --data FILE or a dataset');
  const source = await context.openSplit(flags.data, flags.split);
  const model = await context.openModel();
  const scores = await model.evaluate(source, (share) =>
    output.overwrite(`${source.name}: ${Math.floor(share * 100)} %`),
  );
  output.overwrite('');
  if (output.json) {
    await output.object({ model: folder, data: source.name, ...scores });
    return;
  }
  const width = Math.max(...Object.keys(scores).map((name) => spacedName(name).length));
  for (const [name, value] of Object.entries(scores)) {
    await output.line(`${spacedName(name).padEnd(width)}  ${formatNumber(value)}`);
  }
}
