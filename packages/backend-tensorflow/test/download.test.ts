import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cannotCompile, realFolder, write } from './support/made-up-package.js';
import { SetupWorkplace } from './support/setup-workplace.js';

/** As much of the scripts' functions as is called here; they are plain JavaScript, which ships as it is. */
interface Scripts {
  download(request: {
    readonly url: string;
    readonly target: string;
    readonly silenceMs: number;
    readonly sha256?: string;
    readonly maxBytes?: number;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  unpack(request: object): Promise<void>;
  proxyAgent(address: string, require: NodeJS.Require, env: Readonly<Record<string, string>>): unknown;
}
const load = async <Name extends keyof Scripts>(name: string): Promise<Pick<Scripts, Name>> =>
  (await import(fileURLToPath(new URL(`../scripts/${name}.mjs`, import.meta.url)))) as Pick<Scripts, Name>;
const { download } = await load<'download'>('download');
const { unpack } = await load<'unpack'>('unpack');
const { proxyAgent } = await load<'proxyAgent'>('proxy');
const require = createRequire(join(realFolder, 'package.json'));
const tar = require('tar') as { c(options: object, paths: readonly string[]): Promise<void> };

const content = 'libtensorflow as it is';
const sha256 = createHash('sha256').update(content).digest('hex');
let folder = '';
let server: Server;
let address = '';
let answer: RequestListener;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-download-'));
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetchIt = (options: object = {}) =>
  download({ url: `${address}/a.tar.gz`, target: join(folder, 'a.tar.gz'), silenceMs: 400, ...options });

async function expectNothing(fetched: Promise<void>, message: RegExp): Promise<void> {
  await expect(fetched).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
}

describe('downloading', () => {
  it('keeps a file that is right, also behind a redirect', async () => {
    answer = (request, response) =>
      request.url === '/b' ? response.end(content) : response.writeHead(302, { location: '/b' }).end();
    await fetchIt({ sha256 });
    expect(readFileSync(join(folder, 'a.tar.gz'), 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual(['a.tar.gz']);
  });

  it('gives up a server that accepts and never answers', async () => {
    answer = () => {};
    await expectNothing(fetchIt(), /a\.tar\.gz cannot be downloaded: silent for 0\.4 s$/);
  });

  it('gives up a server that falls silent in the middle', async () => {
    answer = (_, response) => response.write('lib');
    await expectNothing(fetchIt(), /silent for 0\.4 s$/);
  });

  it('gives up a server that drips when its time is over', async () => {
    answer = (_, response) => {
      const timer = setInterval(() => response.write('l'), 50);
      response.on('close', () => clearInterval(timer));
    };
    await expectNothing(fetchIt({ signal: AbortSignal.timeout(900) }), /timeout/);
  });

  it('refuses a file with another checksum', async () => {
    answer = (_, response) => response.end('libtensorflow as it was');
    await expectNothing(
      fetchIt({ sha256 }),
      new RegExp(`is not the file that is expected: its SHA-256 is [0-9a-f]{64}, not ${sha256}$`),
    );
  });

  it('refuses a file that is announced too large', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': '2000' }).write('l');
    await expectNothing(fetchIt({ maxBytes: 1000 }), /offers 2000 bytes, more than the 1000 allowed$/);
  });

  it('stops a file that is not announced and does not end', async () => {
    answer = (_, response) => {
      const more = () => response.write('l'.repeat(100)) && setImmediate(more);
      more();
      response.on('close', () => response.removeAllListeners('drain'));
    };
    await expectNothing(fetchIt({ maxBytes: 1000 }), /sends more than the 1000 bytes allowed$/);
  });

  it.each([
    [404, {}, /HTTP 404$/],
    [302, { location: '/a.tar.gz' }, /leads on more than 5 times$/],
    [302, {}, /HTTP 302$/],
  ])('tells what else went wrong: %s %j', async (status, headers, message) => {
    answer = (_, response) => response.writeHead(status, headers).end();
    await expectNothing(fetchIt(), message);
  });

  it('tells of a connection that breaks, and of one that nobody takes', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('l');
      setTimeout(() => response.destroy(), 50);
    };
    await expectNothing(fetchIt(), /cannot be downloaded: aborted$/);
    await expectNothing(fetchIt({ url: 'http://127.0.0.1:1/a' }), /cannot be downloaded: .*ECONNREFUSED/);
  });
});

describe('the proxy', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'intern.example, .corp.example' };
  it.each([
    ['https://storage.googleapis.com/a', true],
    ['https://mirror.intern.example/a', false],
    ['https://corp.example/a', false],
    ['https://notcorp.example/a', true],
    ['http://127.0.0.1:80/a', false],
  ])('of %s: %s', (url, expected) => {
    expect(proxyAgent(url, require, env) !== undefined).toBe(expected);
  });
});

