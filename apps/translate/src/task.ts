import type { AppTask, NamedScores, Preparation, PrepareOptions, SavedModel } from '@unroll/cli';
import { applySetting, deriveKey, formatNumber, mergeConfig, parseConfig, randomKey } from '@unroll/core';
import {
  createSegmenters,
  createTranslationModel,
  createTranslationTask,
  findPreset,
  loadTranslationModel,
  modelArtifacts,
  modelMetadata,
  networkTranslator,
  preparePairs,
  presets,
  translationConfigSchema,
  type PreparedPairs,
  type TranslationConfig,
  type TranslationEvaluation,
  type TranslationModel,
} from '@unroll/translation';
import { describeModel } from './describe-model.js';
import { evaluatePairs } from './evaluation.js';
import { mainScores } from './scores.js';
import { readSplit, readSplits } from './splits.js';

/** A saved model with what the verbs of this app need besides the shared commands. */
export interface OpenTranslation extends SavedModel {
  readonly model: TranslationModel;
}

export interface TranslationApp extends AppTask<TranslationConfig> {
  open(folder: string): Promise<OpenTranslation>;
}

/** So that a setting of the optimizer can be changed without naming it. */
const namedDefaults = { training: { epochs: 20, optimizer: { name: 'adam', learningRate: 0.001 }, clipNorm: 1 } };

/** Translation for the shared command line. */
export const translationApp: TranslationApp = {
  name: 'translation',
  presets: Object.keys(presets),
  configure({ preset, defaults, settings }) {
    const start = mergeConfig(
      mergeConfig(namedDefaults, defaults ?? {}),
      preset === undefined ? {} : findPreset(preset),
    );
    return parseConfig(translationConfigSchema, settings.reduce(applySetting, start));
  },
  parseConfig: (value) => parseConfig(translationConfigSchema, value),
  prepare,
  open,
  describe: describeModel,
};

async function prepare(config: TranslationConfig, { data, onProgress }: PrepareOptions): Promise<Preparation> {
  const prepared = await preparePairs(await readSplits(data, config.data, onProgress), config);
  prepared.notes.forEach(onProgress);
  if (!data.valid) onProgress(describeHeldOut(prepared));
  const { facts, segmenters, splits } = prepared;
  const key = randomKey(config.seed);
  const model = createTranslationModel({ config, facts, key: deriveKey(key, 'weights') });
  const translator = networkTranslator({ models: [model], segmenters });
  let reported: TranslationEvaluation | undefined;
  return {
    task: createTranslationTask({ config, model, prepared }),
    artifacts: modelArtifacts(model),
    metadata: modelMetadata(model),
    dataFacts: dataFacts(prepared),
    summary: summarize(prepared, model),
    shownScore: config.validationScore === 'bleu' ? 'bleu' : 'perplexity',
    async evaluate(onProgress) {
      const scores: Record<string, NamedScores> = {};
      for (const [name, split] of Object.entries({ valid: splits.valid, test: splits.test })) {
        if (!split) continue;
        onProgress(`translating ${split.name}`);
        reported = await evaluatePairs({ models: [model], segmenters, translator }, split, { train: splits.train });
        scores[name] = mainScores(reported);
      }
      return scores;
    },
    async sections() {
      if (!reported) return [];
      const { evaluationPage } = await import('./page/index.js');
      return evaluationPage(reported, { translator });
    },
    async sample() {
      const pair = splits.valid.pairs[0]!;
      for await (const { hypotheses } of translator.translate([pair.source], { decoding: { beam: 1 } })) {
        return { caption: 'greedy', text: `${pair.source}\n→ ${hypotheses[0]!.text}\n   (${pair.target})` };
      }
      throw new Error('no translation of a sentence');
    },
  };
}

function describeHeldOut({ splits: { train, valid } }: PreparedPairs): string {
  const [kept, held] = [train, valid].map(({ pairs }) => formatNumber(pairs.length));
  return `without validation pairs ${held} of ${train.name} are held out, drawn by the seed; ${kept} are learnt from`;
}

function dataFacts({ splits, facts }: PreparedPairs): Record<string, number> {
  const { train, valid, test } = splits;
  return {
    trainPairs: train.pairs.length,
    validPairs: valid.pairs.length,
    ...(test && { testPairs: test.pairs.length }),
    trainTokens: tokensOf(train),
    sourceVocabulary: facts.source.vocabulary.size,
    targetVocabulary: facts.target.vocabulary.size,
  };
}

function tokensOf({ examples }: PreparedPairs['splits']['train']): number {
  return examples.reduce((sum, { source, target }) => sum + source.length + (target?.length ?? 0), 0);
}

function summarize({ splits, facts }: PreparedPairs, { config, parameters }: TranslationModel): string {
  const { train, valid, test } = splits;
  const held = [valid, ...(test ? [test] : [])].map(({ pairs }) => formatNumber(pairs.length)).join(' and ');
  const { unit, joint } = config.tokenization;
  const sizes = joint ? [facts.source] : [facts.source, facts.target];
  const tokens = sizes.map(({ vocabulary }) => formatNumber(vocabulary.size)).join(' and ');
  const { encoder, decoder, attention } = config.model;
  const count = Object.values(parameters).reduce((sum, { size }) => sum + size, 0);
  const directions = encoder.bidirectional ? '2 × ' : '';
  return [
    `${formatNumber(train.pairs.length)} pairs to learn from, ${held} held out`,
    `${tokens} ${unit} tokens${joint ? ' of both sides' : ''}`,
    `encoder ${encoder.layers} × ${directions}${encoder.hiddenSize} ${encoder.cell}, decoder ${decoder.layers} × ${decoder.hiddenSize} ${decoder.cell}, attention ${attention.kind}, ${formatNumber(count)} parameters`,
  ].join('; ');
}

async function open(folder: string): Promise<OpenTranslation> {
  const model = await loadTranslationModel(folder);
  const { config, facts, parameters } = model;
  const segmenters = await createSegmenters(facts, config.tokenization);
  const translator = networkTranslator({ models: [model], segmenters });
  return {
    model,
    config,
    parameters,
    evaluate: async (source) =>
      mainScores(
        await evaluatePairs({ models: [model], segmenters, translator }, await readSplit(source, config.data)),
      ),
  };
}
