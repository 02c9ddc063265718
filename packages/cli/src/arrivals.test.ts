import { expect, test } from 'vitest';
import { arrivals } from './arrivals.js';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

async function* slow(count: number): AsyncGenerator<number, void> {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 5; k++) await later();
    yield i;
  }
}

async function groups<Item>(source: AsyncIterable<readonly Item[]>): Promise<(readonly Item[])[]> {
  const found: (readonly Item[])[] = [];
  for await (const items of source) found.push(items);
  return found;
}

test('what comes slowly comes by itself', async () => {
  expect(await groups(arrivals(slow(4), 100))).toEqual([[0], [1], [2], [3]]);
});

test('what is there already comes together, in order, never more than the limit', async () => {
  async function* quick(): AsyncGenerator<number, void> {
    for (let i = 0; i < 1000; i++) yield i;
    await later();
  }
  const found: number[][] = [];
  for await (const items of arrivals(quick(), 16)) {
    found.push([...items]);
    await later();
    await later();
  }
  expect(found.flat()).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(Math.max(...found.map(({ length }) => length))).toBe(16);
});

test('what came before a failure is handed over, then the failure', async () => {
  async function* broken(): AsyncGenerator<number, void> {
    yield* slow(2);
    throw new Error('broken');
  }
  const found: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const items of arrivals(broken(), 4)) found.push(...items);
  };
  await expect(reading()).rejects.toThrow('broken');
  expect(found).toEqual([0, 1]);
});
