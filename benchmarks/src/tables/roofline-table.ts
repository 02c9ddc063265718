import type { Ceilings, KernelRow, RooflineResult, StepperRow, StepRow } from '../roofline/result.js';
import { formatTable } from './markdown.js';

const nothing = 'Nothing has been measured yet.';

/** The tables of the roofline page, from one run of `pnpm roofline`. */
export function formatRoofline(result: RooflineResult | undefined): string {
  if (result === undefined) return nothing;
  const { ceilings, steps, steppers } = result;
  return [
    ceilingTable(ceilings),
    stepTable(steps),
    kernelTable(result),
    stepperTable(steppers),
    measuredOn(result),
  ].join('\n\n');
}

function ceilingTable({ products, memory, cache, cacheBytes }: Ceilings): string {
  const size = cacheBytes === null ? '' : `, ${cacheBytes / 2 ** 20} MiB`;
  return formatTable([
    ['ceiling', 'measured'],
    ['large product, float32', `${products.float32.toFixed(0)} GFLOP/s`],
    ['large product, bfloat16', `${products.bfloat16.toFixed(0)} GFLOP/s`],
    ['memory', `${memory.toFixed(1)} GB/s`],
    [`last cache${size}`, `${cache.toFixed(1)} GB/s`],
  ]);
}

function stepTable(steps: readonly StepRow[]): string {
  const rows = steps.map(({ model, precision, floorMs, ms }) => {
    return [model, precision, milliseconds(floorMs), milliseconds(ms.median), share(floorMs, ms.median)];
  });
  return formatTable([['training step', 'precision', 'floor of its kernels', 'measured', 'share'], ...rows]);
}

/** One row a kernel and model, both precisions side by side. */
function kernelTable({ kernels }: RooflineResult): string {
  const head = ['kernel', 'model', 'calls', 'GFLOP', 'MB'];
  const columns = ['floor', 'measured', 'share'];
  const rows = kernels
    .filter(({ precision }) => precision === 'float32')
    .map((row) => {
      const other = kernels.find(
        ({ kernel, model, precision }) => precision === 'bfloat16' && kernel === row.kernel && model === row.model,
      );
      const { kernel, model, calls, operations, bytes } = row;
      const counted = [operations === 0 ? '–' : (operations / 1e9).toFixed(2), (bytes / 1e6).toFixed(1)];
      return [kernel, model, String(calls), ...counted, ...timing(row), ...(other ? timing(other) : ['–', '–', '–'])];
    });
  rows.sort((a, b) => a[0]!.localeCompare(b[0]!));
  return formatTable([
    [...head, ...columns.map((column) => `f32 ${column}`), ...columns.map((column) => `bf16 ${column}`)],
    ...rows,
  ]);
}

function timing({ floor, ms }: Pick<KernelRow, 'floor' | 'ms'>): readonly string[] {
  return [`${milliseconds(floor.ms)} (${floor.bound})`, milliseconds(ms.median), share(floor.ms, ms.median)];
}

function stepperTable(steppers: readonly StepperRow[]): string {
  const rows = steppers.map(({ precision, layers, hiddenSize, bytes, floor, ms }) => [
    `${layers} × ${hiddenSize} LSTM`,
    precision,
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${(1000 * floor.ms).toFixed(0)} µs (${floor.bound})`,
    `${(1000 * ms.median).toFixed(0)} µs`,
    share(floor.ms, ms.median),
  ]);
  return formatTable([['step at batch 1', 'precision', 'weights', 'floor', 'measured', 'share'], ...rows]);
}

function milliseconds(ms: number): string {
  return ms.toFixed(ms < 1 ? 3 : ms < 100 ? 2 : 1);
}

function share(floorMs: number, ms: number): string {
  return `${((100 * floorMs) / ms).toFixed(0)} %`;
}

function measuredOn({ date, revision, machine, threads, engine, busyCores, command }: RooflineResult): string {
  const load = busyCores > 0.5 ? ` beside programs that kept ${busyCores.toFixed(1)} cores busy,` : '';
  return (
    `Times in ms a training step, all calls together, medians. Measured on ${date.slice(0, 10)} at revision ${revision} by \`${command}\`,` +
    `${load} on ${machine.cpu}, ${threads} threads, ${engine}.`
  );
}
