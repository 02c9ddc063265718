import type { Sound } from '../types.js';
import { writeWavHeader } from './encodings.js';

/** A sound as a WAV file of 16 bits; what is above full scale is cut off. @param sampleRate - in hertz, a whole number */
export function writeWav({ samples, sampleRate }: Sound): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  writeWavHeader(view, { encoding: 's16le', channels: 1, sampleRate, dataBytes: 2 * samples.length });
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(44 + 2 * i, Math.max(-32_768, Math.min(32_767, Math.round(32_768 * samples[i]!))), true);
  }
  return bytes;
}
