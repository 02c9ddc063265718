import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError, DataError } from '@unroll/core/errors';
import { readRunFile } from '../run-files.js';

export const runRecordName = 'run.json';

const runRecordSchema = z.object({
  task: z.string(),
  /** absolute path, name of a dataset, or - */
  data: z.string(),
  valid: z.string().nullable(),
  test: z.string().nullable().default(null),
  /** of data that are two files, line by line */
  target: z.string().optional(),
  validTarget: z.string().optional(),
  testTarget: z.string().optional(),
  /** counts of the data: a resumed run must find them unchanged */
  dataFacts: z.record(z.string(), z.number()),
  engine: z.object({
    name: z.enum(['native', 'tensorflow', 'cpu']),
    precision: z.enum(['float32', 'bfloat16']),
    threads: z.int().min(0),
  }),
});

/** What a run needs to go on besides its configuration and a checkpoint: `run.json` of its folder. */
export type RunRecord = z.output<typeof runRecordSchema>;

/** @throws {CheckpointError} `checkpoint/missing`, `checkpoint/damaged` */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const text = (await readRunFile(folder, runRecordName)).toString('utf8');
  const record = runRecordSchema.safeParse(parseJson(text));
  if (record.success) return record.data;
  throw new CheckpointError(
    'checkpoint/damaged',
    `${join(folder, runRecordName)} is damaged: it does not say what the run was`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws {DataError} `data/changed` if a resumed run has other data than it began with */
export function requireSameData(before: RunRecord, now: RunRecord, folder: string): void {
  for (const [fact, count] of Object.entries(before.dataFacts)) {
    const found = now.dataFacts[fact];
    if (found === count) continue;
    const message = `${now.data} is not what ${folder} was trained on: ${fact} was ${count}, is ${found ?? 'missing'}; resume with the same data`;
    throw new DataError('data/changed', message);
  }
}
