import { expect } from 'vitest';
import type { TraceEvent, TraceFile } from '../profiling/trace.js';

type Complete = Extract<TraceEvent, { ph: 'X' }>;

/**
 * Checks what viewers of the Trace Event Format rely on: every event is complete or metadata, every process and thread
 * has a name, and the spans of a thread lie inside each other or apart, with steps around all others of the main thread.
 *
 * @returns the spans, for further questions
 */
export function expectTrace(trace: TraceFile): readonly Complete[] {
  const spans = trace.traceEvents.filter((event) => event.ph === 'X');
  const metadata = trace.traceEvents.filter((event) => event.ph === 'M');
  expect(spans.length + metadata.length).toBe(trace.traceEvents.length);
  const named = (what: string) => metadata.filter(({ name }) => name === what);
  expect(named('process_name').map(({ args }) => typeof args['name'])).toEqual(['string']);
  const threads = new Set(spans.map(({ tid }) => tid));
  for (const tid of threads) {
    expect(named('thread_name').filter((event) => event.tid === tid)).toHaveLength(1);
    expectNesting(spans.filter((span) => span.tid === tid));
  }
  return spans;
}

/** Nanoseconds are whole, but sums of microseconds are not exact in floating point. */
const halfANanosecond = 5e-4;

/** Begin by begin, outer spans first: each span ends within the innermost one that is still open. */
function expectNesting(spans: readonly Complete[]): void {
  const open: Complete[] = [];
  for (const span of spans.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    expect(span.ts).toBeGreaterThanOrEqual(0);
    expect(span.dur).toBeGreaterThanOrEqual(0);
    while (open.length > 0 && endOf(open.at(-1)!) <= span.ts + halfANanosecond) open.pop();
    const outer = open.at(-1);
    if (outer) expect(endOf(span), `${span.name} in ${outer.name}`).toBeLessThanOrEqual(endOf(outer) + halfANanosecond);
    if (span.tid === 0) expect(open[0]?.cat ?? span.cat, `${span.name} lies in a step`).toBe('step');
    open.push(span);
  }
}

function endOf({ ts, dur }: Complete): number {
  return ts + dur;
}
