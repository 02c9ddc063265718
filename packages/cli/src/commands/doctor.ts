import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { nativeEngineState, type NativeEngineState } from '@unroll/backend-native';
import { probeTensorFlow } from '@unroll/backend-tensorflow/probe';
import type { VerbContext } from '../app.js';
import { startEngine, tensorFlowMissing } from '../engine.js';
import type { EngineFlags } from '../flags.js';
import { findGpus } from '../gpus.js';
import { describeMachine } from '../machine.js';
import { describeTensorFlow } from './doctor-tensorflow.js';

/** What `--json` prints. */
export interface Diagnosis {
  readonly version: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly engine: { readonly name: string; readonly description: string; readonly reason: string };
  readonly native: Readonly<Record<string, string>>;
  readonly tensorflow: Readonly<Record<string, string>>;
  readonly buildTools: Readonly<Record<string, string>>;
  readonly advice: readonly string[];
}

/** Shows which engine computes here and why, what there is to build a better one, and what would make it faster. */
export async function doctor({ app, flags, output }: VerbContext): Promise<void> {
  const diagnosis = await diagnose(app.version, flags, output);
  if (output.json) await output.object(diagnosis);
  else await output.write(render(diagnosis));
}

async function diagnose(version: string, flags: EngineFlags, output: VerbContext['output']): Promise<Diagnosis> {
  // in a process of its own and before anything is started, so that a TensorFlow that crashes or hangs is only reported
  const tensorflow = await probeTensorFlow();
  if (flags.engine === 'tensorflow' && tensorflow.state.status === 'missing') throw tensorFlowMissing(tensorflow.state);
  const engine = await startEngine(flags, output);
  const state = nativeEngineState();
  const buildTools = findBuildTools();
  const usesGpu = engine.name === 'tensorflow' && tensorflow.state.status === 'ready' && tensorflow.state.gpu;
  return {
    version,
    machine: describeMachine(),
    engine: { name: engine.name, description: engine.description, reason: reasonOf(engine.name, flags) },
    native: describeNative(state),
    tensorflow: describeTensorFlow(tensorflow, findGpus()),
    buildTools,
    advice: advise(state, { ...engine, usesGpu }, buildTools),
  };
}

function reasonOf(name: string, flags: EngineFlags): string {
  if (flags.engine !== undefined) return 'asked for by --engine';
  return name === 'native' ? 'the fastest one that loads here' : 'the native engine cannot run';
}

function describeNative(state: NativeEngineState): Record<string, string> {
  if (state.status === 'missing') return { status: `missing: ${state.reason}` };
  const { matmul, instructionSet, threads } = state.info;
  return {
    status: 'ready',
    binary: state.file,
    'matrix products': matmul,
    'instruction set': instructionSet,
    threads: String(threads),
    precision: hasFastBfloat16(state)
      ? 'float32, bfloat16 (in hardware)'
      : 'float32, bfloat16 (emulated: slower than float32)',
  };
}

function hasFastBfloat16(state: NativeEngineState): boolean {
  return state.status === 'ready' && /bf16|amx/i.test(`${state.info.instructionSet} ${state.info.matmul}`);
}

/** First lines of `--version` of what the native engine is built with. */
function findBuildTools(): Record<string, string> {
  const headers = join(dirname(dirname(process.execPath)), 'include', 'node', 'node_api.h');
  return {
    'C++ compiler': firstVersion([process.env['CXX'] ?? 'g++', 'c++', 'clang++']),
    make: firstVersion(['make']),
    Python: firstVersion([process.env['PYTHON'] ?? 'python3', 'python']),
    'Node headers': existsSync(headers) ? dirname(headers) : 'downloaded by node-gyp when needed',
  };
}

const notFound = 'not found';

function firstVersion(commands: readonly string[]): string {
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync(command, ['--version'], { encoding: 'utf8', timeout: 5000 });
    if (status === 0) return `${command}: ${(stdout || stderr).split('\n')[0]!.trim()}`;
  }
  return notFound;
}

function advise(
  state: NativeEngineState,
  engine: { readonly name: string; readonly precision: string; readonly threads: number; readonly usesGpu: boolean },
  buildTools: Readonly<Record<string, string>>,
): string[] {
  if (state.status === 'missing') {
    const lacking = Object.keys(buildTools).filter((tool) => buildTools[tool] === notFound);
    const first = lacking.length > 0 ? `Missing to build the native engine: ${lacking.join(', ')}. ` : '';
    return [`${first}The native engine is many times faster than plain JavaScript: ${state.hint}`];
  }
  const advice: string[] = [];
  if (engine.name !== 'native' && !engine.usesGpu)
    advice.push('Leave --engine out: the native engine is ready and faster.');
  if (!/onednn/i.test(state.info.matmul)) {
    advice.push(
      'On processors with AMX, and on arm64, the engine can use oneDNN: install libdnnl-dev (Debian, Ubuntu) or onednn (Homebrew), then build it again.',
    );
  }
  if (engine.precision === 'float32' && hasFastBfloat16(state)) {
    advice.push(
      'This processor multiplies bfloat16 in hardware: --precision bfloat16 trains faster, with slightly other numbers.',
    );
  }
  const cores = availableParallelism();
  if (engine.name === 'native' && engine.threads !== cores) {
    advice.push(`${engine.threads} threads on ${cores} usable processors: leave --threads out to use them all.`);
  }
  return advice;
}

function render(diagnosis: Diagnosis): string {
  const { name, description, reason } = diagnosis.engine;
  const blocks: (readonly [string, Readonly<Record<string, string>>])[] = [
    ['Machine', { ...diagnosis.machine, unroll: diagnosis.version }],
    ['Engine', { [name]: description, why: reason }],
    ['Native engine', diagnosis.native],
    ['To build it', diagnosis.buildTools],
    ['TensorFlow', diagnosis.tensorflow],
  ];
  const text = blocks.map(([title, rows]) => {
    const width = Math.max(...Object.keys(rows).map((key) => key.length));
    return `${title}\n${Object.entries(rows)
      .map(([key, value]) => `  ${key.padEnd(width)}  ${value}\n`)
      .join('')}`;
  });
  const advice = diagnosis.advice.length > 0 ? diagnosis.advice : ['Nothing: this is as fast as it gets here.'];
  return `${text.join('\n')}\nTo get faster\n${advice.map((line) => `  ${line}\n`).join('')}`;
}
