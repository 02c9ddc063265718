import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

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
  else response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 150));
}

/** Something that is waited for in one place and happens in another. */
export class Moment {
  readonly reached: Promise<void>;
  #resolve: (() => void) | undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.#resolve = resolve));
  }

  happen(): void {
    this.#resolve?.();
  }
}
