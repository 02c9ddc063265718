import { deriveKey, randomKey, uniform, type ByteSource, type FileTree, type RandomKey } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import type { JoinedClips } from './description.js';
import type { RecordingRow } from './select.js';
import { plainWav, readPlainWav } from './sound-file.js';

export interface JoinOptions {
  readonly split: string;
  /** how many strings */
  readonly recordings: number;
  readonly joined: JoinedClips;
}

/** Rows, and the files that they name. */
export interface JoinedRecordings {
  readonly rows: readonly RecordingRow[];
  readonly files: FileTree;
}

/** Of full scale, in samples of 16 bits: no recording is quite silent. */
const noise = 8;

interface Joint {
  readonly clip: ByteSource;
  readonly level: number;
  /** after the clip */
  readonly gapSeconds: number;
}

/**
 * Clips of one speaker laid behind each other, with silence and a level that differ from clip to clip. What each string consists of
 * follows from the seed, the name of the split and its number alone; its sound is made when it is read, from whole numbers and
 * products of two of them, so that every machine gets the same bytes.
 *
 * @param clips - with speaker and transcript, in a fixed order
 * @throws {DataError} `dataset/manifest` for a clip without them
 */
export function joinClips(files: FileTree, clips: readonly RecordingRow[], options: JoinOptions): JoinedRecordings {
  const { split, recordings, joined } = options;
  const bySpeaker = new Map<string, RecordingRow[]>();
  for (const clip of clips) {
    const { speaker, transcript } = clip;
    if (speaker === undefined || transcript === undefined) {
      throw new DataError('dataset/manifest', `${clip.path} has no speaker or transcript, so it cannot be joined`);
    }
    bySpeaker.set(speaker, [...(bySpeaker.get(speaker) ?? []), clip]);
  }
  const speakers = [...bySpeaker.keys()].sort();
  const key = deriveKey(randomKey(joined.seed), split);
  const digits = String(recordings).length;
  const rows: RecordingRow[] = [];
  const sources = new Map<string, ByteSource>();
  for (let number = 0; number < recordings; number++) {
    const draw = drawsOf(deriveKey(key, number));
    const speaker = speakers[draw.below(speakers.length)]!;
    const own = bySpeaker.get(speaker)!;
    const [shortest, longest] = joined.clips;
    const chosen = Array.from(
      { length: shortest + draw.below(longest - shortest + 1) },
      () => own[draw.below(own.length)]!,
    );
    const path = `${split}/${String(number + 1).padStart(digits, '0')}.wav`;
    rows.push({ path, speaker, transcript: chosen.map(({ transcript }) => transcript).join(' ') });
    const start = draw.between(joined.gapSeconds);
    const joints = chosen.map(({ path: clip }) => ({
      clip: files.file(clip)!,
      level: draw.between(joined.level),
      gapSeconds: draw.between(joined.gapSeconds),
    }));
    const name = `${files.name} ${path}`;
    sources.set(path, {
      name,
      async *bytes() {
        yield await joinedWav(name, { start, joints, key: deriveKey(key, number, 'noise') });
      },
    });
  }
  const paths = rows.map(({ path }) => path);
  const tree: FileTree = {
    name: files.name,
    list: () => Promise.resolve(paths),
    file: (path) => sources.get(path),
  };
  return { rows, files: tree };
}

interface JoinedSound {
  readonly start: number;
  readonly joints: readonly Joint[];
  readonly key: RandomKey;
}

async function joinedWav(name: string, { start, joints, key }: JoinedSound): Promise<Uint8Array> {
  const sounds = await Promise.all(joints.map(({ clip }) => readPlainWav(clip)));
  const { sampleRate } = sounds[0]!;
  if (sounds.some((sound) => sound.sampleRate !== sampleRate)) {
    throw new DataError('data/audio', `${name}: its clips differ in sample rate`);
  }
  const gap = (seconds: number) => Math.round(seconds * sampleRate);
  const length = joints.reduce(
    (sum, { gapSeconds }, i) => sum + sounds[i]!.samples.length + gap(gapSeconds),
    gap(start),
  );
  const parts = uniform(key, length);
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i++) samples[i] = Math.round((2 * parts[i]! - 1) * noise);
  let position = gap(start);
  joints.forEach(({ level, gapSeconds }, i) => {
    for (const sample of sounds[i]!.samples) {
      const sum = samples[position]! + Math.round(sample * level);
      samples[position] = Math.max(-32_768, Math.min(32_767, sum));
      position += 1;
    }
    position += gap(gapSeconds);
  });
  return plainWav({ sampleRate, samples });
}

interface Draws {
  /** a whole number from 0, less than `count` */
  below(count: number): number;
  between(range: readonly [number, number]): number;
}

function drawsOf(key: RandomKey): Draws {
  let drawn = 0;
  const next = () => uniform(deriveKey(key, drawn++), 1)[0]!;
  return {
    below: (count) => Math.floor(next() * count),
    between: ([low, high]) => low + next() * (high - low),
  };
}
