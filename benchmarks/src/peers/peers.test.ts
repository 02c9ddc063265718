import { expect, test } from 'vitest';
import { choosePeers, findPeer, peers, sound } from './peers.js';

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
const all = peers.map((peer) => ({ ...peer, missing: undefined }));
const measured = { task: 'language-model', model: 'char-512', precision: 'float32' } as const;

test('plain JavaScript takes part only where a step takes seconds, or where it is asked for', () => {
  expect(names(choosePeers(undefined, measured))).not.toContain('cpu');
  expect(names(choosePeers(undefined, { ...measured, model: 'ptb-small' }))).toContain('cpu');
  expect(names(choosePeers(all, measured))).toEqual([
    'unroll',
    'pytorch',
    'portable',
    'tfjs-node',
    'tensorflow',
    'cpu',
  ]);
});

test('who cannot do the work is left out', () => {
  expect(names(choosePeers(all, { ...measured, precision: 'bfloat16' }))).toEqual(['unroll', 'pytorch', 'portable']);
  expect(names(choosePeers(all, { ...measured, task: 'tagger' }))).toEqual([
    'unroll',
    'pytorch',
    'portable',
    'tensorflow',
    'cpu',
  ]);
  const javascript = all.filter(({ name }) => name === 'cpu');
  expect(() => choosePeers(javascript, { ...measured, precision: 'bfloat16' })).toThrow('none of the peers');
});

test('sound is measured beside the library that can do it, and without the engine that has no other path for it', () => {
  expect(names(choosePeers(all, { ...measured, task: 'log-mel' }))).toEqual(['unroll', 'librosa', 'portable']);
  expect(names(choosePeers(all, { ...measured, task: 'ctc' }))).toEqual(['unroll', 'pytorch', 'portable']);
  expect(names(choosePeers(all, { ...measured, task: 'recognizer' }))).toEqual(['unroll', 'portable']);
  const byDefault = peers.filter((peer) => peer.isDefault(sound, 'float32'));
  expect(names(byDefault)).toEqual(['unroll', 'pytorch', 'librosa', 'tfjs-node']);
});

test('a name that is none is a usage error', () => {
  expect(findPeer('unroll').name).toBe('unroll');
  expect(() => findPeer('unrol')).toThrow("there is no peer 'unrol'");
});
