import type { AppTask, Preparation, PrepareOptions, SavedModel } from '@unroll/cli';
import {
  deriveKey,
  formatNumber,
  parseConfig,
  randomKey,
  setByPath,
  type Frozen,
  type RandomKey,
  type ReportSample,
} from '@unroll/core';
import {
  createCodec,
  createLanguageModel,
  createLanguageModelingTask,
  decodeTokens,
  encodeText,
  evaluateLanguageModel,
  findPreset,
  generate,
  languageModelConfigSchema,
  loadLanguageModel,
  modelFiles,
  modelMetadata,
  prepareText,
  presets,
  type LanguageModel,
  type LanguageModelConfig,
  type PreparedText,
  type SavedLanguageModel,
  type TokenStream,
} from '@unroll/language-modeling';

type Config = Frozen<LanguageModelConfig>;

/** A saved model with what the verbs of this app need besides the shared commands. */
export interface OpenLanguageModel extends SavedModel, SavedLanguageModel {}

export interface LanguageModelApp extends AppTask<Config> {
  open(folder: string): Promise<OpenLanguageModel>;
}

/** Language modelling for the shared command line. */
export const languageModelApp: LanguageModelApp = {
  name: 'language-modeling',
  presets: Object.keys(presets),
  configure({ preset, settings }) {
    const start: unknown = preset === undefined ? {} : findPreset(preset);
    return parseConfig(languageModelConfigSchema, settings.reduce(applySetting, start));
  },
  parseConfig: (value) => parseConfig(languageModelConfigSchema, value),
  prepare,
  open,
};

function applySetting(config: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  return setByPath(config, setting.slice(0, at), setting.slice(at + 1));
}

async function prepare(config: Config, { data, onProgress }: PrepareOptions): Promise<Preparation> {
  const text = await prepareText(data, config, onProgress);
  const { vocabulary, splits } = text;
  const model = createLanguageModel(config, vocabulary.size, deriveKey(randomKey(config.seed), 'weights'));
  return {
    task: createLanguageModelingTask({ config, model, train: splits.train, valid: splits.valid }),
    artifacts: { [modelFiles.vocabulary]: vocabulary.serialize() },
    metadata: modelMetadata(vocabulary),
    dataFacts: dataFacts(text),
    summary: summarize(config, text, model),
    shownScore: config.text.unit === 'character' ? 'bitsPerCharacter' : 'perplexity',
    async evaluate() {
      const valid = { ...(await evaluateLanguageModel(model, splits.valid)) };
      return splits.test ? { valid, test: { ...(await evaluateLanguageModel(model, splits.test)) } } : { valid };
    },
    sample: (key) => writeSample({ model, vocabulary }, splits.valid, key),
  };
}

function dataFacts({ vocabulary, splits }: PreparedText): Record<string, number> {
  const { train, valid, test } = splits;
  return {
    trainTokens: train.ids.length,
    trainCharacters: train.characters,
    validTokens: valid.ids.length,
    ...(test && { testTokens: test.ids.length }),
    vocabularySize: vocabulary.size,
  };
}

function summarize(
  { text, model: { cell, layers, hiddenSize } }: Config,
  prepared: PreparedText,
  model: LanguageModel,
): string {
  const { vocabulary, splits } = prepared;
  const tokens = `${formatNumber(splits.train.ids.length)} ${text.unit}s to learn from, ${formatNumber(vocabulary.size)} in the vocabulary`;
  const parameterCount = Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0);
  const size = `${layers} ${layers === 1 ? 'layer' : 'layers'} of ${hiddenSize} ${cell} units, ${formatNumber(parameterCount)} parameters`;
  return `${tokens}; ${size}`;
}

const sampleTemperature = 0.8;
const promptTokens = 64;

/** Goes on from held-out text: after nothing at all a model that was trained with carried state is at a loss. */
async function writeSample(
  { model, vocabulary }: SavedLanguageModel,
  heldOut: TokenStream,
  key: RandomKey,
): Promise<ReportSample> {
  const { text: config } = model.config;
  const prompt = decodeTokens(heldOut.ids.subarray(0, promptTokens), vocabulary, createCodec(config));
  const length = config.unit === 'character' ? 400 : 80;
  let text = '';
  for await (const piece of generate(model, vocabulary, { prompt, length, key, temperature: sampleTemperature })) {
    text += piece;
  }
  return { caption: `temperature ${sampleTemperature}, going on from "${prompt.replace(/\s+/g, ' ').trim()}"`, text };
}

async function open(folder: string): Promise<OpenLanguageModel> {
  const { model, vocabulary } = await loadLanguageModel(folder);
  return {
    model,
    vocabulary,
    config: model.config,
    parameters: model.parameters,
    async evaluate(source, onProgress) {
      const stream = await encodeText(source, vocabulary, model.config.text);
      return { ...(await evaluateLanguageModel(model, stream, { onProgress })) };
    },
  };
}
