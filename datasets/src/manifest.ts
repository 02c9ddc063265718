import { z } from 'zod';
import { DataError } from '@unroll/core/errors';
import { recordingsSchema, relativePath } from './recordings/description.js';

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower case words joined by hyphens');
const webAddress = z.url({ protocol: /^https?$/ });
const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case');

/** The same content in another form, tried before the plain one: what a mirror or the origin keeps compressed. */
const packedSchema = z.strictObject({
  path: relativePath,
  compression: z.literal('gzip'),
  bytes: count,
  sha256,
  origin: webAddress.optional(),
});

const fileSchema = z.strictObject({
  /** name of the file inside the dataset's folder, in the cache and in a mirror alike; `/` between folders */
  path: relativePath,
  /** of the content as it is read: after decompression when only a packed form is stored anywhere */
  bytes: count,
  sha256,
  origin: webAddress.optional(),
  packed: packedSchema.optional(),
});

const partSchema = z.strictObject({
  file: relativePath,
  /** `[start, end)` in bytes of the content as it is read; the whole file when absent */
  range: z.tuple([count, count]).optional(),
});

const textSchema = z.strictObject({
  parts: z.array(z.union([relativePath, partSchema])).min(1),
  /** written after every part, so that two parts never run into each other */
  terminator: z.string().default(''),
  /** what the split holds once its parts are joined; `bytes` is always known, others are named by their unit */
  counts: z.object({ bytes: count }).catchall(count),
});

/** Of two texts that go together line by line, `target` is the one in the second of the dataset's languages. */
const splitSchema = textSchema.extend({ target: textSchema.optional() });

const sourceSchema = z.discriminatedUnion('kind', [
  /** comes out of an installed package: no network */
  z.strictObject({
    kind: z.literal('package'),
    package: z.string().regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, 'must be the name of a package'),
    version: z.string().min(1),
    folder: relativePath,
  }),
  /** fetched on first use; `mirror` is the dataset's folder inside a mirror */
  z.strictObject({ kind: z.literal('fetched'), mirror: relativePath }),
  /** lies in the dataset's own folder of this package */
  z.strictObject({ kind: z.literal('included') }),
  /** written by a function of this package, in memory: no network */
  z.strictObject({ kind: z.literal('generated'), generator: z.enum(['numbers-dates']) }),
]);

const settingsSchema = z.record(name, z.record(z.string(), z.json()));

const variantSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  splitBy: z.string().min(1),
  splits: recordingsSchema.shape.splits,
  settings: settingsSchema.optional(),
});

const manifestSchema = z
  .strictObject({
    name,
    title: z.string().min(1),
    description: z.string().min(1),
    homepage: webAddress.optional(),
    licence: z.strictObject({
      /** SPDX identifier, or `unstated` */
      id: z.string().min(1),
      note: z.string().min(1),
    }),
    citation: z.string().min(1),
    source: sourceSchema,
    /** what the files hold: decides which reader a task package takes */
    format: z.enum(['text', 'csv', 'json', 'audio-archive', 'archive', 'binary']),
    /** of pairs of texts: that of the source, then that of the target; `unroll-translate --reverse` turns them */
    languages: z.tuple([z.string().min(1), z.string().min(1)]).optional(),
    files: z.array(fileSchema).min(1),
    splitBy: z.string().min(1),
    splits: z.record(name, splitSchema),
    /** of `audio-archive`, which has its splits there */
    recordings: recordingsSchema.optional(),
    /** datasets of the same files, by name: what differs */
    variants: z.record(name, variantSchema).optional(),
    /** by task: how it reads the dataset unless the user says otherwise, as a part of its configuration; the task checks it */
    settings: settingsSchema.optional(),
  })
  .superRefine((manifest, context) => {
    for (const message of inconsistencies(manifest)) context.addIssue({ code: 'custom', message });
  });

/** What `datasets/<name>/manifest.json` says; README.md of this package explains every key. */
export type Manifest = z.infer<typeof manifestSchema> & {
  /** the dataset that has the files, of a variant */
  readonly variantOf?: string;
};
export type Variant = z.infer<typeof variantSchema>;
export type ManifestFile = Manifest['files'][number];
export type ManifestSplit = Manifest['splits'][string];
export type ManifestText = z.infer<typeof textSchema>;

/** One stored form of a file: what lies on a disk or behind an address. */
export interface StoredForm {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly compression?: 'gzip' | undefined;
  readonly origin?: string | undefined;
}

