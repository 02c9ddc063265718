/** The two ways to compute the same numbers: one fused kernel, or the readable steps. */
export type Path = 'fused' | 'steps';

const counts = new Map<string, Record<Path, number>>();

/** Notes which way an operation went, so that a test can prove that the fast path ran. @param operation - a kernel's name */
export function countPath(operation: string, path: Path): void {
  const entry = counts.get(operation) ?? { fused: 0, steps: 0 };
  entry[path]++;
  counts.set(operation, entry);
}

/** How often an operation went each way since this process began; compare two readings. */
export function pathCounts(operation: string): Readonly<Record<Path, number>> {
  return { fused: 0, steps: 0, ...counts.get(operation) };
}
