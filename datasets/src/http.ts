import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { printable } from './locations.js';
import { codeOf, reasonOf } from './reasons.js';
import { SourceFailure } from './source-failure.js';

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** longest silence of the other side, from connecting to the last byte, in milliseconds */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;
/** Codes after which the same request may well succeed a moment later. */
const passing = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN']);

/**
 * GET with redirects followed. The body is what went over the wire, never decompressed: a checksum is over stored
 * bytes. (`fetch` would unpack a `.gz` that a server labels with `Content-Encoding: gzip`.)
 *
 * @throws {SourceFailure} when nothing can be had: no connection, silence, too many or unsafe redirects
 */
export async function get(address: string, options: GetOptions): Promise<IncomingMessage> {
  let current = new URL(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await getOnce(current, options);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode)) return response;
    response.destroy();
    current = redirectTarget(current, headers.location);
  }
  throw new SourceFailure(`more than ${mostRedirects} redirects`);
}

/** Where a redirect leads: only to the web, and never from an encrypted connection to a plain one. */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) throw new SourceFailure('a redirect to nowhere');
  const target = new URL(location, from);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new SourceFailure(`a redirect to ${target.protocol}, which is not followed`);
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new SourceFailure(`a redirect from https to plain ${printable(target.href)}, which is not followed`);
  }
  return target;
}

function getOnce(address: URL, { headers, idleMs, signal }: GetOptions): Promise<IncomingMessage> {
  const start = address.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const request = start(address, {
      headers: { 'user-agent': 'unroll-datasets', 'accept-encoding': 'identity', ...headers },
      agent: false,
      timeout: idleMs,
      signal,
    });
    let response: IncomingMessage | undefined;
    request.on('timeout', () => {
      const silent = new SourceFailure(`silent for ${idleMs / 1000} s`, { again: true });
      // A body that is being read ends with this error too, where destroying the request would end it with another.
      (response ?? request).destroy(silent);
    });
    request.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : networkFailure(error)));
    request.on('response', (answer) => {
      response = answer;
      resolve(answer);
    });
    request.end();
  });
}

export function networkFailure(error: unknown): SourceFailure {
  if (error instanceof SourceFailure) return error;
  return new SourceFailure(reasonOf(error), { again: passing.has(codeOf(error) ?? ''), cause: error });
}
