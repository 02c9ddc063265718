import type { VerbContext } from '@unroll/cli';
import { assignSavedArrays } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { findCheckpoints } from '@unroll/core/node';
import {
  averageCheckpoints,
  createSegmenters,
  loadTranslationModel,
  networkTranslator,
  type Segmenters,
  type TranslationModel,
  type Translator,
} from '@unroll/translation';

/** One model, or several that translate together. */
export interface OpenModels {
  readonly models: readonly TranslationModel[];
  /** of the first: all have the same vocabularies */
  readonly segmenters: Segmenters;
  readonly translator: Translator;
  /** their folders */
  readonly names: readonly string[];
}

interface ModelsFlags {
  readonly model?: readonly string[];
  readonly average?: number;
}

/**
 * Starts the engine and opens the models of `--model`.
 *
 * @throws {UsageError} `usage/model` without one
 * @throws {CheckpointError} for a folder that is damaged or of another task, and for too few checkpoints to average
 * @throws {ConfigError} `config/ensemble` for models that do not agree on every token
 */
export async function openModels(context: VerbContext): Promise<OpenModels> {
  const { model: names = [], average }: ModelsFlags = context.flags;
  if (names.length === 0) {
    throw new UsageError('usage/model', 'name the folder of a trained run with --model DIR');
  }
  await context.startEngine();
  const models: TranslationModel[] = [];
  for (const name of names) {
    const model = await loadTranslationModel(name);
    if (average !== undefined) await averageWeights(model, { folder: name, count: average });
    models.push(model);
  }
  const { facts, config } = models[0]!;
  const segmenters = await createSegmenters(facts, config.tokenization);
  const name = names.join(' + ');
  return { models, segmenters, translator: networkTranslator({ models, segmenters, name }), names };
}

/** The mean weights of the last checkpoints of a run take the place of a model's own. */
async function averageWeights(
  model: TranslationModel,
  { folder, count }: { readonly folder: string; readonly count: number },
): Promise<void> {
  const checkpoints = await findCheckpoints(folder, count);
  const mean = averageCheckpoints(checkpoints.map(({ folder: name, parameters }) => ({ name, parameters })));
  assignSavedArrays(model.parameters, mean, folder);
}
