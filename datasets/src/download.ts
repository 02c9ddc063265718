import type { IncomingMessage } from 'node:http';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storedProblem } from './checksum.js';
import { diskFailure } from './disk-failure.js';
import { get, networkFailure } from './http.js';
import { discardPartial, notePartial, partialPath, readPartial, type PartialFile } from './partial-file.js';
import { SourceFailure } from './source-failure.js';
import type { StoredForm } from './manifest.js';

/** How patient a download is; the defaults are in `patience`. */
export interface Patience {
  /** longest silence of the other side, milliseconds */
  readonly idleMs: number;
  /** slowest average speed that is put up with, bytes per second, after a minute of grace */
  readonly slowestBytesPerSecond: number;
  /** how often one place is asked again after a passing failure */
  readonly retries: number;
  /** pause before the first repetition, milliseconds; doubles each time */
  readonly pauseMs: number;
}

export const patience: Patience = { idleMs: 30_000, slowestBytesPerSecond: 10_000, retries: 4, pauseMs: 500 };

export interface DownloadRequest {
  readonly address: string;
  readonly form: StoredForm;
  /** where the checked file goes */
  readonly target: string;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (receivedBytes: number) => void;
}

/**
 * Fetches one stored file: goes on where an interrupted download stopped, checks size and SHA-256, and only then gives
 * the file its name, so that a file with that name is always whole. The caller holds the file's lock.
 *
 * @throws {SourceFailure} when this place cannot deliver; what was received stays for the next attempt
 * @throws {DataError} `dataset/disk` when this machine cannot keep it
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { target, form, signal } = request;
  const resumed = await receiveWithRetries(request);
  let problem = await storedProblem(partialPath(target), form, signal);
  if (problem !== undefined && resumed) {
    // The file may have changed between the two halves: one more time from the first byte.
    await discardPartial(target);
    await receiveWithRetries(request);
    problem = await storedProblem(partialPath(target), form, signal);
  }
  if (problem !== undefined) {
    await discardPartial(target);
    throw new SourceFailure(`what it sent ${problem}`, { kind: 'checksum' });
  }
  await publish(target);
}

/** Whether any byte came from an earlier attempt. */
async function receiveWithRetries(request: DownloadRequest): Promise<boolean> {
  const { form, patience, signal } = request;
  const limitMs = Math.ceil(60_000 + (form.bytes / patience.slowestBytesPerSecond) * 1000);
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await receiveUntil(request, signal === undefined ? limit : AbortSignal.any([signal, limit]));
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) throw new SourceFailure(`too slow: not finished after ${Math.round(limitMs / 1000)} s`);
    throw error;
  }
}

async function receiveUntil(request: DownloadRequest, signal: AbortSignal): Promise<boolean> {
  const { form, patience, target } = request;
  for (let attempt = 0; ; attempt += 1) {
    const partial = await readPartial(target, form);
    if (partial.bytes === form.bytes) return true;
    try {
      await receive(request, partial, signal);
      return partial.bytes > 0;
    } catch (error) {
      if (signal.aborted || !(error instanceof SourceFailure) || !error.again || attempt >= patience.retries)
        throw error;
    }
    await sleep(patience.pauseMs * 2 ** attempt, undefined, { signal });
  }
}

async function receive(request: DownloadRequest, partial: PartialFile, signal: AbortSignal): Promise<void> {
  const { address, target, patience } = request;
  const headers: Record<string, string> = {};
  if (partial.bytes > 0) {
    headers['range'] = `bytes=${partial.bytes}-`;
    // A validator belongs to one address; content from elsewhere is compared by its checksum at the end.
    if (partial.etag !== undefined && partial.address === address) headers['if-range'] = partial.etag;
  }
  const response = await get(address, { headers, idleMs: patience.idleMs, signal });
  try {
    const offset = await startOffset(response, request, partial);
    const etag = strongEtag(response.headers.etag);
    await notePartial(target, { address, ...(etag === undefined ? {} : { etag }) });
    await append(response, request, offset);
  } finally {
    response.destroy();
  }
}

/** Which byte the body starts with, from the status and headers; refuses what cannot be the wanted file. */
async function startOffset(response: IncomingMessage, request: DownloadRequest, partial: PartialFile): Promise<number> {
  const { form, target } = request;
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) {
    const length = headers['content-length'];
    if (length !== undefined && Number(length) !== form.bytes) {
      throw new SourceFailure(`it offers ${length} bytes where ${form.bytes} are expected`);
    }
    return 0;
  }
  if (statusCode === 206 && partial.bytes > 0) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (Number(start) === partial.bytes && (total === '*' || Number(total) === form.bytes)) return partial.bytes;
  }
  if (statusCode === 206 || statusCode === 416) {
    await discardPartial(target);
    throw new SourceFailure(`it cannot continue at byte ${partial.bytes} (HTTP ${statusCode})`, {
      again: partial.bytes > 0,
    });
  }
  const again = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  throw new SourceFailure(statusCode === 404 ? 'not found (HTTP 404)' : `HTTP ${statusCode}`, { again });
}

async function append(response: IncomingMessage, request: DownloadRequest, offset: number): Promise<void> {
  const { form, target, onBytes } = request;
  const handle = await open(partialPath(target), offset === 0 ? 'w' : 'a').catch((error: unknown) => {
    throw diskFailure(target, form.bytes, error);
  });
  let received = offset;
  try {
    onBytes(received);
    for await (const chunk of chunksOf(response)) {
      received += chunk.length;
      if (received > form.bytes) {
        throw new SourceFailure(`it sends more than the expected ${form.bytes} bytes`, { kind: 'checksum' });
      }
      await handle.appendFile(chunk).catch((error: unknown) => {
        throw diskFailure(target, form.bytes, error);
      });
      onBytes(received);
    }
    await handle.sync().catch((error: unknown) => {
      throw diskFailure(target, form.bytes, error);
    });
  } catch (error) {
    await handle.close();
    // What is left would only fill the disk further, or cannot be the beginning of the right file.
    if (!(error instanceof SourceFailure) || error.kind === 'checksum') await discardPartial(target);
    throw error;
  }
  await handle.close();
  if (received < form.bytes) {
    throw new SourceFailure(`the connection ended after ${received} of ${form.bytes} bytes`, { again: true });
  }
}

async function* chunksOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    throw networkFailure(error);
  }
}

/** A weak validator says nothing about single bytes, so it cannot guard a range. */
function strongEtag(etag: string | undefined): string | undefined {
  return etag === undefined || etag.startsWith('W/') ? undefined : etag;
}

/** Gives a checked, synced file its name, and makes the name itself survive a power cut. */
async function publish(target: string): Promise<void> {
  await rename(partialPath(target), target).catch((error: unknown) => {
    throw diskFailure(target, 0, error);
  });
  await discardPartial(target);
  const folder = await open(dirname(target), 'r').catch(() => undefined);
  // Some systems cannot open or sync a folder; the file is whole either way.
  await folder?.sync().catch(() => {});
  await folder?.close();
}
