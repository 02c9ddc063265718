import { ConfigError } from '@unroll/core';

const fields = ['label', 'speaker', 'take', 'transcript'] as const;
type Field = (typeof fields)[number];
/** What a path says of its recording. */
export type PathFields = Partial<Record<Field, string>>;

/**
 * A reader of `data.pattern`. `{label}`, `{speaker}`, `{take}`, `{transcript}` and `{*}` each stand for the shortest run without `/` that lets
 * the whole path match; a field that comes twice must be the same at both places. Letters of the pattern match in either case.
 *
 * @returns a function that gives undefined for a path that does not match
 * @throws {ConfigError} `config/pattern` for an unknown field or a brace that is not closed
 */
export function parsePattern(pattern: string): (path: string) => PathFields | undefined {
  const seen = new Set<string>();
  const source = pattern.replaceAll(/\{([^{}]*)\}|[{}]|[^{}]+/g, (part: string, name: string | undefined) => {
    if (part === '{' || part === '}') throw patternError(pattern, `a ${part} stands alone`);
    if (name === undefined) return part.replaceAll(/[.*+?^$()|[\]\\/]/g, String.raw`\$&`);
    if (name === '*') return '[^/]+?';
    if (!fields.some((field) => field === name)) throw patternError(pattern, `{${name}} is none of its fields`);
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>[^/]+?)`;
  });
  const expression = new RegExp(`^${source}$`, 'iu');
  return (path) => {
    const match = expression.exec(path);
    return match ? { ...match.groups } : undefined;
  };
}

function patternError(pattern: string, problem: string): ConfigError {
  const known = [...fields.map((field) => `{${field}}`), '{*}'].join(', ');
  return new ConfigError('config/pattern', `data.pattern ${JSON.stringify(pattern)}: ${problem}; there are ${known}`);
}
