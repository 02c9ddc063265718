import { expect, test } from 'vitest';
import { resultVersion, type AudioResult } from '../harness/bench-result.js';
import { compare } from '../harness/comparison.js';
import { summariseTurns, type Measurement } from '../harness/measure.js';
import { formatAudio, type AudioSpeed } from '../measures/audio.js';
import { audioShapes } from '../models.js';
import { formatAudioTable } from './audio-table.js';

function measurement(peer: string, ms: Readonly<Record<string, readonly number[]>>): Measurement {
  const timings = Object.entries(ms).map(([work, times]) => [work, summariseTurns([times, times])] as const);
  const engine = `engine of ${peer}`;
  return { peer, engine, threads: 2, parameters: 9, ms: Object.fromEntries(timings), peakBytes: 1 };
}

function compared<Shape>(shape: Shape, measurements: readonly Measurement[]) {
  return { shape, measurements, speedups: compare(measurements) };
}

const audio: AudioSpeed = {
  features: compared(audioShapes.features, [
    measurement('unroll', { features: [1840, 1960] }),
    measurement('librosa', { features: [3990] }),
  ]),
  ctc: compared(audioShapes.ctc, [
    measurement('unroll', { loss: [7.25] }),
    measurement('pytorch', { loss: [52.2, 52.2] }),
  ]),
  recognizer: compared(audioShapes.recognizer, [
    measurement('unroll', { whole: [130, 90, 88], live: [234], piece: [0.21, 0.23, 17.31] }),
  ]),
};

test('a row tells a figure of a peer, its bar, and how much faster unroll is', () => {
  const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0', instructionSets: [] };
  const result: AudioResult = {
    version: resultVersion,
    date: '2026-01-02T03:04:05Z',
    revision: 'abc',
    command: 'pnpm bench --audio',
    machine,
    busyCores: 0,
    threads: 2,
    kind: 'audio',
    rounds: 2,
    audio,
  };
  const lines = formatAudioTable(result).replace(/ +/g, ' ').split('\n');
  const network = 'log-mel features (80 mels, 25/10 ms, 16 kHz), 2 × 256 LSTM, CTC, text';
  const hour = 'log-mel features (80 mels, 25/10 ms, 16 kHz) of 60 minutes | at most 4 s, at least 1×';
  const loss = 'CTC loss and gradient: 500 steps, 32 sequences of 50 to 70 labels, 40 symbols | at least 1×';
  expect(lines.slice(2, 10)).toEqual([
    `| ${hour} | unroll | 1.90 s | – |`,
    `| ${hour} | librosa | 3.99 s | 2.10× |`,
    `| ${loss} | unroll | 7.25 ms | – |`,
    `| ${loss} | pytorch | 52.2 ms | 7.20× |`,
    `| real-time factor of a WAV file of 20 s: ${network} | at most 0.02 | unroll | 0.0045 | – |`,
    '| real-time factor of the same live in pieces of 20 ms | at most 0.02 | unroll | 0.0117 | – |',
    '| pieces of 20 ms, until the text so far is there: median | – | unroll | 0.23 ms | – |',
    '| pieces of 20 ms, until the text so far is there: worst | at most 50 ms | unroll | 17.3 ms | – |',
  ]);
  expect(lines.at(-1)).toContain('engine of unroll; engine of librosa; engine of pytorch.');
  expect(formatAudioTable(undefined)).toBe('Nothing has been measured yet.');
});

test('a person reads each figure once, with every peer below it', () => {
  const [title, ours, theirs, next] = formatAudio(audio).split('\n');
  expect(title).toMatch(/of 60 minutes \(at most 4 s, at least 1×\)$/);
  expect(ours).toBe('  unroll    1.90 s');
  expect(theirs).toBe('  librosa   3.99 s, unroll 2.10x as fast');
  expect(next).toMatch(/^CTC loss/);
});
