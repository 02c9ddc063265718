/**
 * Makes the sounds of spoken-words with eSpeak NG 1.52 as the npm package espeak-ng 1.0.2 has it, and writes their archive and the parts of the
 * manifest that follow from it. That package is under the GPL: it is no dependency of this one and nothing of it is shipped, only what it says.
 *
 * Another resampling or trimming gives other bytes: what is kept was made before those of audio-recognition were revised, so that a new run changes
 * all sounds a little, their checksum and the strings that `test/recordings.test.ts` knows.
 *
 *     npm install --prefix /tmp/espeak espeak-ng@1.0.2
 *     node --conditions=unroll-source --import tsx datasets/scripts/write-spoken-words.ts /tmp/espeak/node_modules/espeak-ng/dist/espeak-ng.js
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { deriveKey, normal, randomKey, uniform, type RandomKey } from '@unroll/core';
import { toMuLaw } from '../src/recordings/sound-file.js';
import { tarFile } from './tar-file.js';

interface Espeak {
  readonly FS: { readFile(path: string): Uint8Array };
}

interface Sound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** By its address: this script alone needs that package, which the datasets do not depend on. */
const sounds = (await import(new URL('../../packages/audio-recognition/src/index.ts', import.meta.url).href)) as {
  readonly resample: (samples: Float32Array, from: number, to: number) => Float32Array;
  readonly trimSilence: (sound: Sound, options: { decibels: number; marginSeconds: number }) => Sound;
};

const words = ['yes', 'no', 'up', 'down', 'left', 'right', 'stop', 'go', 'on', 'off'];
/** Voices by accent: nobody of the validation or the test is heard in training. */
const voices: Readonly<Record<string, readonly string[]>> = {
  'en-us': ['f1', 'f2', 'f3', 'm1', 'm3', 'm5', 'm7'],
  'en-gb-x-rp': ['f2', 'f5', 'm2', 'm7'],
  'en-gb-scotland': ['f4', 'm4', 'm6'],
};
const takes = 3;
const sampleRate = 8000;

const key = randomKey(1);
const espeakPath = process.argv[2];
if (espeakPath === undefined) throw new Error('name dist/espeak-ng.js of the package espeak-ng 1.0.2');
const espeakNg = (
  (await import(pathToFileURL(resolve(espeakPath)).href)) as { default: (options: object) => Promise<Espeak> }
).default;

const files: { path: string; content: Uint8Array }[] = [];
for (const word of words) {
  for (const [accent, variants] of Object.entries(voices)) {
    for (const variant of variants) {
      for (let take = 0; take < takes; take++) {
        const speaker = `${accent.split('-').at(-1)}-${variant}`;
        const path = `sounds/${word}_${speaker}_${take}.wav`;
        files.push({ path, content: await say(word, `${accent}+${variant}`, deriveKey(key, path)) });
      }
    }
  }
}
files.sort((a, b) => (a.path < b.path ? -1 : 1));
const archive = gzipSync(tarFile(files), { level: 9 });
// The system that packed it, which differs: unknown.
archive[9] = 255;

const folder = fileURLToPath(new URL('../spoken-words/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8'));
const sha256 = createHash('sha256').update(archive).digest('hex');
manifest.files = [{ path: 'sounds.tar.gz', bytes: archive.length, sha256 }];
writeFileSync(`${folder}sounds.tar.gz`, archive);
writeFileSync(`${folder}manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);

/** A word as a WAV file: at another speed and pitch each time, with noise, at 8 kHz in mu-law. */
async function say(word: string, voice: string, draw: RandomKey): Promise<Uint8Array> {
  const [speed, pitch, level, noise] = uniform(draw, 4) as unknown as readonly [number, number, number, number];
  const espeak = await espeakNg({
    arguments: [
      '-w',
      'out.wav',
      '-v',
      voice,
      '-s',
      `${Math.round(130 + 70 * speed)}`,
      '-p',
      `${Math.round(35 + 30 * pitch)}`,
      word,
    ],
  });
  const file = Buffer.from(espeak.FS.readFile('out.wav'));
  const spoken = Float32Array.from(
    { length: (file.length - 44) >> 1 },
    (_, i) => file.readInt16LE(44 + 2 * i) / 32_768,
  );
  const low = sounds.resample(spoken, file.readUInt32LE(24), sampleRate);
  const { samples } = sounds.trimSilence({ samples: low, sampleRate }, { decibels: 40, marginSeconds: 0.05 });
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const power = samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;
  // 15 to 30 dB below the word.
  const hiss = Math.sqrt(power * 10 ** (-1.5 - 1.5 * noise));
  const factor = (0.3 + 0.6 * level) / peak;
  const noises = normal(deriveKey(draw, 'noise'), samples.length);
  return muLawWav(samples.map((sample, i) => (sample + hiss * noises[i]!) * factor));
}

function muLawWav(samples: Float32Array): Uint8Array {
  const padded = samples.length + (samples.length % 2);
  const file = Buffer.alloc(58 + padded);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(18, 16);
  file.writeUInt16LE(7, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('fact', 38, 'latin1');
  file.writeUInt32LE(4, 42);
  file.writeUInt32LE(samples.length, 46);
  file.write('data', 50, 'latin1');
  file.writeUInt32LE(samples.length, 54);
  samples.forEach((sample, i) => file.writeUInt8(toMuLaw(Math.round(32_768 * sample)), 58 + i));
  return file;
}
