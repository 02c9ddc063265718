/**
 * Whatever has come in, as soon as something has: one item where the source is slow, many at once where it is not. At most
 * `limit` items wait; then the source has to.
 */
export async function* arrivals<Item>(
  source: AsyncIterable<Item>,
  limit: number,
): AsyncGenerator<readonly Item[], void> {
  const waiting: Item[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  let room: (() => void) | undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const item of source) {
        waiting.push(item);
        wake?.();
        if (waiting.length >= limit) await new Promise<void>((resolve) => (room = resolve));
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wake?.();
  };
  const reading = read();
  for (;;) {
    if (waiting.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
    const items = waiting.splice(0);
    room?.();
    if (items.length > 0) yield items;
    if (ended && waiting.length === 0) break;
  }
  await reading;
  if (failure) throw failure.error;
}
