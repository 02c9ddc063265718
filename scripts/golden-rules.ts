import { basename, dirname, extname } from 'node:path';

const generators = new Set(['.py', '.ts', '.mjs']);

/**
 * What is wrong with a file in a folder `golden/`: stored values must say which script there made them, in a top-level
 * `generator` (JSON) or the metadata (safetensors).
 *
 * @param siblings - names of the files beside it
 */
export function checkGolden(path: string, content: Buffer, siblings: readonly string[]): readonly string[] {
  if (generators.has(extname(path))) return [];
  const generator = generatorOf(path, content);
  if (typeof generator !== 'string' || generator === '') return [`${path}: does not name the script that made it`];
  const there = siblings.includes(generator);
  return there ? [] : [`${path}: was made by ${generator}, which is not in ${basename(dirname(path))}/`];
}

function generatorOf(path: string, content: Buffer): unknown {
  try {
    if (extname(path) === '.json') return readField(content.toString('utf8'), 'generator');
    if (extname(path) !== '.safetensors') return undefined;
    const header = content.toString('utf8', 8, 8 + Number(content.readBigUInt64LE()));
    return readField(JSON.stringify(readField(header, '__metadata__')), 'generator');
  } catch {
    return undefined;
  }
}

function readField(json: string, field: string): unknown {
  return (JSON.parse(json) as Readonly<Record<string, unknown>>)[field];
}