export interface SplitPart {
  readonly file: ManifestFile;
  /** first byte */
  readonly start: number;
  /** the byte after the last */
  readonly end: number;
}

/** The stored forms of `file`, the smaller download first. */
export function storedForms(file: ManifestFile): StoredForm[] {
  const plain: StoredForm = { path: file.path, bytes: file.bytes, sha256: file.sha256, origin: file.origin };
  return file.packed === undefined ? [plain] : [file.packed, plain];
}

/** The parts of a text of a split with their files looked up and their ranges filled in. */
export function splitParts(manifest: Manifest, split: ManifestText): SplitPart[] {
  return split.parts.map((part) => {
    const { file: path, range } = typeof part === 'string' ? { file: part, range: undefined } : part;
    const file = manifest.files.find((candidate) => candidate.path === path);
    if (file === undefined) throw new Error(`part of an unlisted file: ${path}`);
    return { file, start: range?.[0] ?? 0, end: range?.[1] ?? file.bytes };
  });
}

/**
 * @param value - parsed JSON
 * @param where - the file it came from, for messages
 * @throws {DataError} `dataset/manifest` that names the key, when something is missing, unknown or contradictory
 */
export function parseManifest(value: unknown, where: string): Manifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '));
  throw new DataError('dataset/manifest', `${where} is not a dataset manifest: ${issues.slice(0, 3).join('; ')}`);
}

type Draft = Pick<Manifest, 'files' | 'splits' | 'languages' | 'format' | 'recordings' | 'variants'>;

interface TakenPart {
  readonly split: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** What no single key can tell: repeated paths, unlisted files, ranges outside a file, splits that share bytes. */
function* inconsistencies(draft: Draft): Generator<string> {
  const { files, splits, languages } = draft;
  yield* recordingProblems(draft);
  const sizes = new Map(files.map((file) => [file.path, file.bytes]));
  // Case is folded because one file would overwrite the other where file systems ignore it.
  const stored = files.flatMap((file) => storedForms(file).map((form) => form.path.toLowerCase()));
  for (const path of new Set(stored.filter((path, index) => stored.indexOf(path) !== index))) {
    yield `files: the path ${path} is listed twice`;
  }
  const taken: TakenPart[] = [];
  const texts = Object.entries(splits).flatMap(([split, { target, ...source }]) =>
    target === undefined
      ? [[split, source] as const]
      : [[split, source] as const, [`${split}.target`, target] as const],
  );
  if (texts.length > Object.keys(splits).length && languages === undefined)
    yield 'languages: a split has a target, so the languages of both are needed';
  for (const [split, { parts, terminator, counts }] of texts) {
    let bytes = 0;
    for (const part of parts) {
      const file = typeof part === 'string' ? part : part.file;
      const size = sizes.get(file);
      if (size === undefined) {
        yield `splits.${split}: ${file} is not among the files`;
        continue;
      }
      const [start, end] = (typeof part === 'string' ? undefined : part.range) ?? [0, size];
      if (start > end || end > size) yield `splits.${split}: the range ${start}-${end} is not inside ${file}`;
      taken.push({ split, file, start, end });
      bytes += end - start + Buffer.byteLength(terminator);
    }
    if (bytes !== counts.bytes) yield `splits.${split}: counts.bytes is ${counts.bytes}, its parts hold ${bytes}`;
  }
  yield* sharedBytes(taken.filter(({ start, end }) => start < end));
}

function* recordingProblems({ files, format, recordings, variants }: Draft): Generator<string> {
  if ((format === 'audio-archive') !== (recordings !== undefined))
    yield 'recordings: an audio-archive, and nothing else, has them';
  if (variants !== undefined && recordings === undefined) yield 'variants: only a dataset with recordings has them';
  if (recordings && files.map(({ path }) => path).join() !== recordings.archive)
    yield `recordings.archive: ${recordings.archive} must be the only one of the files`;
}

function* sharedBytes(parts: TakenPart[]): Generator<string> {
  parts.sort((a, b) => (a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1));
  let furthest: TakenPart | undefined;
  for (const part of parts) {
    if (furthest?.file === part.file && part.start < furthest.end) {
      yield `splits: ${furthest.split} and ${part.split} both hold byte ${part.start} of ${part.file}`;
    }
    if (furthest?.file !== part.file || part.end > furthest.end) furthest = part;
  }
}
