import { uniform, type RandomKey } from '@unroll/core';
import { logGamma } from './special-functions.js';

const block = 64;

/** Random numbers of several distributions, one after the other, all from one key. */
export class Draws {
  readonly #key: RandomKey;
  #offset = 0;
  #numbers: Float32Array = new Float32Array(0);
  #next = 0;
  #spare: number | undefined;

  constructor(key: RandomKey) {
    this.#key = key;
  }

  /** in (0, 1) */
  uniform(): number {
    if (this.#next === this.#numbers.length) {
      this.#numbers = uniform(this.#key, block, this.#offset);
      this.#offset += block;
      this.#next = 0;
    }
    return this.#numbers[this.#next++]! + 2 ** -25;
  }

  /** standard normal @see Box & Muller 1958 */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Gamma with scale 1. @param shape - above 0 @see Marsaglia & Tsang 2000 */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * this.uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** @param mean - at least 0 */
  poisson(mean: number): number {
    return mean < 10 ? this.#poissonByProduct(mean) : this.#poissonByRejection(mean);
  }

  /** counts events of rate 1 until `mean` has passed */
  #poissonByProduct(mean: number): number {
    const limit = Math.exp(-mean);
    let product = this.uniform();
    let count = 0;
    for (; product > limit; count++) product *= this.uniform();
    return count;
  }

  /** transformed rejection with squeeze @see Hörmann 1993, algorithm PTRS */
  #poissonByRejection(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const limit = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= limit) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      const accept = Math.log((v * inverseAlpha) / (a / (us * us) + b));
      if (accept <= k * Math.log(mean) - mean - logGamma(k + 1)) return k;
    }
  }
}
