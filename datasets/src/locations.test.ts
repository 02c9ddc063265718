import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressBelow, defaultCacheDirectory, parseMirror, printable } from './locations.js';

describe('the cache folder', () => {
  test.each([
    [{ UNROLL_CACHE: '/my/cache', XDG_CACHE_HOME: '/xdg' }, 'linux', '/my/cache'],
    [{ UNROLL_CACHE: 'relative' }, 'linux', resolve('relative')],
    [{ UNROLL_CACHE: '', XDG_CACHE_HOME: '/xdg' }, 'linux', '/xdg/unroll'],
    [{ XDG_CACHE_HOME: 'relative' }, 'linux', join(homedir(), '.cache', 'unroll')],
    [{}, 'darwin', join(homedir(), 'Library', 'Caches', 'unroll')],
    [{ LOCALAPPDATA: '/local' }, 'win32', join('/local', 'unroll', 'Cache')],
  ] as const)('with %j on %s is %s', (environment, platform, folder) => {
    expect(defaultCacheDirectory(environment, platform)).toBe(folder);
  });
});

describe('a mirror', () => {
  test.each([
    [undefined, undefined],
    [' ', undefined],
    ['data', { kind: 'folder', path: resolve('data') }],
    ['file:///srv/data', { kind: 'folder', path: '/srv/data' }],
    ['https://example.org/data?key=1', { kind: 'web', address: 'https://example.org/data?key=1' }],
  ])('%j is %j', (text, mirror) => {
    expect(parseMirror(text)).toEqual(mirror);
  });

  test.each(['ftp://example.org/data', 'file://host/data', 'http://'])('cannot be %s', (text) => {
    expect(() => parseMirror(text)).toThrow(/^unroll: the datasets mirror must be a folder or an http\(s\) address/);
  });

  test('has its files below its address, whatever they are called, and prints without secrets', () => {
    const address = addressBelow('https://me:word@example.org/data/?key=1', 'words/a b+c.txt');
    expect(address).toBe('https://me:word@example.org/data/words/a%20b%2Bc.txt?key=1');
    expect(printable(address)).toBe('https://example.org/data/words/a%20b%2Bc.txt');
  });
});
