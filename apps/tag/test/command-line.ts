import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = join(root, 'apps', 'tag', 'src', 'main.ts');

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the app, whose standard input is open. */
export function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', main, ...args], {
    cwd: root,
  });
  child.stdin.on('error', () => {}); // a command that does not read its input closes it
  return child;
}

export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** Runs the app as a user would, in a process of its own. */
export function run(args: readonly string[], input = ''): Promise<Finished> {
  const child = start(args);
  child.stdin.end(input);
  return finished(child);
}

/** @throws if the command fails, with what it said */
export async function succeed(args: readonly string[], input = ''): Promise<Finished> {
  const result = await run(args, input);
  if (result.exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${result.exitCode}\n${result.stderr}`);
  return result;
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'unroll-tag-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  read(...names: readonly string[]): string {
    return readFileSync(join(this.folder, ...names), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A word, its part of speech, its tag of an entity in IOB2. */
export type Row = readonly [word: string, part: string, tag: string];

/** Lund and Bath are a person here and a place there: a word alone does not tell. */
const people = ['Ann Lee', 'Lund', 'Mira van Dam', 'Otto Berg', 'Bath', 'Raj Patel'];
const places = ['Rome', 'New Oslo', 'Port Ellen', 'Lund', 'Bath'];

/** A little language: somebody travels somewhere, and every sentence is put together by its number alone. */
export function makeSentences(count: number, from = 0): readonly (readonly Row[])[] {
  return Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const person = spanRows(people[(5 * i + Math.floor(i / 4)) % people.length]!, 'PER');
    const place = spanRows(places[(3 * i + Math.floor(i / 5)) % places.length]!, 'LOC');
    const verb: Row = [['saw', 'left', 'likes'][i % 3]!, 'VERB', 'O'];
    const end: Row = ['.', 'PUNCT', 'O'];
    if (i % 4 === 3) return [...place, ['calls', 'VERB', 'O'], ...person, end];
    return [...person, verb, ['old', 'ADJ', 'O'], ...place, end];
  });
}

function spanRows(words: string, type: string): readonly Row[] {
  return words.split(' ').map((word, i) => [word, 'NOUN', `${i === 0 ? 'B' : 'I'}-${type}`]);
}

/** CoNLL columns: word, part, tag. */
export function conll(sentences: readonly (readonly Row[])[], columns: readonly number[] = [0, 1, 2]): string {
  return sentences.map((rows) => `${rows.map((row) => columns.map((c) => row[c]).join(' ')).join('\n')}\n\n`).join('');
}

/** A tagger that trains in seconds, even in plain JavaScript. */
export const tinyModel = [
  'model.words.size=12',
  'model.characters={"kind":"cnn","size":6,"filters":8}',
  'model.featureSize=4',
  'model.layers=1',
  'model.hiddenSize=12',
  'model.dropout.input=0.1',
  'model.dropout.layers=0',
  'model.dropout.output=0',
  'batches.sentences=8',
  'training.optimizer.learningRate=0.02',
].flatMap((setting) => ['--set', setting]);

export interface LoggedEvent {
  readonly type: string;
  readonly step: number;
  readonly loss?: number;
}

export function readLog(folder: string): LoggedEvent[] {
  const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LoggedEvent);
}

/** Waits until the log of a running command shows what `condition` asks for. */
export async function waitForLog(folder: string, condition: (events: LoggedEvent[]) => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      if (condition(readLog(folder))) return;
    } catch {
      // not there yet, or its last line is only half there
    }
  }
  throw new Error(`${folder} never showed what was waited for`);
}
