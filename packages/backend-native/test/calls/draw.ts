/** Where a call's sizes, options and numbers come from: those of one fixed call, or others each time. */
export interface Draw {
  /** `usual`, or 0 … `most`: mostly a few, so that calls stay quick and vector loops meet their remainders. */
  size(usual: number, most?: number): number;
  /** The first option, or any. */
  oneOf<T>(...options: readonly [T, ...T[]]): T;
  floats(length: number): Float32Array<ArrayBuffer>;
  /** Whole numbers from `from` to below `below`; the first of them in a fixed call. */
  ints(length: number, from: number, below: number): Int32Array<ArrayBuffer>;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

export const fixedDraw: Draw = {
  size: (usual) => usual,
  oneOf: (...options) => options[0],
  floats: (length) => new Float32Array(length),
  ints: (length, from) => new Int32Array(length).fill(from),
  bytes: (length) => new Uint8Array(length),
};

/** Numbers in [0, 1), the same for the same text: a 32-bit generator of Weyl's sequence with a mixing function. */
export function generator(seed: string): () => number {
  let state = 0;
  for (const letter of seed) state = (Math.imul(state, 31) + letter.codePointAt(0)!) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}

const special = [NaN, Infinity, -Infinity, -0, 3e38, -3e38, 1e-40, 2 ** 31, -(2 ** 40)];

/** Another call each time; the same for the same `random`. */
export function randomDraw(random: () => number): Draw {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    size: (_, most = 40) => {
      const kind = random();
      if (kind < 0.04) return 0;
      if (kind < 0.9) return 1 + below(Math.min(kind < 0.6 ? 9 : 40, most));
      return 1 + below(most);
    },
    oneOf: (...options) => options[below(options.length)]!,
    floats: (length) => {
      // A short run of numbers again and again: distinct neighbours at the price of a copy.
      const run = Array.from({ length: Math.min(length, 61) }, () => 4 * random() - 2);
      const numbers = Float32Array.from({ length }, (_, i) => run[i % 61]!);
      if (random() < 0.1 && length > 0) numbers[below(length)] = special[below(special.length)]!;
      return numbers;
    },
    ints: (length, from, limit) => Int32Array.from({ length }, () => from + below(limit - from)),
    bytes: (length) => Uint8Array.from({ length }, () => below(3)),
  };
}
