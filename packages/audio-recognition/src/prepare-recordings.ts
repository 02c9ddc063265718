import {
  breatheEvery,
  ctcMinimumFrames,
  DataError,
  deriveKey,
  formatNumber,
  randomKey,
  type ByteSource,
} from '@unroll/core';
import { augmentsWaveforms } from './augmentation/waveform.js';
import { readSound } from './audio/read-sound.js';
import { readSoundFormat } from './audio/sound-pieces.js';
import type { AudioRecognitionConfig } from './config.js';
import { answerOf, collectAnswers, requireAnswers } from './examples.js';
import { createStatistics } from './features/normalization.js';
import { listed } from './formats/format.js';
import { stepsAfter } from './front.js';
import { splitRecordings } from './records.js';
import { createSoundReader, createSpeakerStatistics, normalized, type SoundReader } from './sound-features.js';
import type { Example, RecognitionFacts, Recording } from './types.js';

/** Recordings with the name of where they are from, for messages. */
export interface NamedRecordings {
  readonly name: string;
  readonly recordings: readonly Recording[];
}

export interface RecordingSets {
  readonly train: NamedRecordings;
  /** recordings of `train` are held out when absent */
  readonly valid?: NamedRecordings | undefined;
  readonly test?: NamedRecordings | undefined;
}

export interface PreparedSplit extends NamedRecordings {
  /** of each recording; those that were left out are in neither list */
  readonly examples: readonly Example[];
  readonly seconds: number;
  readonly frames: number;
}

/** Why a recording of the training split is left out. */
export type DropReason = 'short' | 'long' | 'impossible';

/** All that training needs of its files. */
export interface PreparedRecordings {
  /** as given, with the sample rate that was found */
  readonly config: AudioRecognitionConfig;
  readonly facts: RecognitionFacts;
  readonly splits: { readonly train: PreparedSplit; readonly valid: PreparedSplit; readonly test?: PreparedSplit };
  /** recordings of the training split that were left out */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** samples of the noise that is mixed in, at the model's rate; none where there is no folder of it */
  readonly noise: readonly Float32Array[];
  /** what people should know of the data, a line each */
  readonly notes: readonly string[];
}

