import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '@unroll/core/errors';
import { missing, storedProblem } from './checksum.js';
import { diskFailure } from './disk-failure.js';
import { download, patience as defaultPatience, type Patience } from './download.js';
import { withFileLock } from './file-lock.js';
import { addressBelow, printable, type Mirror } from './locations.js';
import { storedForms, type Manifest, type ManifestFile, type StoredForm } from './manifest.js';
import { insideFolder } from './safe-path.js';
import { SourceFailure } from './source-failure.js';
import type { LocalFile } from './byte-sources.js';
import type { FetchProgress } from './dataset.js';

export interface FetchOptions {
  readonly mirror: Mirror | undefined;
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  readonly patience?: Partial<Patience> | undefined;
}

type FetchedSource = Extract<Manifest['source'], { kind: 'fetched' }>;

interface Context {
  readonly manifest: Manifest;
  readonly source: FetchedSource;
  readonly options: FetchOptions;
  /** the dataset's own folder in the cache */
  readonly folder: string;
}

interface Place {
  readonly address: string;
  readonly form: StoredForm;
}

/** Why a place that was asked did not help. */
interface Refusal {
  readonly place: string;
  readonly reason: string;
  readonly kind: SourceFailure['kind'];
}

/**
 * The files of a dataset, from the first of: the cache, the mirror, the origin. A copy with the wrong checksum counts
 * as absent, and a damaged one in the cache is replaced.
 *
 * @throws {DataError} `dataset/unavailable` or `dataset/checksum` when no place has a file, `dataset/mirror` when the
 *   mirror is a folder that does not exist, `dataset/disk` when the file cannot be kept
 */
export async function fetchedFiles(
  manifest: Manifest,
  source: FetchedSource,
  options: FetchOptions,
): Promise<Map<string, LocalFile>> {
  const folder = join(options.cacheDirectory, 'datasets', manifest.variantOf ?? manifest.name);
  const context: Context = { manifest, source, options, folder };
  const found = new Map<string, LocalFile>();
  // One after the other: most datasets have a few files, and one connection is kinder to whoever serves them.
  for (const file of manifest.files) found.set(file.path, await obtain(context, file));
  return found;
}

async function obtain(context: Context, file: ManifestFile): Promise<LocalFile> {
  const refusals: Refusal[] = [];
  const near = (await inCache(context, file, refusals)) ?? (await inMirrorFolder(context, file, refusals));
  if (near !== undefined) return near;
  const { options, folder } = context;
  const target = insideFolder(folder, file.path);
  await mkdir(dirname(target), { recursive: true }).catch((error: unknown) => {
    throw diskFailure(target, file.bytes, error);
  });
  const fetchAlone = async (): Promise<LocalFile> => {
    // Another process may have fetched it while this one waited for the lock.
    const meanwhile = await inCache(context, file, []);
    if (meanwhile !== undefined) return meanwhile;
    for (const place of webPlaces(context, file)) {
      const fetched = await fetchFrom(context, place, refusals);
      if (fetched !== undefined) return fetched;
    }
    throw unavailable(context, file, refusals);
  };
  return withFileLock(`${target}.lock`, fetchAlone, options.signal);
}

function inCache(context: Context, file: ManifestFile, refusals: Refusal[]): Promise<LocalFile | undefined> {
  const places = storedForms(file).map((form) => ({ form, location: insideFolder(context.folder, form.path) }));
  return firstSound(places, refusals, context.options.signal);
}

async function inMirrorFolder(
  context: Context,
  file: ManifestFile,
  refusals: Refusal[],
): Promise<LocalFile | undefined> {
  const { mirror, signal } = context.options;
  if (mirror?.kind !== 'folder') return undefined;
  const exists = await stat(mirror.path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!exists) {
    throw new DataError(
      'dataset/mirror',
      `the datasets mirror ${mirror.path} is not a folder; correct UNROLL_DATASETS_MIRROR`,
    );
  }
  const places = storedForms(file).map((form) => {
    return { form, location: insideFolder(mirror.path, `${context.source.mirror}/${form.path}`) };
  });
  const sound = await firstSound(places, refusals, signal);
  if (sound === undefined) refusals.push({ place: mirror.path, reason: `holds no ${file.path}`, kind: 'unavailable' });
  return sound;
}

async function firstSound(
  places: readonly { form: StoredForm; location: string }[],
  refusals: Refusal[],
  signal: AbortSignal | undefined,
): Promise<LocalFile | undefined> {
  for (const { form, location } of places) {
    const problem = await storedProblem(location, form, signal);
    if (problem === undefined) return { location, compression: form.compression };
    if (problem !== missing) refusals.push({ place: location, reason: problem, kind: 'checksum' });
  }
  return undefined;
}

/** Where a file can be fetched: every form from the mirror, then every form from its origin. */
function webPlaces({ source, options }: Context, file: ManifestFile): Place[] {
  const forms = storedForms(file);
  const { mirror } = options;
  const mirrored =
    mirror?.kind === 'web'
      ? forms.map((form) => ({ form, address: addressBelow(mirror.address, `${source.mirror}/${form.path}`) }))
      : [];
  return [...mirrored, ...forms.flatMap((form) => (form.origin === undefined ? [] : [{ form, address: form.origin }]))];
}

async function fetchFrom(context: Context, place: Place, refusals: Refusal[]): Promise<LocalFile | undefined> {
  const { manifest, options, folder } = context;
  const { address, form } = place;
  const target = insideFolder(folder, form.path);
  const progress = { dataset: manifest.name, file: form.path, from: printable(address), totalBytes: form.bytes };
  try {
    await download({
      address,
      form,
      target,
      patience: { ...defaultPatience, ...options.patience },
      signal: options.signal,
      onBytes: (receivedBytes) => options.onProgress?.({ ...progress, receivedBytes }),
    });
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    refusals.push({ place: printable(address), reason: error.message, kind: error.kind });
    return undefined;
  }
  return { location: target, compression: form.compression };
}

function unavailable(
  { manifest, source, folder }: Context,
  file: ManifestFile,
  refusals: readonly Refusal[],
): DataError {
  const forms = storedForms(file);
  const byHand = forms.find((form) => form.origin !== undefined) ?? forms[0]!;
  const tried = refusals.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
  const what = `cannot get ${file.path} of the dataset ${manifest.name} (${tried || 'no place is known that has it'})`;
  const wrong = refusals.some(({ kind }) => kind === 'checksum');
  return new DataError(
    wrong ? 'dataset/checksum' : 'dataset/unavailable',
    `${what}; try again with a network, or save the file as ${insideFolder(folder, byHand.path)}, or set UNROLL_DATASETS_MIRROR to a folder or address that holds ${source.mirror}/${forms[0]!.path}`,
  );
}
