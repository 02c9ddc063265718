/** What the pool holds; for `tf.memory()` and tests. */
export interface PoolState {
  /** Bytes of buffers that wait to be used again. */
  freeBytes: number;
  /** Bytes of buffers that tensors use and that will come back. */
  usedBytes: number;
}

interface Entry {
  references: number;
  isFree: boolean;
}

/**
 * Recycles the memory of tensors by size, since fresh pages cost more than most kernels.
 *
 * Several tensors may lie in one buffer (tfjs' kernels share memory: a slice is a view), so references are counted by
 * buffer. A buffer that code outside of the engine has seen is forgotten: it belongs to the garbage collector then and
 * is never used again.
 */
export class BufferPool {
  private readonly entries = new WeakMap<ArrayBufferLike, Entry>();
  /** Free buffers by size; sizes in the order of their last use, the longest ago first. */
  private readonly free = new Map<number, ArrayBuffer[]>();
  private freeBytes = 0;
  private usedBytes = 0;
  private readonly allocate: (bytes: number) => ArrayBuffer;
  private readonly limitBytes: number;

  /**
   * @param allocate - fresh memory, contents undefined
   * @param limitBytes - free buffers beyond this are given to the garbage collector, the least used sizes first
   */
  constructor(allocate: (bytes: number) => ArrayBuffer, limitBytes: number) {
    this.allocate = allocate;
    this.limitBytes = limitBytes;
  }

  /** A buffer of exactly `bytes` with undefined contents; it has no reference until `retain`. */
  take(bytes: number): ArrayBuffer {
    const recycled = this.free.get(bytes)?.at(-1);
    if (recycled !== undefined) {
      this.leaveFree(recycled, this.free.get(bytes)!.length - 1);
      return recycled;
    }
    const buffer = this.allocate(bytes);
    this.entries.set(buffer, { references: 0, isFree: false });
    this.usedBytes += bytes;
    return buffer;
  }

  /** One more tensor lies in `buffer`. Buffers of others are none of the pool's business. */
  retain(buffer: ArrayBufferLike): void {
    const entry = this.entries.get(buffer);
    if (entry === undefined) return;
    // A kernel of tfjs may dispose a tensor and then still make another one of its memory.
    if (entry.isFree) this.leaveFree(buffer, this.free.get(buffer.byteLength)!.indexOf(buffer as ArrayBuffer));
    entry.references++;
  }

  /** One tensor less lies in `buffer`; with the last one it becomes free. */
  release(buffer: ArrayBufferLike): void {
    const entry = this.entries.get(buffer);
    if (entry === undefined || --entry.references > 0) return;
    const bytes = buffer.byteLength;
    const waiting = this.free.get(bytes) ?? [];
    waiting.push(buffer as ArrayBuffer);
    this.free.delete(bytes);
    this.free.set(bytes, waiting);
    entry.isFree = true;
    this.usedBytes -= bytes;
    this.freeBytes += bytes;
    this.shrink(this.limitBytes);
  }

  /** Somebody outside has seen `buffer`. */
  forget(buffer: ArrayBufferLike): void {
    if (this.entries.delete(buffer)) this.usedBytes -= buffer.byteLength;
  }

  /** True if exactly one tensor lies in `buffer` and nobody outside has seen it. */
  isPrivate(buffer: ArrayBufferLike): boolean {
    return this.entries.get(buffer)?.references === 1;
  }

  state(): PoolState {
    return { freeBytes: this.freeBytes, usedBytes: this.usedBytes };
  }

  clear(): void {
    this.shrink(0);
  }

  private leaveFree(buffer: ArrayBufferLike, index: number): void {
    const bytes = buffer.byteLength;
    const waiting = this.free.get(bytes)!;
    waiting.splice(index, 1);
    if (waiting.length === 0) this.free.delete(bytes);
    this.entries.get(buffer)!.isFree = false;
    this.freeBytes -= bytes;
    this.usedBytes += bytes;
  }

  private shrink(limitBytes: number): void {
    for (const [bytes, waiting] of this.free) {
      while (this.freeBytes > limitBytes && waiting.length > 0) {
        this.entries.delete(waiting.pop()!);
        this.freeBytes -= bytes;
      }
      if (waiting.length === 0) this.free.delete(bytes);
      if (this.freeBytes <= limitBytes) return;
    }
  }
}