export interface PrepareOptions {
  /** what is being read, for people who wait */
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Recordings to facts and features. Classes, symbols and statistics are learnt from the training split alone; only there recordings are left
 * out, for their length (`data.minimumSeconds`, `data.maximumSeconds`, less than a frame) or since their transcript is too long for them.
 *
 * @throws {DataError} `data/empty`, `data/no-answer`, `data/one-class`, `data/symbol`, `data/impossible`, and as `readSound`
 * @throws {ConfigError} `config/features`, `config/split`
 * @throws the signal's reason when aborted
 */
export async function prepareRecordings(
  sets: RecordingSets,
  given: AudioRecognitionConfig,
  options: PrepareOptions = {},
): Promise<PreparedRecordings> {
  const { train, valid, test, notes } = holdOut(sets, given);
  for (const set of [valid, ...(test ? [test] : [])]) requireAnswers(set.recordings, given.task);
  const answers = collectAnswers(train.recordings, given);
  const sampleRate = given.data.sampleRate || (await commonRate(train, options));
  const config = { ...given, data: { ...given.data, sampleRate } };
  const reader = createSoundReader(config, sampleRate);
  const draft = { task: config.task, sampleRate, featureSize: reader.extractor.size, ...answers };
  const context = { config, reader, ...options };
  const heard = await hear(train, draft, { ...context, part: 'train' });
  const facts = { ...draft, ...globalStatistics(heard.sounds, config, draft.featureSize) };
  const split = async (set: NamedRecordings) => {
    const other = await hear(set, facts, { ...context, part: 'other' });
    return { notes: other.notes, split: toSplit(other, config, facts) };
  };
  const [validSplit, testSplit] = [await split(valid), test && (await split(test))];
  const noise = await readNoise(config, options);
  return {
    config,
    facts,
    splits: {
      train: toSplit(heard, config, facts),
      valid: validSplit.split,
      ...(testSplit && { test: testSplit.split }),
    },
    dropped: heard.dropped,
    noise,
    notes: [...notes, ...heard.notes, ...validSplit.notes, ...(testSplit?.notes ?? [])],
  };
}

/** @throws {DataError} `data/empty` */
function holdOut(
  { train, valid, test }: RecordingSets,
  { data, seed, task }: AudioRecognitionConfig,
): RecordingSets & { readonly valid: NamedRecordings; readonly notes: readonly string[] } {
  for (const set of [train, valid, test]) {
    if (set?.recordings.length === 0)
      throw new DataError('data/empty', `${set.name} has no recording; give some to learn from`);
  }
  if (valid) return { train, valid, test, notes: [] };
  const split = splitRecordings(train.recordings, { ...data, task }, deriveKey(randomKey(seed), 'held-out'));
  return {
    train: { ...train, recordings: split.train },
    valid: { name: `${train.name} (held out)`, recordings: split.valid },
    test,
    notes: [split.note],
  };
}

/** The sample rate of most recordings; of equals the higher one. */
async function commonRate({ recordings }: NamedRecordings, { signal }: PrepareOptions): Promise<number> {
  const files = new Map<string, ByteSource>(recordings.map(({ file }) => [file.name, file]));
  const counts = new Map<number, number>();
  for (const file of files.values()) {
    signal?.throwIfAborted();
    const { sampleRate } = await readSoundFormat(file);
    counts.set(sampleRate, (counts.get(sampleRate) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]![0];
}

interface Hearing extends PrepareOptions {
  readonly config: AudioRecognitionConfig;
  readonly reader: SoundReader;
  /** train: what cannot be learnt from is left out, and samples are kept where they are augmented */
  readonly part: 'train' | 'other';
}

interface Sound extends Omit<Example, 'features'> {
  readonly recording: Recording;
  /** not normalised */
  readonly features: Float32Array;
}

interface HeardSplit {
  readonly name: string;
  readonly sounds: readonly Sound[];
  readonly seconds: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly notes: readonly string[];
}

/** Nobody is told of what takes less. */
const progressMilliseconds = 2000;

/** Reads all recordings of a split. @throws {DataError} `data/empty` if all are left out */
async function hear(set: NamedRecordings, facts: RecognitionFacts, context: Hearing): Promise<HeardSplit> {
  const { config, reader, part, signal, onProgress = () => {} } = context;
  const keepsSamples = part === 'train' && augmentsWaveforms(config.augmentation);
  const sounds: Sound[] = [];
  const left: Record<DropReason, string[]> = { short: [], long: [], impossible: [] };
  const warnings = new Map<string, string[]>();
  const pause = breatheEvery(50);
  let seconds = 0;
  let said = performance.now();
  for (const [index, recording] of set.recordings.entries()) {
    signal?.throwIfAborted();
    const heard = await reader.read(recording);
    const { samples, features, frames } = heard;
    const answer = answerOf(recording, facts, config.data);
    const reason = part === 'train' ? dropReason({ ...heard, symbols: answer.symbols }, config) : undefined;
    if (reason) {
      left[reason].push(recording.name);
    } else {
      seconds += heard.seconds;
      sounds.push({ recording, name: recording.name, frames, features, ...answer, ...(keepsSamples && { samples }) });
      for (const warning of heard.warnings) addTo(warnings, warning.split(':')[0]!, recording.name);
    }
    if (performance.now() - said > progressMilliseconds) {
      onProgress(`reading ${set.name}: ${Math.floor((100 * (index + 1)) / set.recordings.length)} %`);
      said = performance.now();
    }
    await pause();
  }
  if (config.impossible === 'error') requirePossible(set.name, left.impossible);
  const notes = [...describeDropped(set.name, left, config), ...describeWarnings(set.name, warnings)];
  if (sounds.length === 0) {
    throw new DataError('data/empty', `${notes[0] ?? set.name}; nothing is left to learn from`);
  }
  const dropped = { short: left.short.length, long: left.long.length, impossible: left.impossible.length };
  return { name: set.name, sounds, seconds, dropped, notes };
}

function addTo(lists: Map<string, string[]>, kind: string, name: string): void {
  const list = lists.get(kind);
  if (list) list.push(name);
  else lists.set(kind, [name]);
}

interface Measured {
  readonly seconds: number;
  readonly frames: number;
  readonly warnings: readonly string[];
  readonly symbols?: Int32Array | undefined;
}

function dropReason(
  { seconds, frames, warnings, symbols }: Measured,
  { data, model }: AudioRecognitionConfig,
): DropReason | undefined {
  if (seconds > data.maximumSeconds) return 'long';
  if (seconds < data.minimumSeconds || warnings.some((warning) => warning.startsWith('too short'))) return 'short';
  return symbols && ctcMinimumFrames(symbols) > stepsAfter(frames, model.convolutions) ? 'impossible' : undefined;
}

/** @throws {DataError} `data/impossible`, naming some */
function requirePossible(name: string, impossible: readonly string[]): void {
  if (impossible.length === 0) return;
  const message = `${name}: ${impossible.length} recordings have fewer steps than their transcript needs, among them ${listed(impossible, 3)}; correct them, take smaller strides, or set impossible=skip`;
  throw new DataError('data/impossible', message);
}

function describeDropped(
  name: string,
  left: Readonly<Record<DropReason, readonly string[]>>,
  { data }: AudioRecognitionConfig,
): readonly string[] {
  const reasons = {
    short: data.minimumSeconds > 0 ? `are shorter than ${data.minimumSeconds} s` : 'are shorter than one frame',
    long: `are longer than ${data.maximumSeconds} s`,
    impossible: 'have fewer steps than their transcript needs',
  };
  return Object.entries(reasons).flatMap(([reason, why]) => {
    const names = left[reason as DropReason];
    if (names.length === 0) return [];
    return [`${name}: ${formatNumber(names.length)} recordings ${why} and are left out: ${listed(names, 3)}`];
  });
}

const warningTexts: Readonly<Record<string, string>> = {
  clipping: 'are cut off at full scale (clipping)',
  silence: 'are silent',
  'sample rate': 'have another sample rate and were resampled',
  'too short': 'are shorter than one frame and were filled with zeros',
  header: 'have a header that does not fit what follows',
};

function describeWarnings(name: string, warnings: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...warnings].map(([kind, names]) => {
    const what = warningTexts[kind] ?? `have a warning "${kind}"`;
    return `${name}: ${formatNumber(names.length)} recordings ${what}: ${listed(names, 3)}`;
  });
}

function globalStatistics(
  sounds: readonly Sound[],
  { features }: AudioRecognitionConfig,
  size: number,
): Pick<RecognitionFacts, 'mean' | 'deviation'> {
  if (features.normalization !== 'global') return {};
  const statistics = createStatistics(size);
  for (const sound of sounds) statistics.add(sound.features);
  return statistics.result();
}

function toSplit(
  { name, sounds, seconds }: HeardSplit,
  config: AudioRecognitionConfig,
  facts: RecognitionFacts,
): PreparedSplit {
  const isBySpeaker = config.features.normalization === 'speaker';
  const speakers = isBySpeaker
    ? createSpeakerStatistics(
        sounds.map(({ recording, features }) => ({ speaker: recording.speaker, features })),
        facts.featureSize,
      )
    : undefined;
  const examples = sounds.map(({ recording, features, ...rest }): Example => {
    const statistics = speakers?.get(recording.speaker ?? '');
    return {
      ...rest,
      features: normalized(features, config, { facts, statistics }),
      ...(statistics && { statistics }),
    };
  });
  return {
    name,
    recordings: sounds.map(({ recording }) => recording),
    examples,
    seconds,
    frames: examples.reduce((sum, { frames }) => sum + frames, 0),
  };
}

/** @throws {DataError} `data/no-audio` for a folder without a WAV file */
async function readNoise(
  { augmentation, data }: AudioRecognitionConfig,
  { onProgress, signal }: PrepareOptions,
): Promise<readonly Float32Array[]> {
  const { chance, folder } = augmentation.noise;
  if (folder === null || chance === 0) return [];
  onProgress?.(`reading the noise of ${folder}`);
  const { folderTree } = await import('@unroll/core/node');
  const files = folderTree(folder);
  const paths = (await files.list()).filter((path) => /\.wav$/i.test(path));
  if (paths.length === 0) throw new DataError('data/no-audio', `${folder} has no WAV file; name a folder of noise`);
  const noise: Float32Array[] = [];
  for (const path of paths) {
    signal?.throwIfAborted();
    const { sampleRate, channel } = data;
    const { sound } = await readSound({ name: path, file: files.file(path)! }, { sampleRate, channel });
    noise.push(sound.samples);
  }
  return noise;
}
