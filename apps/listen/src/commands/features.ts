import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { VerbContext } from '@unroll/cli';
import { applySetting, parseConfig } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { fileError, writeFileAtomically } from '@unroll/core/node';
import {
  audioRecognitionConfigSchema,
  createFeatures,
  normalize,
  readSound,
  type AudioRecognitionConfig,
  type RecognitionFacts,
  type Recording,
  type Sound,
} from '@unroll/audio-recognition';
import { formOf, tableText, type FeatureTable } from '../feature-files.js';
import { namedRecordings } from '../model-files.js';
import { spectrogram } from '../spectrogram.js';
import type { OpenRecognizer } from '../task.js';

interface FeaturesFlags {
  readonly model?: string;
  readonly set?: readonly string[];
  readonly channel?: 'mix' | number;
  readonly out?: string;
  readonly image?: string;
}

/** How features are made, and of which sound. */
interface Reading {
  readonly config: AudioRecognitionConfig;
  /** of a model: its sample rate, and what its features are normalised with */
  readonly facts?: RecognitionFacts;
}

/** Writes the features of recordings and draws their spectrograms. */
export async function features(context: VerbContext): Promise<void> {
  const { output, arguments: paths } = context;
  const flags: FeaturesFlags = context.flags;
  if (paths.length === 0) throw new UsageError('usage/files', 'name WAV files whose features are wanted');
  const recordings = await namedRecordings(paths);
  const several = recordings.length > 1;
  const reading = await readingOf(context);
  for (const folder of [flags.out, flags.image]) if (several && folder !== undefined) await makeFolder(folder);
  for (const recording of recordings) {
    const table = await tableOf(recording, reading, (warning) => output.log(`${recording.name}: ${warning}`));
    const place = (path: string, ending: string) =>
      several ? join(path, `${basename(recording.name, extname(recording.name))}${ending}`) : path;
    if (flags.out !== undefined) {
      const path = place(flags.out, '.csv');
      await writeFileAtomically(path, tableText(table, formOf(path)));
      output.log(`written: ${path}`);
    }
    if (flags.image !== undefined) {
      const path = place(flags.image, '.png');
      await writeImage(path, table.sound, reading.config);
      output.log(`written: ${path}`);
    }
    if (output.json) await output.object(describe(recording, table, reading));
    else if (flags.out === undefined && flags.image === undefined) await output.write(String(tableText(table, 'csv')));
  }
}

async function readingOf(context: VerbContext): Promise<Reading> {
  const { model, set = [], channel }: FeaturesFlags = context.flags;
  if (model !== undefined) {
    if (set.length > 0) throw new UsageError('usage/set', '--model has its own settings; leave --set out');
    const { config, model: opened } = await context.openModel<OpenRecognizer>();
    const data = { ...config.data, ...(channel !== undefined && { channel }) };
    return { config: { ...config, data }, facts: opened.facts };
  }
  await context.startEngine();
  const plain = { features: { normalization: 'none' } };
  const settings = [...set, ...context.settings()];
  const config = parseConfig(audioRecognitionConfigSchema, settings.reduce(applySetting, plain as unknown));
  if (config.features.normalization === 'global' || config.features.normalization === 'speaker') {
    const message = `features.normalization ${config.features.normalization} needs the statistics of a training split; name a trained model with --model`;
    throw new UsageError('usage/set', message);
  }
  return { config };
}

interface MadeFeatures extends FeatureTable {
  readonly sound: Sound;
  readonly warnings: readonly string[];
}

async function tableOf(
  recording: Recording,
  { config, facts }: Reading,
  tell: (warning: string) => void,
): Promise<MadeFeatures> {
  const { sampleRate, channel, trimDecibels, trimMarginSeconds } = config.data;
  const options = { sampleRate: facts?.sampleRate ?? sampleRate, channel, trimDecibels, trimMarginSeconds };
  const { sound, warnings } = await readSound(recording, options);
  warnings.forEach(tell);
  const extractor = createFeatures(config.features, sound.sampleRate);
  const values = normalize(extractor.extract(sound.samples), config.features, {
    size: extractor.size,
    statistics: statisticsOf(facts),
  });
  if (values.length === 0) tell('it is shorter than one frame, so that it has no features');
  return { values, size: extractor.size, frameSeconds: extractor.frameSeconds, sound, warnings };
}

function statisticsOf(facts: RecognitionFacts | undefined) {
  return facts?.mean && facts.deviation ? { mean: facts.mean, deviation: facts.deviation } : undefined;
}

async function writeImage(path: string, sound: Sound, config: AudioRecognitionConfig): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.png' && ending !== '.svg') {
    throw new UsageError('usage/image', `--image ${path} is no picture; name FILE.png or FILE.svg`);
  }
  const { rasterSvg, svgToPng } = await import('@unroll/cli/charts');
  const seconds = sound.samples.length / sound.sampleRate;
  const svg = rasterSvg([{ ...spectrogram(sound, config.features), height: 256 }], { seconds, width: 1000 });
  await writeFileAtomically(path, ending === '.svg' ? svg : svgToPng(svg));
}

function describe({ name }: Recording, table: MadeFeatures, { config }: Reading): object {
  const { values, size, frameSeconds, sound, warnings } = table;
  return {
    name,
    sampleRate: sound.sampleRate,
    seconds: sound.samples.length / sound.sampleRate,
    frames: values.length / size,
    features: size,
    frameSeconds,
    settings: config.features,
    warnings,
  };
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', path);
  });
}
