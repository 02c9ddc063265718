import { isAbsolute, join, relative, resolve, win32 } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insideFolder, pathProblem } from './safe-path.js';

const nasty = fc.constantFrom(
  '.',
  '..',
  '/',
  '\\',
  '~',
  ':',
  'C:',
  '\0',
  ' ',
  '%2e',
  'CON',
  'nul.txt',
  '…',
  '-',
  'a',
  '',
);
const anyPath = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(nasty).map((parts) => parts.join('')),
  fc.array(nasty).map((parts) => parts.join('/')),
);
const segment = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,9}[A-Za-z0-9]$/)
  .filter((name) => !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name));

function isRefused(path: string): boolean {
  try {
    insideFolder('/cache', path);
    return false;
  } catch {
    return pathProblem(path) !== undefined;
  }
}

function staysInside(path: string): boolean {
  const back = relative('/cache', insideFolder('/cache', path));
  const inside = back !== '' && !isAbsolute(back) && !back.startsWith('..');
  return (
    inside &&
    resolve('/cache', path) === join('/cache', back) &&
    win32.resolve('C:\\cache', path).startsWith('C:\\cache\\')
  );
}

describe('a path in a manifest', () => {
  test('either is refused or stays inside the folder, on every system', () => {
    const property = fc.property(anyPath, (path) => {
      expect(isRefused(path) || staysInside(path)).toBe(true);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('is accepted when it is plain', () => {
    const property = fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      expect(pathProblem(segments.join('/'))).toBeUndefined();
    });
    fc.assert(property);
  });

  test.each([
    '',
    '.',
    '..',
    'a/../b',
    '/etc/passwd',
    'a//b',
    'a/',
    'C:\\x',
    'C:x',
    'a\\b',
    '.hidden',
    'a/.b',
    'a.',
    'a /b',
    'nul',
    'a/COM1.txt',
    'ä',
    'a\0',
    '~/x',
    'x'.repeat(201),
  ])('is refused: %j', (path) => {
    expect(pathProblem(path)).toBeTypeOf('string');
    expect(() => insideFolder('/cache', path)).toThrow(/leaves its folder/);
  });
});
