import type { AppTask, Preparation, PrepareOptions, SavedModel } from '@unroll/cli';
import { applySetting, deriveKey, formatNumber, mergeConfig, parseConfig, randomKey } from '@unroll/core';
import {
  audioRecognitionConfigSchema,
  createRecognitionModel,
  createRecognitionTask,
  createRecognizer,
  findPreset,
  loadRecognitionModel,
  modelArtifacts,
  modelFiles,
  modelMetadata,
  prepareRecordings,
  presets,
  type AudioRecognitionConfig,
  type PreparedRecordings,
  type RecognitionModel,
  type Recognizer,
} from '@unroll/audio-recognition';
import { describeModel } from './describe-model.js';
import { evaluateRecognizer, type Evaluation } from './evaluation.js';
import { openForModel } from './model-files.js';
import { mainScores } from './scores.js';
import { readSplits } from './splits.js';

/** A saved model with what the verbs of this app need besides the shared commands. */
export interface OpenRecognizer extends SavedModel {
  readonly config: AudioRecognitionConfig;
  readonly model: RecognitionModel;
  readonly recognizer: Recognizer;
}

export interface ListeningApp extends AppTask<AudioRecognitionConfig> {
  open(folder: string): Promise<OpenRecognizer>;
}

/** So that a setting of the optimizer can be changed without naming it. */
const namedDefaults = { training: { epochs: 30, optimizer: { name: 'adam', learningRate: 0.001 }, clipNorm: 5 } };

/** Audio recognition for the shared command line. */
export const listeningApp: ListeningApp = {
  name: 'audio-recognition',
  presets: Object.keys(presets),
  configure({ preset, defaults, settings }) {
    const start = mergeConfig(
      mergeConfig(namedDefaults, defaults ?? {}),
      preset === undefined ? {} : findPreset(preset),
    );
    return parseConfig(audioRecognitionConfigSchema, settings.reduce(applySetting, start));
  },
  parseConfig: (value) => parseConfig(audioRecognitionConfigSchema, value),
  prepare,
  open,
  describe: describeModel,
};

async function prepare(asked: AudioRecognitionConfig, { data, onProgress }: PrepareOptions): Promise<Preparation> {
  const prepared = await prepareRecordings(await readSplits(data, asked.data, onProgress), asked, { onProgress });
  prepared.notes.forEach(onProgress);
  const { config, facts, splits } = prepared;
  const key = randomKey(config.seed);
  const model = createRecognitionModel({ config, facts, key: deriveKey(key, 'weights') });
  const recognizer = createRecognizer(model);
  let reported: Evaluation | undefined;
  return {
    task: createRecognitionTask({ config, model, prepared }),
    // with the sample rate that was found in the files
    artifacts: { [modelFiles.config]: `${JSON.stringify(config, null, 2)}\n`, ...modelArtifacts(model) },
    metadata: modelMetadata(facts),
    dataFacts: dataFacts(prepared),
    summary: summarize(prepared, model),
    shownScore: config.task === 'transcribe' ? 'cer' : 'accuracy',
    units:
      config.task === 'transcribe'
        ? { loss: 'nats per symbol', items: 'symbols' }
        : { loss: 'nats per clip', items: 'clips' },
    async evaluate(onProgress) {
      const scores: Record<string, Readonly<Record<string, number>>> = {};
      for (const [name, split] of Object.entries({ valid: splits.valid, test: splits.test })) {
        if (!split) continue;
        onProgress(`scoring ${formatNumber(split.recordings.length)} recordings of ${split.name}`);
        reported = await evaluateRecognizer({ model, recognizer }, split, { key: deriveKey(key, 'evaluation') });
        scores[name] = mainScores(reported);
      }
      return scores;
    },
    async sections() {
      if (!reported) return [];
      const { evaluationPage } = await import('./page/index.js');
      return evaluationPage(reported, { model, recognizer });
    },
  };
}

function dataFacts({ splits, facts }: PreparedRecordings): Record<string, number> {
  const { train, valid, test } = splits;
  return {
    trainRecordings: train.recordings.length,
    validRecordings: valid.recordings.length,
    ...(test && { testRecordings: test.recordings.length }),
    trainFrames: train.frames,
    classes: facts.classes.size,
    symbols: facts.symbols.size,
  };
}

function summarize({ config, facts, splits }: PreparedRecordings, model: RecognitionModel): string {
  const { train, valid, test } = splits;
  const held = [valid, ...(test ? [test] : [])].map(({ recordings }) => formatNumber(recordings.length)).join(' and ');
  const { cell, layers, hiddenSize, bidirectional, convolutions } = config.model;
  const parameters = Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0);
  const front = convolutions.length > 0 ? `${convolutions.length} convolutions, ` : '';
  const written = {
    classify: `${formatNumber(facts.classes.size)} labels`,
    speaker: `${formatNumber(facts.classes.size)} speakers`,
    transcribe: `${formatNumber(facts.symbols.size - 1)} ${config.data.unit}s`,
  }[config.task];
  return [
    `${formatNumber(train.recordings.length)} recordings of ${formatSeconds(train.seconds)} to learn from, ${held} held out`,
    `${formatNumber(facts.sampleRate)} Hz, ${facts.featureSize} features a frame, ${written}`,
    `${front}${layers} ${layers === 1 ? 'layer' : 'layers'} of ${bidirectional ? '2 × ' : ''}${hiddenSize} ${cell} units, ${formatNumber(parameters)} parameters`,
  ].join('; ');
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

async function open(folder: string): Promise<OpenRecognizer> {
  const model = await loadRecognitionModel(folder);
  const { config, parameters } = model;
  const recognizer = createRecognizer(model);
  return {
    model,
    recognizer,
    config,
    parameters,
    evaluate: async (source) => {
      const list = await openForModel(source, model, []);
      return mainScores(await evaluateRecognizer({ model, recognizer }, list, { key: randomKey(config.seed) }));
    },
  };
}
