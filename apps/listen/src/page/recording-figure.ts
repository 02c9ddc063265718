import { drawRasters, type Raster, type TimedText } from '@unroll/cli/charts';
import type { Recognition, RecognitionModel, Sound } from '@unroll/audio-recognition';
import { spectrogram } from '../spectrogram.js';

/** Symbols whose probability is drawn: those that are ever likelier than that, and not more than so many. */
const drawn = { probability: 0.1, symbols: 18 };

/** The spectrogram of a sound; of a transcribed one p(symbol) of each step below it, and when each symbol was said. */
export function recordingFigure(sound: Sound, recognition: Recognition, model: RecognitionModel): string {
  const seconds = sound.samples.length / sound.sampleRate;
  if (seconds === 0) return '';
  const posteriors = posteriorRaster(recognition, model);
  const rasters = [spectrogram(sound, model.config.features), ...(posteriors ? [posteriors] : [])];
  return drawRasters(rasters, { seconds, texts: textsOf(recognition) });
}

function posteriorRaster({ posteriors }: Recognition, { facts }: RecognitionModel): Raster | undefined {
  const { tokens } = facts.symbols;
  const size = tokens.length;
  if (!posteriors || posteriors.length === 0) return undefined;
  const steps = posteriors.length / size;
  const peaks = tokens.map((_, symbol) => {
    let peak = 0;
    for (let t = 0; t < steps; t++) peak = Math.max(peak, Math.exp(posteriors[t * size + symbol]!));
    return peak;
  });
  const kept = tokens
    .map((_, symbol) => symbol)
    .filter((symbol) => peaks[symbol]! > drawn.probability)
    .sort((a, b) => peaks[b]! - peaks[a]!)
    .slice(0, drawn.symbols)
    .sort((a, b) => b - a);
  if (kept.length === 0) return undefined;
  return {
    title: 'p(symbol)',
    values: Float32Array.from({ length: steps * kept.length }, (_, i) =>
      Math.exp(posteriors[Math.floor(i / kept.length) * size + kept[i % kept.length]!]!),
    ),
    rows: kept.length,
    columns: steps,
    range: [0, 1],
    names: kept.map((symbol) => shownSymbol(tokens[symbol]!, symbol)),
    height: 15 * kept.length,
  };
}

function textsOf({ times = [] }: Recognition): readonly TimedText[] {
  return times.map(({ symbol, start, end }) => ({ text: shownSymbol(symbol, 1), start, end }));
}

function shownSymbol(symbol: string, id: number): string {
  if (id === 0) return 'nothing';
  return symbol === ' ' ? '␣' : symbol;
}
