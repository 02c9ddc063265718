import type { Profile } from './profile.js';

/** `20 steps of 19.64 ms (19.20 to 21.05), from step 4 on` */
export function describeProfile({ steps, stepMs, stepsBefore, lostSpans }: Profile): string {
  const lost = lostSpans === 0 ? '' : `; ${lostSpans} spans of stages found no room`;
  const range = `${formatMs(stepMs.minimum)} to ${formatMs(stepMs.maximum)}`;
  return `${steps} ${steps === 1 ? 'step' : 'steps'} of ${formatMs(stepMs.mean)} ms (${range}), from step ${stepsBefore + 1} on${lost}`;
}

/** The rows of a profile as text under the head; stages are indented, and part of the row above them. */
export function profileTable({ rows, stepMs }: Profile): string[][] {
  return [
    ['kernel', 'calls', 'ms a step', 'share', 'rate'],
    ...rows.map(({ kind, name, callsPerStep, msPerStep, share, rate }) => [
      kind === 'stage' ? `· ${name}` : name,
      kind === 'pause' ? '' : formatCalls(callsPerStep),
      formatMs(msPerStep),
      formatShare(share),
      rate ? `${rate.value.toFixed(rate.value < 100 ? 1 : 0)} ${rate.unit}` : '',
    ]),
    ['step', '', formatMs(stepMs.mean), formatShare(1), ''],
  ];
}

function formatCalls(calls: number): string {
  return Number.isInteger(calls) ? String(calls) : calls.toFixed(1);
}

function formatMs(ms: number): string {
  return ms.toFixed(ms < 10 ? 3 : ms < 100 ? 2 : 1);
}

function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
