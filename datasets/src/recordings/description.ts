import { z } from 'zod';
import { pathProblem } from '../safe-path.js';

const count = z.int().nonnegative();
const number = z.int().nonnegative();
export const relativePath = z.string().superRefine((path, context) => {
  const problem = pathProblem(path);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const range = z
  .tuple([z.number().nonnegative(), z.number().nonnegative()])
  .refine(([low, high]) => low <= high, 'must go from low to high');

/** Values that a field may have: these, all but these, or whole numbers from one to another. */
const condition = z.union([
  z.array(z.string()).min(1),
  z.strictObject({ not: z.array(z.string()).min(1) }),
  z.strictObject({ from: number, to: number }),
]);

const expression = z.string().superRefine((source, context) => {
  const problem = expressionProblem(source);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `is no regular expression: ${problem}` });
});

function expressionProblem(source: string): string | undefined {
  try {
    RegExp(source, 'v');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Strings of clips, each of one speaker: the recordings of the split are what they are drawn from. */
const joinedSchema = z.strictObject({
  seed: number,
  clips: range,
  /** silence before, between and after clips */
  gapSeconds: range,
  /** that a clip is multiplied by */
  level: range,
});

const splitSchema = z.strictObject({
  where: z.strictObject({ label: condition, speaker: condition, take: condition }).partial().default({}),
  /** a file of the archive with the paths that belong, a line each, as seen from its own folder */
  listed: z.string().min(1).optional(),
  /** files with paths that do not belong */
  unlisted: z.array(z.string().min(1)).default([]),
  /** instead of `match` of the whole */
  match: expression.optional(),
  joined: joinedSchema.optional(),
  /** `recordings` is always known */
  counts: z.object({ recordings: count }).catchall(count),
});

/** What the files of an archive are. */
export const recordingsSchema = z.strictObject({
  /** among `files`: a tar file, or one compressed by gzip */
  archive: relativePath,
  /** of the path of a recording; groups `label`, `speaker` and `take` say what is known of it. Other files are none */
  match: expression,
  /** what is said: the label itself, or a text for each label */
  transcripts: z.union([z.literal('label'), z.record(z.string(), z.string())]).optional(),
  splits: z.record(z.string(), splitSchema),
});

export type RecordingsDescription = z.infer<typeof recordingsSchema>;
export type RecordingsSplit = RecordingsDescription['splits'][string];
export type Condition = z.infer<typeof condition>;
export type JoinedClips = z.infer<typeof joinedSchema>;
