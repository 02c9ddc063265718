import { join, resolve } from 'node:path';
import type { ByteSource, FileTree, PairedSource } from '@unroll/core';
import { openArchive, type ArchiveOptions } from './archive/open-archive.js';
import { fileSource, joinedSource, type LocalFile } from './byte-sources.js';
import { includedFiles, packageFiles } from './embedded.js';
import { fetchedFiles } from './fetched.js';
import { generatedFiles } from './generated.js';
import { defaultCacheDirectory, parseMirror } from './locations.js';
import type { Patience } from './download.js';
import { recordingSplits } from './recordings/open-recordings.js';
import { manifestOf } from './registry.js';
import { splitParts, type Manifest, type ManifestText } from './manifest.js';

/** How far the fetching of one file is; given many times a second, in bytes as stored (compressed where it is). */
export interface FetchProgress {
  readonly dataset: string;
  readonly file: string;
  /** the folder or address that it comes from */
  readonly from: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface DatasetOptions {
  /** folder or http(s) address asked before the origin; default `$UNROLL_DATASETS_MIRROR`, none when that is empty */
  readonly mirror?: string | undefined;
  /** default `$UNROLL_CACHE`, else the folder that the platform keeps for caches */
  readonly cacheDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** time limits and repetitions of a download */
  readonly patience?: Partial<Patience> | undefined;
}

/** A text, perhaps with its target; of sounds a list of recordings with their files: a `TreeSource`. */
export interface DatasetSplit extends PairedSource {
  readonly files?: FileTree;
}

export interface Dataset {
  readonly manifest: Manifest;
  /**
   * by name: `train`, `valid`, `test`; each reads its bytes anew for every pass, decompressed. Of pairs in two files the split itself
   * is the text in the first of `manifest.languages`, its `target` the other. Of sounds it is a list of recordings, JSON a line
   */
  readonly splits: Readonly<Record<string, DatasetSplit>>;
  /** by path in the manifest: every file whole, decompressed, for datasets that are more than text */
  readonly files: Readonly<Record<string, ByteSource>>;
}

/**
 * Opens a dataset by name: looks its files up, fetches what is missing, and checks every file's SHA-256 before use.
 *
 * @throws {DataError} one line that says what to do, for an unknown name, a file that cannot be had, a wrong checksum
 */
export async function openDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  return openManifest(manifestOf(name), options);
}

/** `openDataset` for a manifest of your own, as `parseManifest` returns it. */
export async function openManifest(manifest: Manifest, options: DatasetOptions = {}): Promise<Dataset> {
  const local = await localFiles(manifest, options);
  const at = (path: string): LocalFile => {
    const found = local.get(path);
    if (found === undefined) throw new Error(`${manifest.name}: ${path} was not opened`);
    return found;
  };
  const files = manifest.files.map((file) => {
    return [file.path, fileSource(`${manifest.name} ${file.path}`, file, at(file.path))] as const;
  });
  const joined = (name: string, text: ManifestText): ByteSource => {
    const pieces = splitParts(manifest, text).map((part) => ({ part, local: at(part.file.path) }));
    return joinedSource(`${manifest.name} (${name})`, pieces, text.terminator);
  };
  const sources = Object.fromEntries(files);
  if (manifest.recordings) {
    const tree = await openArchive(sources[manifest.recordings.archive]!, archiveOptions(manifest, options));
    return { manifest, splits: await recordingSplits(manifest, manifest.recordings, tree), files: sources };
  }
  const splits = Object.entries(manifest.splits).map(([name, split]): [string, PairedSource] => {
    const { target } = split;
    const { languages } = manifest;
    if (target === undefined || languages === undefined) return [name, joined(name, split)];
    const [first, second] = languages;
    return [name, { ...joined(`${name} ${first}`, split), target: joined(`${name} ${second}`, target), languages }];
  });
  return { manifest, splits: Object.fromEntries(splits), files: sources };
}

function archiveOptions({ name, variantOf, files }: Manifest, options: DatasetOptions): ArchiveOptions {
  const folder = join(cacheDirectoryOf(options), 'datasets', variantOf ?? name);
  // Content decides the name, so that another version of the archive is unpacked anew.
  return { unpacked: join(folder, `unpacked-${files[0]!.sha256.slice(0, 16)}.tar`), signal: options.signal };
}

function cacheDirectoryOf({ cacheDirectory = defaultCacheDirectory(process.env) }: DatasetOptions): string {
  return resolve(cacheDirectory);
}

async function localFiles(manifest: Manifest, options: DatasetOptions): Promise<ReadonlyMap<string, LocalFile>> {
  const { source } = manifest;
  options.signal?.throwIfAborted();
  if (source.kind === 'package') return packageFiles(manifest, source);
  if (source.kind === 'generated') return generatedFiles(manifest, source);
  if (source.kind === 'included') return includedFiles(manifest);
  const { mirror = process.env['UNROLL_DATASETS_MIRROR'] } = options;
  return fetchedFiles(manifest, source, {
    mirror: parseMirror(mirror),
    cacheDirectory: cacheDirectoryOf(options),
    signal: options.signal,
    onProgress: options.onProgress,
    patience: options.patience,
  });
}
