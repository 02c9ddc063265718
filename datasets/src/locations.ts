import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from '@unroll/core/errors';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where files are asked for before their origin: a folder on this machine, or an http(s) address. */
export type Mirror =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'web'; readonly address: string };

/**
 * The folder that fetched files are kept in: `$UNROLL_CACHE`, else `unroll` in the folder that the platform keeps for
 * caches (XDG base directories on Linux, where a relative `$XDG_CACHE_HOME` is to be ignored).
 */
export function defaultCacheDirectory(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const { UNROLL_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own !== undefined && own !== '') return resolve(own);
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'unroll');
  if (platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'unroll', 'Cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'unroll');
  return join(homedir(), '.cache', 'unroll');
}

/**
 * @param text - the value of `UNROLL_DATASETS_MIRROR` or of the option `mirror`; empty means none
 * @throws {DataError} `dataset/mirror` for an address that is neither http nor https
 */
export function parseMirror(text: string | undefined): Mirror | undefined {
  const given = text?.trim() ?? '';
  if (given === '') return undefined;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return { kind: 'folder', path: resolve(given) };
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'file:' && url.host === '') return { kind: 'folder', path: fileURLToPath(url) };
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { kind: 'web', address: url.href };
  throw new DataError(
    'dataset/mirror',
    `the datasets mirror must be a folder or an http(s) address, got ${JSON.stringify(given)}; correct UNROLL_DATASETS_MIRROR`,
  );
}

/** `path` below a web mirror; a query in the mirror's address (an access token) is kept. */
export function addressBelow(mirror: string, path: string): string {
  const url = new URL(mirror);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encoded}`;
  return url.href;
}

/** An address as it may be printed: without a password or a query, which may hold a secret. */
export function printable(address: string): string {
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
