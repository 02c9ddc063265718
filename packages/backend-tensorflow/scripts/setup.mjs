#!/usr/bin/env node
// Gives an installed tfjs-node its native part, built for a TensorFlow that is on this machine. Never part of an
// installation: who wants TensorFlow asks for it. What it takes is in arguments.mjs.
import { readArguments, usage } from './arguments.mjs';
import { build, collect } from './build.mjs';
import { check } from './check.mjs';
import { describePlan } from './describe-plan.mjs';
import { download } from './download.mjs';
import { SetupFailure, UsageError } from './failure.mjs';
import { place, undo } from './journal.mjs';
import { describeFolder } from './libtensorflow.mjs';
import { proxyAgent } from './proxy.mjs';
import { chooseSource } from './source.mjs';
import { link, withStage } from './stage.mjs';
import { findTfjsNode } from './tfjs-node.mjs';
import { unpack } from './unpack.mjs';
import { basename, join } from 'node:path';

const say = (line) => process.stdout.write(`unroll: ${line}\n`);

async function main(argv, stop) {
  const options = readArguments(argv);
  if (options.help) return void process.stdout.write(usage);
  const tfjs = findTfjsNode(options.package);
  if (options.undo) return undoSetup(tfjs, options.dryRun);
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([stop, limit]);
  try {
    const source = await chooseSource(options, tfjs, signal);
    if (options.dryRun) return void process.stdout.write(describePlan(tfjs, source));
    await setUp(tfjs, source, signal);
  } catch (error) {
    if (!limit.aborted || stop.aborted) throw error;
    throw new SetupFailure(`it took more than ${options.timeoutMs / 1000} s; give it more with --timeout SECONDS`);
  }
}

async function setUp(tfjs, source, signal) {
  say(`building the native part of ${tfjs.name} ${tfjs.version} for ${source.title}`);
  await withStage(tfjs.folder, async (stage) => {
    if (source.download === undefined) {
      for (const [name, target] of Object.entries(source.links)) link(join(stage, 'deps'), name, target);
    } else await fetchDeps(tfjs, source.download, { stage, signal });
    const tree = collect(tfjs, stage, await build(tfjs, stage, signal));
    undo(tfjs.folder);
    place(tree, tfjs);
  });
  try {
    const { version, gpu } = await check(tfjs, signal);
    say(`${tfjs.name} computes with TensorFlow ${version}, ${gpu ? 'on a GPU' : 'on the CPU: no GPU is seen'}`);
  } catch (error) {
    undo(tfjs.folder);
    throw error;
  }
}

async function fetchDeps(tfjs, { url, sha256 }, { stage, signal }) {
  const name = basename(new URL(url).pathname);
  const file = join(stage, name);
  if (sha256 === undefined) say(`no checksum is known for ${url}`);
  await download({ url, sha256, target: file, signal, silenceMs: 30_000, agent: proxyAgent(url, tfjs.require) });
  await unpack({ file, folder: join(stage, 'deps'), require: tfjs.require, name });
  describeFolder(join(stage, 'deps'));
}

function undoSetup({ folder, name }, dryRun) {
  if (dryRun) return say(`would remove from ${folder} what an earlier set-up added, and put back what it moved away`);
  say(undo(folder) ? `${name} is as it was before the set-up` : `nothing to undo: no set-up has changed ${folder}`);
}

const stop = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    process.exitCode = code;
    stop.abort(new SetupFailure(`stopped by ${signal}`));
  });
}

try {
  await main(process.argv.slice(2), stop.signal);
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  if (error.details !== '') process.stderr.write(`${error.details.trimEnd().split('\n').slice(-25).join('\n')}\n`);
  const help = error instanceof UsageError ? '; see --help' : '';
  process.stderr.write(`unroll: TensorFlow was not set up: ${error.message}${help}\n`);
  process.exitCode ??= error instanceof UsageError ? 2 : 1;
}
