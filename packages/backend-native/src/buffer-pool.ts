/** What the pool holds; for `tf.memory()` and tests. */
export interface PoolState {
  /** Bytes of buffers that wait to be used again. */
  freeBytes: number;
  /** Bytes of buffers that tensors use and that will come back. */
  usedBytes: number;
  /** Buffers that were made since the pool began, because no free one had their size. */
  allocations: number;
}

interface Entry {
  references: number;
  isFree: boolean;
}

/**
 * Sizes are rounded up to one of eight between two powers of two, so that batches of similar lengths, and as many rows as
 * words occur in them, find a buffer. What is too much lies at the end and is never touched.
 */
function sizeClass(bytes: number): number {
  const step = 2 ** Math.max(3, Math.floor(Math.log2(Math.max(1, bytes))) - 3);
  return Math.ceil(bytes / step) * step;
}

/**
 * Recycles the memory of tensors by size, since fresh pages cost more than most kernels.
 *
 * Several tensors may lie in one buffer (tfjs' kernels share memory: a slice is a view), so references are counted by
 * buffer. Nobody outside of the engine sees one.
 */
export class BufferPool {
  private readonly entries = new WeakMap<ArrayBufferLike, Entry>();
  /** Free buffers by size; sizes in the order of their last use, the longest ago first. */
  private readonly free = new Map<number, ArrayBuffer[]>();
  private freeBytes = 0;
  private usedBytes = 0;
  private allocations = 0;
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

  /** A buffer of at least `wanted` bytes with undefined contents; it has no reference until `retain`. */
  take(wanted: number): ArrayBuffer {
    const bytes = sizeClass(wanted);
    const recycled = this.free.get(bytes)?.at(-1);
    if (recycled !== undefined) {
      this.leaveFree(recycled, this.free.get(bytes)!.length - 1);
      return recycled;
    }
    const buffer = this.allocate(bytes);
    this.allocations++;
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

  /** True if `buffer` is the pool's and exactly one tensor lies in it. */
  isPrivate(buffer: ArrayBufferLike): boolean {
    return this.entries.get(buffer)?.references === 1;
  }

  state(): PoolState {
    const { freeBytes, usedBytes, allocations } = this;
    return { freeBytes, usedBytes, allocations };
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
