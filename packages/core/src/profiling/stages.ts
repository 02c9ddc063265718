import type { Cost, ProfiledStep, Span } from './span.js';

/** A stage of a kernel as its first thread saw it. */
export interface KernelStage {
  readonly kernel: string;
  readonly stage: Span;
  /** what other threads, and stages inside this one, did of its work meanwhile */
  readonly elsewhere: Cost;
}

/**
 * The outermost stages of thread 0, each with the kernel that it belongs to. The kernel's time is that of its first
 * thread, so the stages of other threads add their work but not their time.
 */
export function stagesByKernel({ kernels, stages }: ProfiledStep): readonly KernelStage[] {
  const inOrder = stages.toSorted((a, b) => a.beginMs - b.beginMs || b.endMs - a.endMs);
  const found: { kernel: string; stage: Span; elsewhere: { operations: number; bytes: number } }[] = [];
  const others: Span[] = [];
  let at = 0;
  for (const stage of inOrder) {
    const middle = (stage.beginMs + stage.endMs) / 2;
    while (at < kernels.length && kernels[at]!.endMs < middle) at += 1;
    const kernel = kernels[at];
    if (!kernel || kernel.beginMs > middle) continue; // between kernels: nobody's
    const outer = found.at(-1);
    if (stage.thread !== 0) others.push(stage);
    else if (outer && middle < outer.stage.endMs) addInner(outer, stage);
    else found.push({ kernel: kernel.name, stage, elsewhere: { operations: 0, bytes: 0 } });
  }
  addOtherThreads(found, others);
  return found;
}

/** What lies inside a stage is its work, unless it told that itself. */
function addInner(
  { stage, elsewhere }: { stage: Span; elsewhere: { operations: number; bytes: number } },
  inner: Span,
): void {
  if (stage.operations === undefined) addCost(elsewhere, inner);
}

/** A thread's work counts where the first thread did the same: at the last stage of that name that had begun. */
function addOtherThreads(
  found: readonly { readonly stage: Span; readonly elsewhere: { operations: number; bytes: number } }[],
  others: readonly Span[],
): void {
  const latest = new Map<string, { operations: number; bytes: number }>();
  let next = 0;
  for (const span of others) {
    for (; next < found.length && found[next]!.stage.beginMs <= span.endMs; next++) {
      latest.set(found[next]!.stage.name, found[next]!.elsewhere);
    }
    const target = latest.get(span.name);
    if (target) addCost(target, span);
  }
}

function addCost(total: { operations: number; bytes: number }, { operations = 0, bytes = 0 }: Span): void {
  total.operations += operations;
  total.bytes += bytes;
}
