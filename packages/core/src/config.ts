import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { ConfigError } from './errors.js';

/** A configuration after parsing: nothing in it can be changed. */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Frozen<T[Key]> }
      : T;

/**
 * Checks `input` against a schema of strict objects, fills in every default, and freezes the result.
 *
 * @throws {ConfigError} `config/unknown-key`, naming the nearest known key, or `config/invalid`; one line, with the path
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, input: unknown): Frozen<z.output<Schema>> {
  const result = schema.safeParse(input);
  if (result.success) return deepFreeze(result.data) as Frozen<z.output<Schema>>;
  // A misspelt key is the cause of the "required" that often comes with it, so it is told first.
  const issues = result.error.issues;
  const issue = issues.find((each) => each.code === 'unrecognized_keys') ?? issues[0]!;
  throw issue.code === 'unrecognized_keys' ? unknownKey(schema, input, issue) : invalidValue(input, issue);
}

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function presetByName<Preset>(presets: Readonly<Record<string, Preset>>, name: string): Preset {
  if (Object.hasOwn(presets, name)) return presets[name]!;
  const names = Object.keys(presets);
  const message = `there is no preset "${name}"; did you mean ${closest(name, names)}? There are ${names.join(', ')}`;
  throw new ConfigError('config/unknown-preset', message);
}

/**
 * A copy of `input` with one value replaced, as `--set key=value` needs it: `value` is read as JSON where it is JSON
 * (`0.5`, `true`, `null`, `[1,2]`) and as a plain string otherwise. Missing objects on the way are made; a number in
 * the path (`regularization.0.l2`) is an index of a list.
 *
 * @throws {ConfigError} `config/bad-path` if the path is empty or leads through something that is no object or list
 */
export function setByPath(input: unknown, path: string, value: string): unknown {
  const keys = path.split('.');
  if (keys.some((key) => key === '')) {
    throw new ConfigError('config/bad-path', `"${path}" is no key; expected names with dots, as training.epochs`);
  }
  return setKeys(input, keys, { path, value: parseValue(value) });
}

/** `setByPath` for a whole setting, `key=value`. */
export function applySetting(input: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  return setByPath(input, setting.slice(0, at), setting.slice(at + 1));
}

/**
 * `over` laid upon `base`, key by key; lists and plain values are replaced. Objects that name themselves differently
 * (`name`: another model, another optimizer) have nothing in common, so the upper one replaces the lower.
 */
export function mergeConfig(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over === undefined ? base : over;
  if (base['name'] !== undefined && over['name'] !== undefined && base['name'] !== over['name']) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, mergeConfig(base[key], over[key])]));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function setKeys(input: unknown, keys: readonly string[], target: { path: string; value: unknown }): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return target.value;
  if (Array.isArray(input)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > input.length) {
      const message = `"${target.path}": ${key} is no place in a list of ${input.length}; use 0 to ${input.length}`;
      throw new ConfigError('config/bad-path', message);
    }
    return input.toSpliced(index, 1, setKeys(input[index], rest, target));
  }
  if (input !== undefined && input !== null && typeof input !== 'object') {
    const message = `"${target.path}": nothing can be set inside ${JSON.stringify(input)}, before .${key}`;
    throw new ConfigError('config/bad-path', message);
  }
  const entries = Object.entries(input ?? {});
  const old = entries.find(([name]) => name === key)?.[1] as unknown;
  return Object.fromEntries([...entries, [key, setKeys(old, rest, target)]]);
}

type Path = readonly PropertyKey[];

function unknownKey(schema: z.ZodType, input: unknown, issue: { keys: string[]; path: Path }): ConfigError {
  const key = issue.keys[0]!;
  const known = knownKeys(schema, input, issue.path);
  const nearest = known.length > 0 ? `; did you mean ${pathText([...issue.path, closest(key, known)])}?` : '';
  return new ConfigError('config/unknown-key', `unknown key ${pathText([...issue.path, key])}${nearest}`);
}

function invalidValue(input: unknown, issue: { path: Path; message: string }): ConfigError {
  const value = issue.path.reduce(property, input);
  const text = JSON.stringify(value) as string | undefined;
  const got = text?.slice(0, 60) ?? 'nothing';
  const where = issue.path.length > 0 ? pathText(issue.path) : 'the configuration';
  return new ConfigError('config/invalid', `${where} cannot be ${got}: ${issue.message}`);
}

function property(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
}

function pathText(path: Path): string {
  return path.map(String).join('.');
}

/** The parts of zod's schema definitions that lead from a schema to the schemas inside it. */
interface SchemaDefinition {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly in?: z.ZodType;
}

/** The keys that the object at `path` of the input may have, through defaults, unions and lists. */
function knownKeys(schema: z.ZodType, input: unknown, path: Path): readonly string[] {
  const definition = schema.def as unknown as SchemaDefinition;
  const wrapped = definition.innerType ?? definition.in;
  if (wrapped) return knownKeys(wrapped, input, path);
  if (definition.options) {
    return chosenOptions(definition, input).flatMap((option) => knownKeys(option, input, path));
  }
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(definition.shape ?? {});
  const inner = definition.shape?.[String(key)] ?? definition.element ?? definition.valueType;
  return inner ? knownKeys(inner, property(input, key), rest) : [];
}

/** Of `sgd | adam | …` the one that the input names. */
function chosenOptions({ options = [], discriminator }: SchemaDefinition, input: unknown): readonly z.ZodType[] {
  if (discriminator === undefined) return options;
  const name = property(input, discriminator);
  return options.filter((option) => {
    const { shape } = option.def as unknown as SchemaDefinition;
    return shape?.[discriminator]?.safeParse(name).success;
  });
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
