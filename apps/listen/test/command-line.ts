import { writeWav, type Sound } from '@unroll/audio-recognition';
import { appProcesses, type Workplace } from '../../../test/support/app-processes.js';

export { finished, readLog, trainTwice, Workplace } from '../../../test/support/app-processes.js';
export const { start, run, succeed } = appProcesses('listen');

export const sampleRate = 8000;

/** The tones that letters are: a hummed alphabet, in hertz. */
const tones: Readonly<Record<string, number>> = { a: 350, b: 700, c: 1400, d: 2500 };
/** Two voices: how strong the second and third harmonics are. */
const voices: Readonly<Record<string, readonly number[]>> = { ida: [1, 0.1, 0.6], otto: [1, 0.9, 0.05] };

/** Numbers that follow from a seed, in 0 … 1 (Park and Miller's generator). */
function numbers(seed: number): () => number {
  let state = (seed * 7919 + 17) % 2147483647;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

export interface Hummed {
  readonly word: string;
  readonly speaker?: string;
  readonly seed: number;
}

/** A word hummed letter by letter, 0.1 s each with short pauses, a little noise, its pitch and level by the seed. */
export function hum({ word, speaker = 'ida', seed }: Hummed): Sound {
  const next = numbers(seed);
  const [tune, level] = [0.97 + 0.06 * next(), 0.15 + 0.25 * next()];
  const letter = Math.round(0.1 * sampleRate);
  const gap = Math.round(0.05 * sampleRate);
  const samples = new Float32Array(gap + word.length * (letter + gap));
  Array.from(word).forEach((name, i) => {
    const start = gap + i * (letter + gap);
    for (let t = 0; t < letter; t++) {
      const fade = Math.min(1, t / 80, (letter - t) / 80);
      const angle = (2 * Math.PI * tune * (tones[name] ?? 0) * t) / sampleRate;
      const sum = voices[speaker]!.reduce((total, weight, k) => total + weight * Math.sin((k + 1) * angle), 0);
      samples[start + t] = 0.5 * level * fade * sum;
    }
  });
  for (let i = 0; i < samples.length; i++) samples[i]! += 0.004 * (next() - 0.5);
  return { samples, sampleRate };
}

/** A folder for each word: `abc/ida-3.wav`. @returns its path */
export function writeClips(
  place: Workplace,
  folder: string,
  { words, takes, from = 0 }: { readonly words: readonly string[]; readonly takes: number; readonly from?: number },
): string {
  for (const word of words) {
    for (const speaker of Object.keys(voices)) {
      for (let take = from; take < from + takes; take++) {
        const sound = hum({ word, speaker, seed: 100 * take + 10 * words.indexOf(word) + speaker.length });
        place.write(`${folder}/${word}/${speaker}-${take}.wav`, writeWav(sound));
      }
    }
  }
  return place.path(folder);
}

/** A manifest with words hummed at random. @returns its path */
export function writeSpoken(
  place: Workplace,
  folder: string,
  { count, from = 0 }: { readonly count: number; readonly from?: number },
): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const next = numbers(1000 + from + i);
    const length = 2 + Math.floor(3 * next());
    const word = Array.from({ length }, () => Object.keys(tones)[Math.floor(4 * next())]!).join('');
    const speaker = Object.keys(voices)[Math.floor(2 * next())]!;
    place.write(`${folder}/${from + i}.wav`, writeWav(hum({ word, speaker, seed: from + i })));
    return `${from + i}.wav,${word},${speaker}`;
  });
  return place.write(`${folder}/list.csv`, `path,transcript,speaker\n${rows.join('\n')}\n`);
}

/** Models that train in seconds. */
export const small = [
  'features.mels=20',
  'features.lowHertz=60',
  'model.layers=1',
  'model.hiddenSize=24',
  'batches.recordings=8',
  'training.optimizer.learningRate=0.02',
].flatMap((setting) => ['--set', setting]);
