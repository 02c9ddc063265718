import { deriveKey, normal } from '@unroll/core';
import { describe, expect, it } from 'vitest';
import { trimSilence } from './trim-silence.js';
import { createSpeechDetector, speechSegments, type SpeechSegment } from './voice-activity.js';

const sampleRate = 8000;

/** Noise at a level, and on it syllables (a tone that swells four times a second) where speech is. */
function recording(seconds: number, speech: readonly (readonly [number, number])[], noise = 0.003): Float32Array {
  const samples = normal(deriveKey([1, 2], 'noise'), seconds * sampleRate).map((value) => noise * value);
  for (const [start, end] of speech) {
    for (let i = Math.round(start * sampleRate); i < end * sampleRate; i++) {
      const t = i / sampleRate;
      samples[i]! += 0.3 * (0.1 + Math.sin(4 * Math.PI * t) ** 2) * Math.sin(2 * Math.PI * 220 * t);
    }
  }
  return samples;
}

function expectSegments(found: readonly SpeechSegment[], expected: readonly (readonly [number, number])[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, [start, end]] of expected.entries()) {
    // The margin of 0.1 s, and a frame or two.
    expect(Math.abs(found[i]!.start - (start - 0.1))).toBeLessThan(0.06);
    expect(Math.abs(found[i]!.end - (end + 0.1))).toBeLessThan(0.06);
  }
}

describe('speechSegments', () => {
  const places = [
    [1, 2.5],
    [4, 4.8],
    [6.5, 9.5],
  ] as const;

  const tone = recording(11, places, 0);

  it.each([0, 0.0003, 0.003, 0.012])('finds speech above noise of level %d', (noise) => {
    expectSegments(speechSegments({ samples: recording(11, places, noise), sampleRate }), places);
  });

  it('finds quiet speech where it is quieter still, and loud speech in loud noise', () => {
    const quiet = recording(11, places).map((value) => 0.03 * value);
    expectSegments(speechSegments({ samples: quiet, sampleRate }), places);
    const loud = recording(16, [], 0.06).map(
      (value, i) => value + 3 * (i < 5 * sampleRate ? 0 : tone[i - 5 * sampleRate]!),
    );
    const later = places.map(([start, end]) => [start + 5, end + 5] as const);
    // What the noise is like it takes 2 seconds to learn.
    expectSegments(
      speechSegments({ samples: loud, sampleRate }).filter(({ end }) => end > 3),
      later,
    );
  });

  it('follows noise that becomes louder', () => {
    const samples = recording(
      20,
      [
        [1, 2],
        [12, 13],
        [16, 18],
      ],
      0.001,
    );
    const louder = normal([5, 6], samples.length);
    for (let i = 6 * sampleRate; i < samples.length; i++) samples[i]! += 0.02 * louder[i]!;
    const found = speechSegments({ samples, sampleRate });
    expectSegments(
      found.filter(({ end }) => end < 5 || end > 10),
      [
        [1, 2],
        [12, 13],
        [16, 18],
      ],
    );
  });

  it('finds none in noise or silence, nor in a click', () => {
    const noise = recording(5, []);
    noise[20_000] = 1;
    expect(speechSegments({ samples: noise, sampleRate })).toEqual([]);
    expect(speechSegments({ samples: new Float32Array(40_000), sampleRate })).toEqual([]);
    expect(speechSegments({ samples: new Float32Array(0), sampleRate })).toEqual([]);
  });

  it('ends speech with the sound', () => {
    const found = speechSegments({ samples: recording(3, [[1, 3]]).subarray(0, 2.505 * sampleRate), sampleRate });
    expect(found.map(({ end }) => end)).toEqual([2.505]);
  });

  it('cuts long speech where it is quietest, without losing any', () => {
    const samples = recording(14, [[1, 13]]);
    const found = speechSegments({ samples, sampleRate }, { longestSeconds: 4 });
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const [i, { start, end }] of found.entries()) {
      expect(end - start).toBeLessThanOrEqual(4.05);
      if (i === 0) continue;
      expect(start).toBe(found[i - 1]!.end);
      // Syllables are quietest every quarter of a second.
      expect(Math.abs(4 * start - Math.round(4 * start))).toBeLessThan(0.2);
    }
    expect([found[0]!.start, found.at(-1)!.end].map((value) => Math.round(value))).toEqual([1, 13]);
  });

  it('finds the same while sound comes, soon after speech ended', () => {
    const samples = recording(11, places);
    const detector = createSpeechDetector(sampleRate);
    const found: SpeechSegment[] = [];
    const current: (number | undefined)[] = [];
    for (let i = 0; i < samples.length; i += 77) {
      const ended = detector.push(samples.subarray(i, i + 77));
      for (const { end } of ended) expect(i / sampleRate - end).toBeLessThan(0.4);
      found.push(...ended);
      current.push(detector.current());
    }
    const at = (seconds: number) => current[Math.floor((seconds * sampleRate) / 77)];
    expect([at(1.3), at(2.4), at(3.5)]).toEqual([found[0]!.start, found[0]!.start, undefined]);
    expect([...found, ...detector.end()]).toEqual(speechSegments({ samples, sampleRate }));
  });
});

describe('trimSilence', () => {
  const options = { decibels: 30, marginSeconds: 0.05 };

  it('cuts both ends and leaves pauses', () => {
    const samples = recording(
      4,
      [
        [1, 1.6],
        [2.2, 3],
      ],
      0.0005,
    );
    const { samples: trimmed } = trimSilence({ samples, sampleRate }, options);
    expect(Math.abs(trimmed.length / sampleRate - 2.1)).toBeLessThan(0.1);
    const start = samples.indexOf(trimmed[0]!);
    expect(Math.abs(start / sampleRate - 0.95)).toBeLessThan(0.06);
    expect(trimmed).toEqual(samples.slice(start, start + trimmed.length));
  });

  it('leaves a silent or short sound as it is', () => {
    for (const samples of [new Float32Array(4000), new Float32Array(0), Float32Array.of(0.1, -0.3)]) {
      expect(trimSilence({ samples, sampleRate }, options).samples).toEqual(samples);
    }
  });

  it('keeps more with a lower limit', () => {
    const samples = recording(3, [[1, 2]], 0.003);
    const length = (decibels: number) => trimSilence({ samples, sampleRate }, { ...options, decibels }).samples.length;
    expect(length(70)).toBe(samples.length);
    expect(length(10)).toBeLessThan(length(30));
  });
});
