import { UsageError } from '@unroll/core/errors';
import type { SavedModel, VerbContext } from './app.js';
import { startEngine } from './engine.js';
import type { ModelFlags } from './flags.js';

/** The folder that `--model` names. */
export function requireModelFolder(flags: ModelFlags): string {
  if (flags.model === undefined) {
    throw new UsageError('usage/model', 'name the folder of a trained run with --model DIR');
  }
  return flags.model;
}

/** Starts the engine and opens the model of `--model`; an app names the type that its own task opens. */
export async function openModel<Model extends SavedModel = SavedModel>(context: VerbContext): Promise<Model> {
  const flags: ModelFlags = context.flags;
  const folder = requireModelFolder(flags);
  const task = await context.app.task();
  await startEngine(flags, context.output);
  return (await task.open(folder)) as Model;
}
