import { DataError } from '@unroll/core';

/** Names of what a WAV file may hold besides plain samples, by format code. */
const formatNames: Readonly<Record<number, string>> = {
  0x0002: 'Microsoft ADPCM samples',
  0x0005: 'IBM CVSD samples',
  0x0008: 'DTS samples',
  0x0010: 'OKI ADPCM samples',
  0x0011: 'IMA ADPCM samples',
  0x0014: 'G.723 ADPCM samples',
  0x0022: 'TrueSpeech samples',
  0x0031: 'GSM 6.10 samples',
  0x0040: 'G.721 ADPCM samples',
  0x0042: 'G.723.1 samples',
  0x0045: 'G.726 ADPCM samples',
  0x0050: 'MPEG audio frames',
  0x0055: 'MP3 frames',
  0x0083: 'G.729 samples',
  0x0092: 'Dolby AC-3 frames',
  0x00ff: 'AAC frames',
  0x0161: 'Windows Media frames',
  0x674f: 'Ogg Vorbis pages',
  0x6771: 'Ogg Vorbis pages',
  0xf1ac: 'FLAC frames',
};

export function describeOtherFormat(code: number): string {
  const number = `format code 0x${code.toString(16).padStart(4, '0')}`;
  const name = formatNames[code];
  return name ? `${name} (${number})` : `samples of an unknown kind (${number})`;
}

/** First bytes of files that are no WAV; `.` stands for any byte. */
const beginnings: readonly (readonly [start: string, name: string])[] = [
  ['RIFX', 'a WAV file with its bytes the other way round (RIFX)'],
  ['RIFF....AVI ', 'an AVI video'],
  ['RIFF', 'a RIFF file of another kind'],
  ['fLaC', 'a FLAC file'],
  ['OggS', 'an Ogg file (Vorbis or Opus)'],
  ['ID3', 'an MP3 file'],
  ['FORM....AIF', 'an AIFF file'],
  ['....ftyp', 'an MPEG-4 file (m4a, mp4)'],
  ['caff', 'a Core Audio file'],
  ['.snd', 'an AU file'],
  ['NIST_1A', 'a NIST SPHERE file'],
  ['#!AMR', 'an AMR file'],
  ['\x1aE\xdf\xa3', 'a Matroska or WebM file'],
  ['0&\xb2u', 'a Windows Media file'],
  ['wvpk', 'a WavPack file'],
  ['\x1f\x8b', 'gzip-compressed'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['version https://git-lfs'.slice(0, 12), 'a pointer of Git LFS, whose content was not fetched'],
];

/** Endings of files that hold sound, whether they can be read or not. */
export const soundEndings =
  /\.(wav|wave|flac|mp3|ogg|oga|opus|m4a|mp4|aac|aiff?|aifc|au|snd|caf|wma|webm|amr|sph|nist|wv|w64|gsm|voc)$/i;

/** @param bytes - the first twelve, fewer where the file ends before */
export function notWav(name: string, bytes: Uint8Array): DataError {
  if (bytes.length === 0) {
    return new DataError('data/not-wav', `${name} is empty: a WAV file begins with RIFF; copy or record it again`);
  }
  const text = String.fromCharCode(...bytes);
  const found = beginnings.find(([start]) => begins(text, start))?.[1] ?? mpegFrame(bytes);
  const remedy = found ? howToConvert(name) : `if it is sound of another kind, ${howToConvert(name)}`;
  return new DataError('data/not-wav', `${name} is no WAV file${found ? `, it is ${found}` : ''}; ${remedy}`);
}

function begins(text: string, start: string): boolean {
  if (text.length < start.length) return false;
  // A point of `.snd` matches itself.
  for (let i = 0; i < start.length; i++) if (start[i] !== '.' && start[i] !== text[i]) return false;
  return true;
}

function mpegFrame([first = 0, second = 0]: Uint8Array): string | undefined {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  return (second & 0x06) === 0 ? 'an AAC file' : 'an MP3 file';
}

/** A command that is ready to be pasted. */
export function howToConvert(name: string): string {
  const target = `${name.replace(/\.[^./\\]*$/, '')}-16bit.wav`;
  return `convert it: ffmpeg -i ${quote(name)} -c:a pcm_s16le ${quote(target)}`;
}

function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
