import { DataError, rawLinesOf, type ByteSource } from '@unroll/core';
import type { TextPair } from '../types.js';
import { isBlank, longestLine, type RawPairFile, type SidesConfig } from './format.js';

/**
 * A JSON object a line: `{"source": "a dog", "target": "ein Hund"}`, under any keys; `translation.en` is the key `en` of the
 * object under `translation`. A line break inside a text becomes a space, because a text is a line everywhere else.
 */
export function openJsonLines(file: ByteSource, data: SidesConfig): RawPairFile {
  const sides = {
    source: data.source === 'auto' ? 'source' : data.source,
    target: data.target === 'auto' ? 'target' : data.target,
  };
  return { name: file.name, format: 'jsonl', sides, chunks: () => readObjects(file, sides) };
}

async function* readObjects(file: ByteSource, sides: RawPairFile['sides']): AsyncGenerator<readonly TextPair[]> {
  let line = 0;
  for await (const lines of rawLinesOf(file, { longest: longestLine })) {
    const pairs: TextPair[] = [];
    for (const text of lines) {
      line += 1;
      if (isBlank(text)) continue;
      const place = `${file.name}: line ${line}`;
      const object = parseObject(text, place, sides);
      pairs.push({ line, source: textAt(object, sides.source, place), target: textAt(object, sides.target, place) });
    }
    if (pairs.length > 0) yield pairs;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(line: string, place: string, sides: RawPairFile['sides']): JsonObject {
  const expected = `expected {${JSON.stringify(sides.source)}: "…", ${JSON.stringify(sides.target)}: "…"} in one line`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DataError('data/json', `${place} is not JSON; ${expected}`, { cause: error });
  }
  if (isObject(value)) return value;
  throw new DataError('data/json', `${place} is no object; ${expected}`);
}

function textAt(object: JsonObject, key: string, place: string): string {
  const value = valueAt(object, key);
  if (typeof value === 'string') return value.replaceAll(/\r\n|\r|\n/g, ' ');
  if (value !== undefined) {
    throw new DataError(
      'data/json',
      `${place}: ${JSON.stringify(key)} is ${JSON.stringify(value).slice(0, 40)}; expected a text`,
    );
  }
  const message = `${place} has no key ${JSON.stringify(key)}; it has ${Object.keys(object).join(', ') || 'none'}: name the keys by data.source and data.target`;
  throw new DataError('data/unknown-column', message);
}

/** A key as it stands, otherwise a way through objects, its keys apart by points. */
function valueAt(object: JsonObject, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key];
  let value: unknown = object;
  for (const part of key.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
