import { expect, test } from 'vitest';
import { choosePeers, findPeer, peers } from './peers.js';

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
const all = peers.map((peer) => ({ ...peer, missing: undefined }));
const measured = { task: 'language-model', model: 'char-512', precision: 'float32' } as const;

test('plain JavaScript takes part only where a step takes seconds, or where it is asked for', () => {
  expect(names(choosePeers(undefined, measured))).not.toContain('cpu');
  expect(names(choosePeers(undefined, { ...measured, model: 'ptb-small' }))).toContain('cpu');
  expect(names(choosePeers(all, measured))).toEqual(['unroll', 'pytorch', 'portable', 'tfjs-node', 'cpu']);
});

test('who cannot do the work is left out', () => {
  expect(names(choosePeers(all, { ...measured, precision: 'bfloat16' }))).toEqual(['unroll', 'pytorch', 'portable']);
  expect(names(choosePeers(all, { ...measured, task: 'tagger' }))).toEqual(['unroll', 'pytorch', 'portable', 'cpu']);
  const javascript = all.filter(({ name }) => name === 'cpu');
  expect(() => choosePeers(javascript, { ...measured, precision: 'bfloat16' })).toThrow('none of the peers');
});

test('a name that is none is a usage error', () => {
  expect(findPeer('unroll').name).toBe('unroll');
  expect(() => findPeer('unrol')).toThrow("there is no peer 'unrol'");
});
