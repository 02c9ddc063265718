import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '@unroll/core/errors';
import type { TrainFlags } from './flags.js';

/** What a run reads, as it was named. */
export interface DataNames {
  /** a path, - or a dataset */
  readonly data: string;
  /** a path or - */
  readonly valid?: string | undefined;
  /** a path or - */
  readonly test?: string | undefined;
  /** paths of the files that go with these line by line */
  readonly target?: string | undefined;
  readonly validTarget?: string | undefined;
  readonly testTarget?: string | undefined;
}

/**
 * What the flags of `train` name; without `data` where they name nothing to learn from.
 *
 * @param paired - data may be two files; elsewhere flags called `--source` or `--target` are of the app
 * @throws {UsageError} `usage/data` for a side without the other one, and for both ways to name the data at once
 */
export function dataNamesOf(flags: TrainFlags, paired: boolean): Partial<DataNames> {
  const { data, valid, test } = flags;
  const none: TrainFlags = {};
  const { source, target, validSource, validTarget, testSource, testTarget } = paired ? flags : none;
  const pair = pairOf({ source, target }, '');
  const names = {
    data: oneOf(data, pair?.source, 'data'),
    target: pair?.target,
    ...heldOut('valid', valid, { source: validSource, target: validTarget }),
    ...heldOut('test', test, { source: testSource, target: testTarget }),
  };
  const named = Object.entries(names).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, lastingName(path)] as const],
  );
  return Object.fromEntries(named);
}

interface Sides {
  readonly source: string | undefined;
  readonly target: string | undefined;
}

function heldOut(split: 'valid' | 'test', path: string | undefined, sides: Sides): Partial<DataNames> {
  const pair = pairOf(sides, `${split}-`);
  return { [split]: oneOf(path, pair?.source, split), [`${split}Target`]: pair?.target };
}

/** Both sides or none. */
export function pairOf(
  { source, target }: Sides,
  prefix: '' | 'valid-' | 'test-',
): { readonly source: string; readonly target: string } | undefined {
  if (source === undefined && target === undefined) return undefined;
  if (source === undefined || target === undefined) {
    const [given, missing] = target === undefined ? ['source', 'target'] : ['target', 'source'];
    const message = `--${prefix}${given} needs --${prefix}${missing}: two files, line by line`;
    throw new UsageError('usage/data', message);
  }
  return { source, target };
}

function oneOf(path: string | undefined, source: string | undefined, split: string): string | undefined {
  if (path === undefined || source === undefined) return path ?? source;
  const prefix = split === 'data' ? '' : `${split}-`;
  throw new UsageError(
    'usage/data',
    `name the data with --${split} or with --${prefix}source and --${prefix}target, not both`,
  );
}

/** A path that still leads to the file when the run is resumed from another folder. */
function lastingName(data: string): string {
  return data !== '-' && existsSync(data) ? resolve(data) : data;
}
