import { compare, type Speedup } from '../harness/comparison.js';
import { measure, type MeasureOptions, type Measurement } from '../harness/measure.js';
import type { Work } from '../harness/protocol.js';
import { audioShapes, type AudioShape, type CtcShape, type LogMelShape, type RecognizerShape } from '../models.js';
import { choosePeers, sound, type BenchPeer } from '../peers/peers.js';

/** What every peer that can did with the same sound or numbers, in turns. */
export interface AudioComparison<S extends AudioShape> {
  readonly shape: S;
  readonly measurements: readonly Measurement[];
  readonly speedups: readonly Speedup[];
}

export interface AudioSpeed {
  readonly features: AudioComparison<LogMelShape>;
  readonly ctc: AudioComparison<CtcShape>;
  readonly recognizer: AudioComparison<RecognizerShape>;
}

/** One line of what was found. */
export interface AudioFigure {
  readonly what: string;
  /** what it must reach; empty where nothing was set */
  readonly bar: string;
  readonly peer: string;
  readonly measured: string;
  /** how many times the first peer was as fast, of another one */
  readonly speedup?: number;
}

export interface AudioOptions extends Omit<MeasureOptions, 'turnMs'> {
  /** those that are there unless given */
  readonly peers: readonly BenchPeer[] | undefined;
  readonly threads: number;
}

/** No repetition of a turn's work begins after it. */
const turnMs = 5000;
const works = {
  'log-mel': [{ work: 'features', count: 1 }],
  ctc: [{ work: 'loss', count: 40 }],
  recognizer: [
    { work: 'whole', count: 3 },
    { work: 'live', count: 1 },
    { work: 'piece', count: 1 },
  ],
} as const satisfies Record<AudioShape['task'], readonly { work: Work; count: number }[]>;
/** Relative; float32 sums of different order stay far below it. */
const tolerance = 1e-4;

/** Measures features, the CTC loss and a recogniser, one after the other. */
export async function measureAudio(options: AudioOptions): Promise<AudioSpeed> {
  return {
    features: await measureShape(audioShapes.features, options),
    ctc: await measureShape(audioShapes.ctc, options),
    recognizer: await measureShape(audioShapes.recognizer, options),
  };
}

async function measureShape<S extends AudioShape>(
  shape: S,
  { peers, threads, rounds, log }: AudioOptions,
): Promise<AudioComparison<S>> {
  const { task } = shape;
  const able = choosePeers(peers, { task, model: sound, precision: 'float32' });
  const subjects = able.map((peer) => ({ peer, shape, precision: 'float32' as const, threads, works: works[task] }));
  const measurements = await measure(subjects, { rounds, turnMs, log: (text) => log(`${task}: ${text}`) });
  checkSameOutcome(measurements);
  return { shape, measurements, speedups: compare(measurements) };
}

/** @throws {Error} unless all peers came to the same numbers */
export function checkSameOutcome(measurements: readonly Measurement[]): void {
  const [first, ...others] = measurements;
  for (const key of ['meanDecibels', 'lossNats'] as const) {
    const expected = first?.[key];
    for (const { peer, [key]: value } of others) {
      if (expected === undefined && value === undefined) continue;
      if (Math.abs(value! - expected!) <= tolerance * Math.abs(expected!)) continue;
      throw new Error(`the peers' results differ: ${key} is ${expected} of ${first!.peer}, ${value} of ${peer}`);
    }
  }
}

/** All figures of a run, with the bars that they are held to. */
export function audioFigures({ features, ctc, recognizer }: AudioSpeed): readonly AudioFigure[] {
  const { timeSteps, batchSize, symbols, shortest, longest } = ctc.shape;
  const { layers, hiddenSize, pieceSeconds, features: heard } = recognizer.shape;
  const network = `${describeFeatures(heard)}, ${layers} × ${hiddenSize} LSTM, CTC, text`;
  const piece = `pieces of ${1000 * pieceSeconds} ms`;
  const realTime = ({ median }: { readonly median: number }) => (median / 1000 / heard.seconds).toFixed(4);
  return [
    ...figures(features, 'features', {
      what: `${describeFeatures(features.shape)} of ${features.shape.seconds / 60} minutes`,
      bar: 'at most 4 s, at least 1×',
      format: ({ median }) => `${(median / 1000).toFixed(2)} s`,
    }),
    ...figures(ctc, 'loss', {
      what: `CTC loss and gradient: ${timeSteps} steps, ${batchSize} sequences of ${shortest} to ${longest} labels, ${symbols} symbols`,
      bar: 'at least 1×',
      format: ({ median }) => milliseconds(median),
    }),
    ...figures(recognizer, 'whole', {
      what: `real-time factor of a WAV file of ${heard.seconds} s: ${network}`,
      bar: 'at most 0.02',
      format: realTime,
    }),
    ...figures(recognizer, 'live', {
      what: `real-time factor of the same live in ${piece}`,
      bar: 'at most 0.02',
      format: realTime,
    }),
    ...figures(recognizer, 'piece', {
      what: `${piece}, until the text so far is there: median`,
      bar: '',
      format: ({ median }) => milliseconds(median),
    }),
    ...figures(recognizer, 'piece', {
      what: `${piece}, until the text so far is there: worst`,
      bar: 'at most 50 ms',
      format: ({ maximum }) => milliseconds(maximum),
    }),
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

function describeFeatures({ mels, windowLength, hopLength, sampleRate }: LogMelShape): string {
  const [window, hop] = [windowLength, hopLength].map((samples) => (1000 * samples) / sampleRate);
  return `log-mel features (${mels} mels, ${window}/${hop} ms, ${sampleRate / 1000} kHz)`;
}

interface FigureText extends Pick<AudioFigure, 'what' | 'bar'> {
  readonly format: (timing: NonNullable<Measurement['ms'][Work]>) => string;
}

function figures(
  { measurements, speedups }: AudioComparison<AudioShape>,
  work: Work,
  { what, bar, format }: FigureText,
): readonly AudioFigure[] {
  return measurements.map(({ peer, ms }) => {
    const speedup = speedups.find(({ against }) => against === peer)?.work[work]?.median;
    return { what, bar, peer, measured: format(ms[work]!), ...(speedup !== undefined && { speedup }) };
  });
}

/** What a person reads after a run. */
export function formatAudio(speed: AudioSpeed): string {
  const lines = audioFigures(speed).flatMap(({ what, bar, peer, measured, speedup }, i, all) => {
    const line = `  ${peer.padEnd(9)} ${measured}${speedup === undefined ? '' : `, unroll ${speedup.toFixed(2)}x as fast`}`;
    return what === all[i - 1]?.what ? [line] : [bar === '' ? what : `${what} (${bar})`, line];
  });
  return lines.join('\n');
}
