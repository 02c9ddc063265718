/**
 * Seeded, splittable, counter-based random numbers: Threefry-2x32 with 20 rounds.
 *
 * A `RandomKey` is plain data. Whoever needs randomness is given a key and derives others from it by name or number, so
 * nothing has to be stored to resume a run: the numbers of step 1000 follow from the seed and the step alone.
 *
 * @see Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
 */
export type RandomKey = readonly [number, number];

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/** The block function: two counter words under a key give two uniform 32-bit words, written to `out`. */
export function threefry(key: RandomKey, counter: readonly [number, number], out: Uint32Array): void {
  const schedule = [key[0], key[1], parity ^ key[0] ^ key[1]];
  let a = (counter[0] + key[0]) | 0;
  let b = (counter[1] + key[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round % 8]!;
    a = (a + b) | 0;
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      a = (a + schedule[injection % 3]!) | 0;
      b = (b + schedule[(injection + 1) % 3]! + injection) | 0;
    }
  }
  out[0] = a;
  out[1] = b;
}

/** The key of a run. @param seed - a non-negative safe integer */
export function randomKey(seed: number): RandomKey {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** An independent key for one named or numbered use: `deriveKey(key, 'dropout', step, layer)`. */
export function deriveKey(key: RandomKey, ...path: readonly (string | number)[]): RandomKey {
  const out = new Uint32Array(2);
  let derived = key;
  for (const part of path) {
    threefry(derived, typeof part === 'number' ? [part >>> 0, 1] : [hashText(part), 2], out);
    derived = [out[0]!, out[1]!];
  }
  return derived;
}

/** FNV-1a over UTF-16 code units; names of random uses only, nothing that an opponent chooses. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * `count` uniform numbers in [0, 1), 24 bits each, after the first `offset` of the key: element pair j comes from counter
 * (j, 0).
 */
export function uniform(key: RandomKey, count: number, offset = 0): Float32Array {
  const values = new Float32Array(count);
  const out = new Uint32Array(2);
  const skipped = offset % 2;
  for (let i = -skipped; i < count; i += 2) {
    threefry(key, [(offset + i) / 2, 0], out);
    if (i >= 0) values[i] = (out[0]! >>> 8) * 2 ** -24;
    if (i + 1 < count) values[i + 1] = (out[1]! >>> 8) * 2 ** -24;
  }
  return values;
}

/** `count` standard normal numbers, by Box and Muller 1958 from two uniform numbers each. */
export function normal(key: RandomKey, count: number): Float32Array {
  const u = uniform(key, 2 * count);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - u[2 * i]!));
    return radius * Math.cos(2 * Math.PI * u[2 * i + 1]!);
  });
}

/** The numbers 0 … count − 1 in random order (Fisher and Yates). */
export function permutation(key: RandomKey, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const u = uniform(key, count);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(u[i]! * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
