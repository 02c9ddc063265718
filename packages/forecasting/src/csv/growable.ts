interface Numbers {
  readonly length: number;
  [index: number]: number;
  set(values: ArrayLike<number>): void;
  subarray(start: number, end: number): this;
}

/** Numbers one after the other in a typed array that grows, without knowing how many there will be. */
export class Growable<T extends Numbers> {
  readonly #create: (length: number) => T;
  #values: T;
  #length = 0;

  /** @param create - a typed array of zeros */
  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#values = create(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** What was pushed: the same memory, valid until the next `push`. */
  values(): T {
    return this.#values.subarray(0, this.#length);
  }

  /** By half: at most 2.5 times the memory of the values while they are copied. */
  #grow(): void {
    const larger = this.#create(Math.ceil(this.#values.length * 1.5));
    larger.set(this.#values);
    this.#values = larger;
  }
}

export const growableFloat64 = () => new Growable<Float64Array>((length) => new Float64Array(length));
export const growableInt32 = () => new Growable<Int32Array>((length) => new Int32Array(length));
