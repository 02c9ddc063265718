interface Entry<Item> {
  readonly item: Item;
  readonly count: number;
}

/** A binary heap: the item with the highest count comes first, and of several the one that `isFirst` says. */
export class PairHeap<Item> {
  readonly #entries: Entry<Item>[] = [];
  readonly #isFirst: (a: Item, b: Item) => boolean;

  constructor(isFirst: (a: Item, b: Item) => boolean) {
    this.#isFirst = isFirst;
  }

  push(item: Item, count: number): void {
    const entries = this.#entries;
    const entry = { item, count };
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): Entry<Item> | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (!last || entries.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && this.#isBefore(entries[child + 1]!, entries[child]!)) child += 1;
      if (!this.#isBefore(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return top;
  }

  #isBefore(a: Entry<Item>, b: Entry<Item>): boolean {
    return a.count === b.count ? this.#isFirst(a.item, b.item) : a.count > b.count;
  }
}
