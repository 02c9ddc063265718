import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseManifest, type Manifest } from '@unroll/datasets';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Loopback {
  readonly address: string;
  /** every request so far */
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
}

/** A web server on this machine alone that answers as `handler` says, until the test is over. */
export async function serve(handler: Handler): Promise<Loopback> {
  const requests: Loopback['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', range: request.headers.range });
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { address: `http://127.0.0.1:${port}`, requests };
}

/** An empty folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface AnswerOptions {
  readonly etag?: string;
  /** close the connection after so many bytes of the body */
  readonly cutAfter?: number;
}

/** Serves `content` as a web server does that knows ranges and `If-Range`. */
export function answer(
  exchange: [IncomingMessage, ServerResponse],
  content: Buffer,
  options: AnswerOptions = {},
): void {
  const [request, response] = exchange;
  const { etag = '"one"', cutAfter } = options;
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const guard = request.headers['if-range'];
  const start = from !== undefined && (guard === undefined || guard === etag) ? Number(from) : 0;
  const body = content.subarray(start);
  response.statusCode = start > 0 ? 206 : 200;
  response.setHeader('etag', etag);
  response.setHeader('content-length', body.length);
  if (start > 0) response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
  if (cutAfter === undefined) response.end(body);
  // The other side gets time to take what was sent: a reset throws away what it has not read.
  else response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 50));
}

/** Lines of made-up words: the same for the same seed, unlike any real data. */
export function madeUpText(bytes: number, seed = 1): Buffer {
  const text = Buffer.alloc(bytes);
  let state = seed;
  for (let index = 0; index < bytes; index += 1) {
    state = (state * 48271) % 2147483647;
    text[index] = index % 61 === 60 ? 10 : state % 6 === 0 ? 32 : 97 + (state % 26);
  }
  return text;
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A manifest like that of Penn Treebank, for one file of `content` that is split in two. */
export function manifestFor(content: Buffer, more: Record<string, unknown> = {}): Manifest {
  const { length } = content;
  const cut = Math.floor(length * 0.9);
  return parseManifest(
    {
      name: 'look-alike',
      title: 'Made-up words',
      description: 'A stand-in for a fetched dataset.',
      licence: { id: 'CC0-1.0', note: 'Generated.' },
      citation: 'None.',
      source: { kind: 'fetched', mirror: 'words' },
      format: 'text',
      files: [{ path: 'words.txt', bytes: length, sha256: sha256(content), ...more }],
      splitBy: 'position',
      splits: {
        train: { parts: [{ file: 'words.txt', range: [0, cut] }], counts: { bytes: cut } },
        valid: { parts: [{ file: 'words.txt', range: [cut, length] }], counts: { bytes: length - cut } },
      },
    },
    'a test',
  );
}

export async function readAll(source: { bytes(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
