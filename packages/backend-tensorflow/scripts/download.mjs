import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SetupFailure } from './failure.mjs';

/** Ten times what the biggest of these archives has. */
const mostBytes = 4 * 2 ** 30;
const mostRedirects = 5;

/**
 * Fetches a file as a whole: it gets its name only when all of it has come and, where `sha256` is given, is right.
 *
 * @param request.silenceMs - longest silence of the other side, from connecting to the last byte
 * @param request.agent - of Node's http, for a proxy; undefined for none
 * @throws {SetupFailure} if it cannot be had, in one line; nothing is left then
 */
export async function download(request) {
  const { target, sha256, url } = request;
  const partial = `${target}.partial`;
  try {
    const response = await follow(request);
    const hash = createHash('sha256');
    await pipeline(response, counting(request, hash), createWriteStream(partial));
    const found = hash.digest('hex');
    if (sha256 !== undefined && found !== sha256) {
      throw new SetupFailure(`${url} is not the file that is expected: its SHA-256 is ${found}, not ${sha256}`);
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    request.signal?.throwIfAborted();
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(`${url} cannot be downloaded: ${error.message || error.code}`);
  }
}

async function follow(request) {
  let address = new URL(request.url);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await getOnce(address, request);
    const { statusCode, headers } = response;
    if (statusCode === 200) return checkLength(response, request);
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
      throw new SetupFailure(`${request.url} cannot be downloaded: HTTP ${statusCode}`);
    }
    const next = new URL(headers.location, address);
    if (address.protocol === 'https:' && next.protocol !== 'https:') {
      throw new SetupFailure(`${request.url} leads from https to ${next.protocol}, which is not followed`);
    }
    address = next;
  }
  throw new SetupFailure(`${request.url} leads on more than ${mostRedirects} times`);
}

function getOnce(address, { agent, silenceMs, signal }) {
  const get = address.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'unroll', 'accept-encoding': 'identity' };
    let response;
    const request = get(address, { agent, headers, signal, timeout: silenceMs }, (answer) => {
      response = answer;
      resolve(answer);
    });
    request.on('timeout', () => (response ?? request).destroy(new Error(`silent for ${silenceMs / 1000} s`)));
    request.on('error', reject);
  });
}

function checkLength(response, { url, maxBytes = mostBytes }) {
  if (Number(response.headers['content-length'] ?? 0) <= maxBytes) return response;
  response.destroy();
  throw new SetupFailure(
    `${url} offers ${response.headers['content-length']} bytes, more than the ${maxBytes} allowed`,
  );
}

/** Passes bytes on, and stops a sender that says nothing of its length and goes on for ever. */
function counting({ url, maxBytes = mostBytes }, hash) {
  let bytes = 0;
  return new Transform({
    transform(chunk, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) return done(new SetupFailure(`${url} sends more than the ${maxBytes} bytes allowed`));
      hash.update(chunk);
      return done(null, chunk);
    },
  });
}
