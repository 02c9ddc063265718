import { describe, expect, it } from 'vitest';
import { BufferPool } from './buffer-pool.js';

const newPool = (limitBytes = 1000) => new BufferPool((bytes) => new ArrayBuffer(bytes), limitBytes);

function taken(pool: BufferPool, bytes: number): ArrayBuffer {
  const buffer = pool.take(bytes);
  pool.retain(buffer);
  return buffer;
}

describe('BufferPool', () => {
  it('gives a released buffer to the next that asks for its size', () => {
    const pool = newPool();
    const first = taken(pool, 64);
    pool.release(first);
    expect(taken(pool, 32)).not.toBe(first);
    expect(taken(pool, 64)).toBe(first);
  });

  it('keeps a buffer until its last reference is gone', () => {
    const pool = newPool();
    const shared = taken(pool, 64);
    pool.retain(shared);
    pool.release(shared);
    expect(taken(pool, 64)).not.toBe(shared);
    pool.release(shared);
    expect(taken(pool, 64)).toBe(shared);
  });

  it('never gives out a forgotten buffer, whether it was in use or free', () => {
    const pool = newPool();
    const used = taken(pool, 64);
    pool.forget(used);
    pool.release(used);
    expect(taken(pool, 64)).not.toBe(used);
    expect(pool.isPrivate(used)).toBe(false);
  });

  it('takes a free buffer back when a tensor is made of it again', () => {
    const pool = newPool();
    const buffer = taken(pool, 64);
    pool.release(buffer);
    pool.retain(buffer);
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 64 });
    expect(taken(pool, 64)).not.toBe(buffer);
  });

  it('ignores buffers that are not its own', () => {
    const pool = newPool();
    const foreign = new ArrayBuffer(64);
    pool.retain(foreign);
    pool.release(foreign);
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 0 });
    expect(taken(pool, 64)).not.toBe(foreign);
  });

  it('is private to one reference', () => {
    const pool = newPool();
    const buffer = taken(pool, 64);
    expect(pool.isPrivate(buffer)).toBe(true);
    pool.retain(buffer);
    expect(pool.isPrivate(buffer)).toBe(false);
  });

  it('counts bytes, and drops the sizes used longest ago when there are too many', () => {
    const pool = newPool(100);
    const buffers = [40, 50, 60].map((bytes) => taken(pool, bytes));
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 150 });
    for (const buffer of buffers) pool.release(buffer);
    // 40 and 50 fit; with 60 the oldest have to go.
    expect(pool.state()).toEqual({ freeBytes: 60, usedBytes: 0 });
    expect(taken(pool, 60)).toBe(buffers[2]);
    pool.clear();
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 60 });
  });
});
