/** The first `limit` items in groups of `size`, in order; the last group may be smaller. */
export async function* groupBatches<Batch>(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { size, limit }: { size: number; limit: number },
): AsyncGenerator<readonly Batch[], void> {
  let group: Batch[] = [];
  let taken = 0;
  for await (const batch of batches) {
    group.push(batch);
    taken += 1;
    if (group.length === size || taken === limit) {
      yield group;
      group = [];
    }
    if (taken === limit) return;
  }
  if (group.length > 0) yield group;
}