describe('unpacking', () => {
  /** Packs `member` of a folder, and tries to unpack it beside. */
  async function tryToUnpack(member: string, prefix = ''): Promise<void> {
    const file = join(folder, 'a.tar.gz');
    await tar.c({ file, gzip: true, cwd: join(folder, 'inside'), preservePaths: true, prefix }, [member]);
    await unpack({ file, folder: join(folder, 'deps'), require, name: 'a.tar.gz' });
  }

  it('writes files and links that stay inside', async () => {
    write(join(folder, 'inside/lib/libtensorflow.so.2'), 'library');
    symlinkSync('libtensorflow.so.2', join(folder, 'inside/lib/libtensorflow.so'));
    await tryToUnpack('.');
    expect(readFileSync(join(folder, 'deps/lib/libtensorflow.so'), 'utf8')).toBe('library');
  });

  it.each([
    ['../outside', /its member \.\.\/outside lies outside of the folder$/],
    ['lib/../../outside', /lies outside of the folder$/],
  ])('refuses the member %s', async (member, message) => {
    write(join(folder, 'outside'), 'x');
    mkdirSync(join(folder, 'inside/lib'), { recursive: true });
    await expect(tryToUnpack(member)).rejects.toThrow(message);
    expect(readdirSync(join(folder, 'deps'))).toEqual([]);
  });

  it.each(['/etc', '../../outside'])('refuses a link to %s', async (target) => {
    mkdirSync(join(folder, 'inside/lib'), { recursive: true });
    symlinkSync(target, join(folder, 'inside/lib/include'));
    await expect(tryToUnpack('.')).rejects.toThrow(`its link ./lib/include leads outside of the folder, to ${target}`);
    expect(readdirSync(join(folder, 'deps'))).toEqual([]);
  });

  it('refuses what is no archive', async () => {
    write(join(folder, 'a.tar.gz'), content);
    const unpacked = unpack({
      file: join(folder, 'a.tar.gz'),
      folder: join(folder, 'deps'),
      require,
      name: 'a.tar.gz',
    });
    await expect(unpacked).rejects.toThrow(/^a\.tar\.gz cannot be unpacked: /);
  });
});

describe.skipIf(cannotCompile() !== '')(`a set-up that downloads ${cannotCompile()}`, { timeout: 60_000 }, () => {
  let place: SetupWorkplace;
  beforeEach(() => {
    place = new SetupWorkplace();
    place.write('bin/python3', '#!/bin/sh\nexit 1\n', 0o755);
    place.write('bin/python', '#!/bin/sh\nexit 1\n', 0o755);
  });
  afterEach(() => place.remove());

  it('refuses an archive under a known name that is another one', async () => {
    const before = place.snapshot();
    answer = (_, response) => response.end(content);
    const env = {
      TFJS_NODE_BASE_URI: `${address}/libtensorflow-`,
      TFJS_NODE_CDN_STORAGE: `${address}/`,
      PATH: place.path('bin'),
    };
    const { code, stdout, stderr } = await place.setup([], { env });
    expect(code).toBe(1);
    expect(stdout).toContain(`for TensorFlow from ${address}/`);
    expect(stderr).toMatch(/^unroll: TensorFlow was not set up: \S+ is not the file that is expected: its SHA-256 is /);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(place.snapshot()).toEqual(before);
  });

  it('builds for an archive that the package’s custom-binary.json names, and undoes that', async () => {
    await tar.c({ file: join(folder, 'own.tar.gz'), gzip: true, cwd: place.makeArchive() }, ['.']);
    answer = (_, response) => response.end(readFileSync(join(folder, 'own.tar.gz')));
    write(join(place.tfjs, 'scripts/custom-binary.json'), JSON.stringify({ 'tf-lib': `${address}/own.tar.gz` }));
    const before = place.snapshot();
    // a python3 that has no tensorflow, and that node-gyp can use
    place.write(
      'bin/python3',
      '#!/bin/sh\ncase "$2" in *find_spec*) exit 1;; esac\nexec /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin python3 "$@"\n',
      0o755,
    );
    const env = { PATH: `${place.path('bin')}:${process.env['PATH']}` };
    const { code, stdout, stderr } = await place.setup([], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`unroll: no checksum is known for ${address}/own.tar.gz\n`);
    expect(place.snapshot()['deps/lib/libtensorflow.so.2']).toBe('libtensorflow.so.2');
    await place.setup(['--undo']);
    expect(place.snapshot()).toEqual(before);
  });
});
