import { writeWav, type Recording } from '@unroll/audio-recognition';

export const toneRate = 8000;

/** Half a period more each: far from each other on any scale. */
const hertz: Readonly<Record<string, number>> = { a: 400, b: 900, c: 1700, d: 3000 };

/** A word of the letters a … d: a tone of 80 ms for each, in a voice that is the level of its octave, and silence around them. */
export function toneWord(word: string, { voice = 0, seconds = 0.08, gap = 0.04 } = {}): Float32Array {
  const [tone, pause] = [Math.round(seconds * toneRate), Math.round(gap * toneRate)];
  const samples = new Float32Array(pause + word.length * (tone + pause));
  Array.from(word).forEach((letter, place) => {
    const omega = (2 * Math.PI * (hertz[letter] ?? 0)) / toneRate;
    const from = pause + place * (tone + pause);
    for (let i = 0; i < tone; i++) {
      const envelope = Math.sin((Math.PI * i) / tone);
      samples[from + i] = 0.3 * envelope * (Math.sin(omega * i) + voice * Math.sin(omega * i * 1.25 + 1));
    }
  });
  return samples;
}

/** A recording whose file lies in memory. */
export function recordingOf(
  samples: Float32Array,
  facts: Omit<Recording, 'file'>,
  sampleRate: number = toneRate,
): Recording {
  const bytes = writeWav({ samples, sampleRate });
  const file = {
    name: facts.name,
    size: bytes.length,
    async *bytes() {
      yield await Promise.resolve(bytes);
    },
  };
  return { ...facts, file };
}

/** Words of tones by two voices, each labelled, transcribed and with its speaker. */
export function toneRecordings(words: readonly string[] = ['a', 'b', 'cd', 'bba']): readonly Recording[] {
  return words.flatMap((word) =>
    [0, 0.8].map((voice) => {
      const speaker = voice === 0 ? 'plain' : 'rich';
      const name = `${word}-${speaker}.wav`;
      return recordingOf(toneWord(word, { voice }), { name, label: word, transcript: word, speaker, take: name });
    }),
  );
}
