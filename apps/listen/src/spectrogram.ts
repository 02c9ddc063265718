import type { Raster } from '@unroll/cli/charts';
import { createFeatures, type FeatureConfig, type Sound } from '@unroll/audio-recognition';

/** Filters of a picture, and how far below its loudest place it reaches. */
const drawn = { mels: 64, decibels: 60 };

/** Log-mel of a sound as a picture, framed as a model frames it. */
export function spectrogram({ samples, sampleRate }: Sound, features: FeatureConfig): Raster {
  const config: FeatureConfig = {
    ...features,
    kind: 'log-mel',
    mels: Math.min(drawn.mels, Math.max(features.mels, Math.floor(sampleRate / 250))),
    energy: false,
    pitch: false,
    deltas: 0,
    splice: { left: 0, right: 0, stride: 1 },
  };
  const extractor = createFeatures(config, sampleRate);
  const values = extractor.extract(samples);
  // log-mel of kaldi is the natural logarithm of a power, that of librosa has decibels
  const reach = config.convention === 'kaldi' ? (drawn.decibels * Math.LN10) / 10 : drawn.decibels;
  const loudest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    title: `frequency over time, ${drawn.decibels} dB`,
    values,
    rows: extractor.size,
    columns: values.length / extractor.size,
    range: [loudest - reach, loudest],
    ticks: frequencyTicks(config, sampleRate),
    height: 128,
  };
}

function frequencyTicks(
  { lowHertz, highHertz, convention }: FeatureConfig,
  sampleRate: number,
): Raster['ticks'] & object {
  const high = highHertz > 0 ? highHertz : sampleRate / 2 + highHertz;
  const mel = convention === 'kaldi' ? htkMel : slaneyMel;
  const [from, to] = [mel(lowHertz), mel(high)];
  const ticks = [16_000, 8000, 4000, 2000, 1000, 500, 250, 125]
    .filter((hertz) => hertz > lowHertz && hertz <= high)
    .map((hertz) => ({
      at: (mel(hertz) - from) / (to - from),
      text: hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`,
    }));
  // letters that would touch those above them are left out
  return ticks.filter(({ at }, i) => i === 0 || ticks[i - 1]!.at - at > 0.1);
}

function htkMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** Straight up to 1 kHz, then 27 steps to each factor of 6.4. */
function slaneyMel(hertz: number): number {
  return hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4);
}
