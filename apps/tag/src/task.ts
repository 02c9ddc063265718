import type { AppTask, Preparation, PrepareOptions, SavedModel } from '@unroll/cli';
import { deriveKey, formatNumber, mergeConfig, parseConfig, randomKey, setByPath } from '@unroll/core';
import {
  createTaggingModel,
  createTaggingTask,
  decisiveScore,
  evaluateTagger,
  findPreset,
  loadTaggingModel,
  modelArtifacts,
  modelFiles,
  modelMetadata,
  networkTagger,
  prepareSentences,
  presets,
  sentencesOf,
  sequenceTaggingConfigSchema,
  type PreparedSentences,
  type PreparedSplit,
  type Sentence,
  type SequenceTaggingConfig,
  type TaggingModel,
} from '@unroll/sequence-tagging';
import { describeModel } from './describe-model.js';
import { evaluateBeside, firstPredictions, type Evaluation } from './evaluation.js';
import { openForModel } from './model-files.js';
import { mainScores } from './scores.js';
import { readSplits } from './splits.js';

/** A saved model with what the verbs of this app need besides the shared commands. */
export interface OpenTagger extends SavedModel {
  readonly model: TaggingModel;
}

export interface TaggingApp extends AppTask<SequenceTaggingConfig> {
  open(folder: string): Promise<OpenTagger>;
}

/** So that a setting of the optimizer can be changed without naming it. */
const namedDefaults = {
  model: { characters: { kind: 'lstm' } },
  training: { optimizer: { name: 'adam', learningRate: 0.002 } },
};

/** Sequence tagging for the shared command line. */
export const taggingApp: TaggingApp = {
  name: 'sequence-tagging',
  presets: Object.keys(presets),
  configure({ preset, defaults, settings }) {
    const start = mergeConfig(
      mergeConfig(namedDefaults, defaults ?? {}),
      preset === undefined ? {} : findPreset(preset),
    );
    return parseConfig(sequenceTaggingConfigSchema, settings.reduce(applySetting, start));
  },
  parseConfig: (value) => parseConfig(sequenceTaggingConfigSchema, value),
  prepare,
  open,
  describe: describeModel,
};

/** Letters read in another way begin with the defaults of that way. */
function applySetting(config: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  const path = setting.slice(0, at);
  const next = setByPath(config, path, setting.slice(at + 1));
  if (path !== 'model.characters.kind') return next;
  if (kindOf(config) === kindOf(next)) return next;
  return setByPath(next, 'model.characters', JSON.stringify({ kind: kindOf(next) }));
}

function kindOf(config: unknown): unknown {
  return (config as { readonly model: { readonly characters?: { readonly kind?: unknown } } }).model.characters?.kind;
}

async function prepare(asked: SequenceTaggingConfig, { data, onProgress }: PrepareOptions): Promise<Preparation> {
  const { sets, data: found } = await readSplits(data, asked.data, onProgress);
  const prepared = await prepareSentences(sets, { ...asked, data: found }, { onProgress });
  prepared.notes.forEach(onProgress);
  const { config, facts, wordVectors } = prepared;
  const key = randomKey(config.seed);
  const model = createTaggingModel({ config, facts, key: deriveKey(key, 'weights'), wordVectors });
  let reported: { readonly result: Evaluation; readonly sentences: readonly Sentence[] } | undefined;
  return {
    task: createTaggingTask({ config, model, prepared }),
    // the configuration with what was found in the files, so that the model reads others as it read these
    artifacts: {
      [modelFiles.config]: `${JSON.stringify(config, null, 2)}\n`,
      ...modelArtifacts(model),
    },
    metadata: modelMetadata(facts),
    dataFacts: dataFacts(prepared),
    summary: summarize(prepared, model),
    shownScore: decisiveScore(facts.columns),
    async evaluate(onProgress) {
      const { train, valid, test } = prepared.splits;
      const options = { key: deriveKey(key, 'evaluation'), onProgress };
      const beside = (split: PreparedSplit, learnt: PreparedSplit | undefined) =>
        evaluateBeside(model, { ...options, sentences: split.sentences, learnt: learnt?.sentences });
      // the baselines take part where the result counts
      const scoredValid = await beside(valid, test ? undefined : train);
      const scoredTest = test && (await beside(test, train));
      reported = { result: scoredTest ?? scoredValid, sentences: (test ?? valid).sentences };
      return {
        valid: mainScores(scoredValid.evaluation),
        ...(scoredTest && { test: mainScores(scoredTest.evaluation) }),
      };
    },
    async sections() {
      if (!reported) return [];
      const { evaluationPage } = await import('./page/index.js');
      const predictions = await firstPredictions(model, reported.sentences);
      return evaluationPage(reported.result, { model, predictions });
    },
  };
}

function dataFacts({ splits, facts }: PreparedSentences): Record<string, number> {
  const { train, valid, test } = splits;
  return {
    trainSentences: train.sentences.length,
    trainTokens: train.tokens,
    validTokens: valid.tokens,
    ...(test && { testTokens: test.tokens }),
    words: facts.words.size,
    tags: facts.columns.reduce((sum, { tags }) => sum + tags.size, 0),
  };
}

function summarize({ config, facts, splits: { train, valid, test } }: PreparedSentences, model: TaggingModel): string {
  const held = [valid, ...(test ? [test] : [])].map(({ tokens }) => formatNumber(tokens)).join(' and ');
  const sizes = `${formatNumber(train.sentences.length)} sentences of ${formatNumber(train.tokens)} tokens to learn from, ${held} held out`;
  const columns = facts.columns.map(({ name, tags, scheme, trainedScheme }) => {
    const spans =
      scheme === 'none' ? '' : `, ${scheme}${trainedScheme === scheme ? '' : ` learnt as ${trainedScheme}`}`;
    return `${name}: ${formatNumber(tags.size)} tags${spans}`;
  });
  const { cell, layers, hiddenSize, head } = config.model;
  const parameters = Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0);
  const network = `${layers} ${layers === 1 ? 'layer' : 'layers'} of 2 × ${hiddenSize} ${cell} units, ${head}, ${formatNumber(parameters)} parameters`;
  return `${sizes}; ${columns.join('; ')}; ${network}`;
}

async function open(folder: string): Promise<OpenTagger> {
  const model = await loadTaggingModel(folder);
  return {
    model,
    config: model.config,
    parameters: model.parameters,
    async evaluate(source) {
      const file = await openForModel(source, model, { settings: [], tagsOptional: false });
      return mainScores(await evaluateTagger(networkTagger({ model }), await sentencesOf(file)));
    },
  };
}
