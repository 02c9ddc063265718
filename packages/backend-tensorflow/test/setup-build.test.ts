import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindingPath, cannotCompile, write } from './support/made-up-package.js';
import { SetupWorkplace } from './support/setup-workplace.js';

let place: SetupWorkplace;
let flags: readonly string[];
beforeEach(() => {
  place = new SetupWorkplace();
  flags = ['--libtensorflow', place.makeArchive()];
});
afterEach(() => place.remove());

/** What an installation by tfjs-node's own script would have left. */
function makeOriginals(): void {
  write(join(place.tfjs, bindingPath), 'original binding');
  write(join(place.tfjs, 'deps/lib/libtensorflow.so.2.9.1'), 'original library');
}

describe.skipIf(cannotCompile() !== '')(
  `a set-up of a made-up tfjs-node ${cannotCompile()}`,
  { timeout: 120_000 },
  () => {
    it('adds links and a binding, and its undoing leaves no trace', async () => {
      const before = place.snapshot();
      const done = await place.setup(flags);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(done.stdout).toMatch(
        /\nunroll: @tensorflow\/tfjs-node computes with TensorFlow 2\.99\.1, on the CPU: no GPU is seen\n$/,
      );
      const after = place.snapshot();
      const added = Object.keys(after).filter((path) => !(path in before));
      const libraries = [
        'libtensorflow.so',
        'libtensorflow.so.2',
        'libtensorflow_framework.so',
        'libtensorflow_framework.so.2',
      ];
      const links = libraries.map((name) => `deps/lib/${name}`);
      expect(added.sort()).toEqual([
        'deps/',
        'deps/include',
        'deps/lib/',
        ...links,
        'lib/',
        'lib/napi-v8/',
        bindingPath,
        'unroll-setup.json',
      ]);
      expect(after['deps/lib/libtensorflow.so.2']).toBe(`-> ${place.path('libtensorflow/lib/libtensorflow.so.2')}`);
      for (const [path, content] of Object.entries(before)) expect(after[path]).toBe(content);

      const dry = await place.setup(['--undo', '--dry-run']);
      expect(dry.stdout).toMatch(/^unroll: would remove from /);
      expect(place.snapshot()).toEqual(after);
      expect((await place.setup(['--undo'])).stdout).toBe(
        'unroll: @tensorflow/tfjs-node is as it was before the set-up\n',
      );
      expect(place.snapshot()).toEqual(before);
      expect((await place.setup(['--undo'])).stdout).toMatch(/^unroll: nothing to undo: no set-up has changed /);
    });

    it('moves an original binding and its libraries aside, once, and puts them back', async () => {
      makeOriginals();
      const before = place.snapshot();
      expect((await place.setup(['--dry-run', ...flags])).stdout).toContain('  move deps to deps.before-unroll\n');
      expect(await place.setup(flags)).toMatchObject({ code: 0, stderr: '' });
      const once = place.snapshot();
      expect(once[`${bindingPath}.before-unroll`]).toBe('original binding');
      expect(once['deps.before-unroll/lib/libtensorflow.so.2.9.1']).toBe('original library');
      // a second set-up must not take the first one's binding for an original
      expect(await place.setup(flags)).toMatchObject({ code: 0, stderr: '' });
      expect(Object.keys(place.snapshot())).toEqual(Object.keys(once));
      await place.setup(['--undo']);
      expect(place.snapshot()).toEqual(before);
    });

    it.each([
      ['throw new Error("no such kernel");', 'it does not load: Error: no such kernel'],
      ['process.abort();', 'it does not load: it was ended by SIGABRT'],
      ['process.exit(7);', 'it does not load: it ended with exit code 7'],
      ['exports.matMul = () => ({ dataSync: () => [1, 2] });', 'it computes wrongly: a product of matrices gave 1, 2'],
    ])('undoes itself where the result does not work: %s', async (line, message) => {
      makeOriginals();
      writeFileSync(join(place.tfjs, 'dist/index.js'), `${place.snapshot()['dist/index.js']}\n${line}\n`);
      const before = place.snapshot();
      const { code, stderr } = await place.setup(flags);
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(`unroll: TensorFlow was not set up: ${message}`);
      expect(place.snapshot()).toEqual(before);
    });

    it('changes nothing where it cannot be compiled, and shows what the compiler said', async () => {
      makeOriginals();
      writeFileSync(join(place.tfjs, 'binding/empty.c'), '#error "of another decade"\n');
      const before = place.snapshot();
      const { code, stderr } = await place.setup(flags);
      expect(code).toBe(1);
      expect(stderr).toContain('of another decade');
      expect(stderr).toMatch(/\nunroll: TensorFlow was not set up: compiling it failed\n$/);
      expect(place.snapshot()).toEqual(before);
    });

    /** A build that takes an hour, in a grandchild of the set-up. */
    function makeSlowBuild(): string {
      const marker = `31${process.pid}`;
      const action = { action_name: 'wait', inputs: [], outputs: ['never'], action: ['sleep', marker] };
      writeFileSync(
        join(place.tfjs, 'binding.gyp'),
        JSON.stringify({ targets: [{ target_name: 'slow', type: 'none', actions: [action] }] }),
      );
      return marker;
    }
    const isRunning = (marker: string) => spawnSync('pgrep', ['-f', `^sleep ${marker}$`]).status === 0;

    it('ends with all that it started when its time is over', async () => {
      const marker = makeSlowBuild();
      const before = place.snapshot();
      const { code, stderr } = await place.setup([...flags, '--timeout', '6']);
      expect(code).toBe(1);
      expect(stderr).toBe(
        'unroll: TensorFlow was not set up: it took more than 6 s; give it more with --timeout SECONDS\n',
      );
      expect(place.snapshot()).toEqual(before);
      expect(isRunning(marker)).toBe(false);
    });

    it('ends as after Ctrl-C, and leaves nothing', async () => {
      const marker = makeSlowBuild();
      const before = place.snapshot();
      const { code, stderr } = await place.setup(flags, { stopAfter: 'building' });
      expect({ code, stderr }).toEqual({ code: 130, stderr: 'unroll: TensorFlow was not set up: stopped by SIGINT\n' });
      expect(place.snapshot()).toEqual(before);
      expect(isRunning(marker)).toBe(false);
    });

    it('undoes what a crash left half done', async () => {
      makeOriginals();
      const before = place.snapshot();
      const moved = ['deps', bindingPath].map((path) => ({ path, aside: `${path}.before-unroll` }));
      const added = ['deps/lib/libtensorflow.so.2.9.1', bindingPath];
      write(join(place.tfjs, 'unroll-setup.json'), JSON.stringify({ moved, added }));
      // the first was moved, the second not yet: what lies in its place is the original
      renameSync(join(place.tfjs, 'deps'), join(place.tfjs, 'deps.before-unroll'));
      mkdirSync(join(place.tfjs, '.unroll-setup-999999999'));
      expect((await place.setup(['--undo'])).code).toBe(0);
      expect(existsSync(join(place.tfjs, 'unroll-setup.json'))).toBe(false);
      expect(await place.setup(flags)).toMatchObject({ code: 0 });
      expect(readdirSync(place.tfjs)).not.toContain('.unroll-setup-999999999');
      await place.setup(['--undo']);
      expect(place.snapshot()).toEqual(before);
    });
  },
);
