import { describe, expect, it } from 'vitest';
import { improves, observe } from './early-stopping.js';

const lower = { better: 'lower', minimumImprovement: 0 } as const;

describe('improves', () => {
  it('takes the first score, whatever it is, but never NaN', () => {
    expect(improves(99, null, lower)).toBe(true);
    expect(improves(Number.NaN, null, lower)).toBe(false);
    expect(improves(Number.NaN, 1, lower)).toBe(false);
  });

  it('knows which way is better', () => {
    expect(improves(1, 2, lower)).toBe(true);
    expect(improves(1, 2, { ...lower, better: 'higher' })).toBe(false);
    expect(improves(3, 2, { ...lower, better: 'higher' })).toBe(true);
  });

  it('wants more than the same, and at least the minimum', () => {
    expect(improves(2, 2, lower)).toBe(false);
    expect(improves(1.5, 2, { ...lower, minimumImprovement: 0.5 })).toBe(true);
    expect(improves(1.75, 2, { ...lower, minimumImprovement: 0.5 })).toBe(false);
  });
});

describe('observe', () => {
  it('counts scores without improvement against the best, and starts again after one', () => {
    const scores = [5, 4, 4.5, 4.2, 3.9, 4];
    const counts: number[] = [];
    let patience = { best: null as number | null, evaluationsWithoutImprovement: 0 };
    for (const score of scores) {
      patience = observe(patience, score, lower);
      counts.push(patience.evaluationsWithoutImprovement);
    }
    expect(counts).toEqual([0, 0, 1, 2, 0, 1]);
    expect(patience.best).toBe(3.9);
  });

  it('does not let many small improvements pass for a large one', () => {
    const small = { better: 'lower', minimumImprovement: 1 } as const;
    let patience = observe({ best: null, evaluationsWithoutImprovement: 0 }, 10, small);
    for (const score of [9.5, 9.2]) patience = observe(patience, score, small);
    expect(patience).toEqual({ best: 10, evaluationsWithoutImprovement: 2 });
    expect(observe(patience, 9, small).evaluationsWithoutImprovement).toBe(0);
  });
});
