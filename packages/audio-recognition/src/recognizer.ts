import { breathe } from '@unroll/core';
import { inferenceBatches } from './batches.js';
import { decodeBatch, detailsOf, type Decoded } from './decode.js';
import { createLiveRecognizer } from './live.js';
import { decodeTranscripts } from './search/transcript-search.js';
import { createSoundReader, createSpeakerStatistics, normalized, type SoundReader } from './sound-features.js';
import type { Recognition, Recognizer, RecognizeOptions, RecognitionModel, Recording } from './types.js';

/** Recordings that are sorted by length together, and seconds that are enough for such a group. */
const groupSize = { recordings: 256, seconds: 600 };

/**
 * A network as a recogniser. It owns the model: disposing it disposes the model.
 *
 * Where features are normalised by speaker, that is over the recordings of a speaker that are computed at once, or over a recording whose speaker is
 * not known. A recording that cannot be read ends the iteration after the results of those before it.
 */
export function createRecognizer(model: RecognitionModel): Recognizer {
  const reader = createSoundReader(model.config, model.facts.sampleRate);
  return {
    facts: model.facts,
    recognize: (recordings, options = {}) => recognizeAll({ model, reader }, recordings, options),
    live: (options) => createLiveRecognizer(model, options),
    dispose: () => model.dispose(),
  };
}

interface Network {
  readonly model: RecognitionModel;
  readonly reader: SoundReader;
}

interface Sound {
  readonly name: string;
  readonly speaker: string | undefined;
  readonly seconds: number;
  readonly frames: number;
  readonly features: Float32Array;
  readonly warnings: readonly string[];
}

async function* recognizeAll(
  network: Network,
  recordings: Iterable<Recording> | AsyncIterable<Recording>,
  options: RecognizeOptions,
): AsyncGenerator<Recognition, void> {
  for await (const { sounds, failure } of groupsOf(network.reader, recordings, options)) {
    yield* await recognizeGroup(network, sounds, options);
    if (failure) throw failure.error;
  }
}

interface Group {
  readonly sounds: readonly Sound[];
  /** that ended the reading after these */
  readonly failure?: { readonly error: unknown };
}

async function* groupsOf(
  reader: SoundReader,
  recordings: Iterable<Recording> | AsyncIterable<Recording>,
  { signal }: RecognizeOptions,
): AsyncGenerator<Group, void> {
  let sounds: Sound[] = [];
  let seconds = 0;
  const iterator = readAll(reader, recordings);
  for (;;) {
    signal?.throwIfAborted();
    const next = await iterator.next().catch((error: unknown) => ({ done: false as const, value: { error } }));
    if (next.done) break;
    if ('error' in next.value) {
      yield { sounds, failure: next.value };
      return;
    }
    sounds.push(next.value);
    seconds += next.value.seconds;
    if (sounds.length < groupSize.recordings && seconds < groupSize.seconds) continue;
    yield { sounds };
    sounds = [];
    seconds = 0;
  }
  if (sounds.length > 0) yield { sounds };
}

async function* readAll(
  reader: SoundReader,
  recordings: Iterable<Recording> | AsyncIterable<Recording>,
): AsyncGenerator<Sound, void> {
  for await (const recording of recordings) {
    const { features, frames, warnings, seconds } = await reader.read(recording);
    const { name, speaker } = recording;
    yield { name, speaker, features, frames, warnings, seconds };
  }
}

async function recognizeGroup(
  { model, reader }: Network,
  sounds: readonly Sound[],
  options: RecognizeOptions,
): Promise<readonly Recognition[]> {
  const { config, facts } = model;
  const speakers =
    config.features.normalization === 'speaker' ? createSpeakerStatistics(sounds, reader.extractor.size) : undefined;
  const examples = sounds.map(({ name, frames, features, speaker }) => {
    const statistics = speaker === undefined ? undefined : speakers?.get(speaker);
    return { name, frames, features: normalized(features, config, { facts, statistics }) };
  });
  const results: Recognition[] = [];
  for (const { batch, order } of inferenceBatches(examples, facts)) {
    options.signal?.throwIfAborted();
    const decoded = decodeBatch(model, batch);
    order.forEach((item, row) => {
      const { name, seconds, warnings } = sounds[item]!;
      results[item] = { name, seconds, warnings, ...recognitionOf(decoded[row]!, model, options) };
    });
    await breathe();
  }
  return results;
}

function recognitionOf(
  { logProbabilities, ...classes }: Decoded,
  model: RecognitionModel,
  options: RecognizeOptions,
): Omit<Recognition, 'name' | 'seconds' | 'warnings'> {
  if (!logProbabilities) return classes;
  const transcripts = decodeTranscripts(logProbabilities, model, options);
  return { transcripts, ...detailsOf(logProbabilities, transcripts, { model, ...options }) };
}
