import { ConfigError } from '@unroll/core';

/** Weights over the bins of a power spectrum, most of them 0. */
export interface Filters {
  /** `[filters, 2]`: first bin and how many */
  readonly ranges: Int32Array;
  /** those of the first filter, then those of the second … */
  readonly weights: Float64Array;
}

export interface MelOptions {
  readonly convention: 'librosa' | 'kaldi';
  readonly filters: number;
  readonly sampleRate: number;
  readonly fftSize: number;
  readonly lowHertz: number;
  readonly highHertz: number;
}

interface Scale {
  readonly toMel: (hertz: number) => number;
  readonly toHertz: (mel: number) => number;
}

/** mel = 1127 · ln(1 + f / 700) */
const htk: Scale = {
  toMel: (hertz) => 1127 * Math.log(1 + hertz / 700),
  toHertz: (mel) => 700 * (Math.exp(mel / 1127) - 1),
};

/** 3 f / 200 up to 1 kHz, 27 steps for each factor of 6.4 above (Slaney, Auditory Toolbox, 1998). */
const slaney: Scale = {
  toMel: (hertz) => (hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4)),
  toHertz: (mel) => (mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27)),
};

/**
 * Triangles over frequency, their corners at equal distances on a mel scale.
 *
 * kaldi: HTK's scale; straight in mel, height 1; the bin of half the sample rate is left out. librosa: Slaney's scale; straight in hertz, area 1.
 *
 * @throws {ConfigError} `config/features` where a filter lies between two bins and would be empty
 *
 * @see Kaldi's feat/mel-computations.cc; librosa.filters.mel
 */
export function melFilters(options: MelOptions): Filters {
  const filters = triangles(options);
  const empty = filters.filter(({ weights }) => weights.length === 0).length;
  if (empty > 0) {
    const { convention, fftSize, sampleRate, lowHertz, highHertz } = options;
    throw new ConfigError(
      'config/features',
      `${empty} of features.mels = ${options.filters} filters of ${convention} from ${lowHertz} to ${highHertz} Hz lie between two of the ` +
        `${fftSize / 2 + 1} frequencies of features.fftSize = ${fftSize} at ${sampleRate} Hz; at most ${mostFilters(options)} mels fit, or take a larger fftSize`,
    );
  }
  return {
    ranges: Int32Array.from(filters.flatMap(({ first, weights }) => [first, weights.length])),
    weights: Float64Array.from(filters.flatMap(({ weights }) => weights)),
  };
}

function mostFilters(options: MelOptions): number {
  let filters = options.filters - 1;
  while (filters > 1 && triangles({ ...options, filters }).some(({ weights }) => weights.length === 0)) filters--;
  return filters;
}

interface Triangle {
  /** bin */
  readonly first: number;
  readonly weights: readonly number[];
}

function triangles({ convention, filters, sampleRate, fftSize, lowHertz, highHertz }: MelOptions): Triangle[] {
  const scale = convention === 'kaldi' ? htk : slaney;
  const [lowest, highest] = [scale.toMel(lowHertz), scale.toMel(highHertz)];
  const corner = (i: number): number => lowest + (i * (highest - lowest)) / (filters + 1);
  const axis = convention === 'kaldi' ? htk.toMel : (hertz: number) => hertz;
  const bins = convention === 'kaldi' ? fftSize / 2 : fftSize / 2 + 1;
  const places = Array.from({ length: bins }, (_, bin) => axis((bin * sampleRate) / fftSize));
  return Array.from({ length: filters }, (_, m) => {
    const corners = [m, m + 1, m + 2].map((i) => (convention === 'kaldi' ? corner(i) : scale.toHertz(corner(i))));
    const [left, center, right] = corners as [number, number, number];
    const height = convention === 'kaldi' ? 1 : 2 / (right - left);
    const rise = (place: number): number =>
      Math.min((place - left) / (center - left), (right - place) / (right - center));
    const first = places.findIndex((place) => place > left);
    const inside = places.slice(first).findIndex((place) => place >= right);
    const end = inside === -1 ? bins : first + inside;
    return { first, weights: first === -1 ? [] : places.slice(first, end).map((place) => height * rise(place)) };
  });
}
