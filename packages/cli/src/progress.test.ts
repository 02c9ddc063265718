import type { TrainingEvent } from '@unroll/core';
import { describe, expect, test } from 'vitest';
import type { Output } from './output.js';
import { Progress } from './progress.js';

/** Keeps what would be shown. `overwrite` replaces the current line of a terminal. */
function recorder(interactive: boolean, columns = 120) {
  const lines: string[] = [];
  const bars: string[] = [];
  const output = {
    interactive,
    columns,
    log: (text: string) => lines.push(text),
    overwrite: (text: string) => bars.push(text),
  } as unknown as Output;
  return { output, lines, bars };
}

/** 100 steps of 50 ms with 1000 tokens each. */
function play(progress: Progress, tick: (ms: number) => void): void {
  const base = { epoch: 0, elapsedMs: 0 };
  progress.handle(
    { ...base, type: 'started', step: 0, totalSteps: 400, stepsPerEpoch: 400, parameterCount: 1 },
    'perplexity',
  );
  for (let step = 1; step <= 100; step++) {
    tick(50);
    const event: TrainingEvent = {
      ...base,
      type: 'step',
      step,
      loss: 2,
      tokens: 1000,
      learningRate: 0.5,
      gradientNorm: 1,
    };
    progress.handle(event, 'perplexity');
  }
  const scores = { loss: 1.5, count: 9, perplexity: 4.4816 };
  progress.handle({ ...base, type: 'evaluation', step: 100, scores, best: true }, 'perplexity');
}

describe('progress', () => {
  test('a bar with loss, learning rate, tokens per second and time left moves on a terminal', () => {
    const { output, lines, bars } = recorder(true);
    let now = 0;
    play(new Progress(output, () => now), (ms) => (now += ms));
    const moved = bars.filter((bar) => bar !== '');
    expect(moved).toHaveLength(50);
    expect(moved.at(-1)).toBe(
      `${'━'.repeat(7)}${'─'.repeat(23)} 99/400  loss 2.0000  lr 0.5  20,000 tokens/s  15 s left`,
    );
    expect(moved.every((bar) => bar.length < 120)).toBe(true);
    expect(lines).toEqual(['step 100: validation loss 1.5000, perplexity 4.482 (best so far)']);
  });

  test('a narrow terminal shows no bar and never wraps', () => {
    const { output, bars } = recorder(true, 30);
    let now = 0;
    play(new Progress(output, () => now), (ms) => (now += ms));
    expect(bars.filter((bar) => bar !== '').every((bar) => bar.length < 30 && !bar.includes('━'))).toBe(true);
  });

  test('without a terminal there is a plain line now and then', () => {
    const { output, lines } = recorder(false);
    let now = 0;
    play(new Progress(output, () => now), (ms) => (now += ms * 5));
    expect(lines).toEqual([
      'step 1/400: loss 2.0000  lr 0.5  4,000 tokens/s  1 min 40 s left',
      'step 41/400: loss 2.0000  lr 0.5  4,000 tokens/s  1 min 30 s left',
      'step 81/400: loss 2.0000  lr 0.5  4,000 tokens/s  1 min 20 s left',
      'step 100: validation loss 1.5000, perplexity 4.482 (best so far)',
    ]);
  });
});
