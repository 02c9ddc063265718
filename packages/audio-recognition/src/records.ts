import { ConfigError, deriveKey, permutation, type ByteSource, type FileTree, type RandomKey } from '@unroll/core';
import type { DataConfig, TaskName } from './config.js';
import { openFolder } from './formats/folder.js';
import type { RecordingList } from './formats/format.js';
import { openManifest } from './formats/manifest.js';
import type { Recording } from './types.js';

export type { RecordingList } from './formats/format.js';

/**
 * Recordings of a folder, told apart by `data.pattern`, or of a manifest whose paths begin at the root of `files`. No sound is read.
 *
 * @throws {DataError} `data/…`, naming file and line and what to do; {ConfigError} `config/pattern`
 */
export async function openRecordings(
  source: { readonly files: FileTree; readonly manifest?: ByteSource | undefined },
  data: DataConfig,
): Promise<RecordingList> {
  return source.manifest ? openManifest(source.manifest, source.files, data) : openFolder(source.files, data);
}

export interface RecordingSplit {
  readonly train: readonly Recording[];
  readonly valid: readonly Recording[];
  /** what was held out, for a person */
  readonly note: string;
}

export interface SplitConfig extends Pick<DataConfig, 'splitBy' | 'validationFraction'> {
  /** of `speaker`, auto holds out no whole speakers: each must be learnt */
  readonly task?: TaskName | undefined;
}

type Grouping = 'speaker' | 'take' | 'recording';

/**
 * Holds out whole speakers, takes or recordings, about `validationFraction` of all recordings, at least one group. Groups of one label
 * alone are drawn label by label, so that shares are about equal. Recordings of one file are one, where files are what is held out.
 *
 * @throws {ConfigError} `config/split` where a recording lacks what it is split by, or all have the same
 */
export function splitRecordings(recordings: readonly Recording[], data: SplitConfig, key: RandomKey): RecordingSplit {
  const by = data.splitBy === 'auto' ? chooseGrouping(recordings, data.task) : data.splitBy;
  const groups = groupsOf(recordings, by);
  if (groups.length < 2) throw oneGroup(recordings, by);
  const drawn = deriveKey(key, 'split');
  const held = withBothSides(holdOut(groups, data.validationFraction, drawn), groups, drawn);
  const train = recordings.filter((recording) => !held.has(recording));
  const valid = recordings.filter((recording) => held.has(recording));
  const count = groups.filter((group) => held.has(group[0]!)).length;
  const names = { speaker: 'speakers', take: 'takes', recording: 'files' } as const;
  const note = `validation: ${valid.length} of ${recordings.length} recordings, ${count} of ${groups.length} ${names[by]} held out`;
  return { train, valid, note };
}

function chooseGrouping(recordings: readonly Recording[], task: TaskName | undefined): Grouping {
  const usable = (field: 'speaker' | 'take') =>
    recordings.every((recording) => recording[field] !== undefined) &&
    new Set(recordings.map((recording) => recording[field])).size > 1;
  if (task !== 'speaker' && usable('speaker')) return 'speaker';
  return usable('take') ? 'take' : 'recording';
}

/** Recordings that go together; parts of one file always do. */
function groupsOf(recordings: readonly Recording[], by: Grouping): readonly (readonly Recording[])[] {
  const groups = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const name = by === 'recording' ? recording.file.name : recording[by];
    if (name === undefined) {
      const message = `data.splitBy ${by}: ${recording.name} has none; give every recording one, or split by something else`;
      throw new ConfigError('config/split', message);
    }
    const group = groups.get(name);
    if (group) group.push(recording);
    else groups.set(name, [recording]);
  }
  return [...groups.values()];
}

function oneGroup(recordings: readonly Recording[], by: Grouping): ConfigError {
  const what = by === 'recording' ? 'are all in one file' : `all have the same ${by}`;
  const message = `nothing can be held out for validation: the ${recordings.length} recordings ${what}; name validation data, or set data.splitBy to something else`;
  return new ConfigError('config/split', message);
}

/** About the wanted share of each stratum; what one has too much or too little, the next one makes good. */
function holdOut(groups: readonly (readonly Recording[])[], fraction: number, key: RandomKey): ReadonlySet<Recording> {
  const strata = new Map<string, (readonly Recording[])[]>();
  for (const group of groups) {
    const label = labelOf(group);
    const stratum = strata.get(label);
    if (stratum) stratum.push(group);
    else strata.set(label, [group]);
  }
  const held = new Set<Recording>();
  let owed = 0;
  for (const [label, stratum] of [...strata].sort(([a], [b]) => (a < b ? -1 : 1))) {
    owed += fraction * stratum.reduce((sum, group) => sum + group.length, 0);
    for (const index of permutation(deriveKey(key, label), stratum.length)) {
      const group = stratum[index]!;
      if (owed < group.length / 2) continue;
      for (const recording of group) held.add(recording);
      owed -= group.length;
    }
  }
  return held;
}

/** Few large groups may give none or all of them: one at least is on either side. */
function withBothSides(
  held: ReadonlySet<Recording>,
  groups: readonly (readonly Recording[])[],
  key: RandomKey,
): ReadonlySet<Recording> {
  const count = groups.filter((group) => held.has(group[0]!)).length;
  if (count > 0 && count < groups.length) return held;
  const one = groups[permutation(deriveKey(key, 'one'), groups.length)[0]!]!;
  return count === 0 ? new Set(one) : new Set([...held].filter((recording) => !one.includes(recording)));
}

/** The label of all recordings of a group, or nothing where they differ. */
function labelOf(group: readonly Recording[]): string {
  const label = group[0]?.label ?? '';
  return group.every((recording) => recording.label === label) ? label : '';
}
