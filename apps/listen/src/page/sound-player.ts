import { writeWav, type Sound } from '@unroll/audio-recognition';

/** Longer sounds would make a page that no browser likes. */
const longestSeconds = 20;

/** A sound that a page can play, inside of it: 16-bit WAV as a data URI. '' for one that is too long. */
export function soundPlayer({ samples, sampleRate }: Sound): string {
  if (samples.length === 0 || samples.length / sampleRate > longestSeconds) return '';
  const bytes = Buffer.from(writeWav({ samples, sampleRate })).toString('base64');
  return `<audio controls preload="none" src="data:audio/wav;base64,${bytes}"></audio>`;
}
