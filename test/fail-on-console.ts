import { afterEach, beforeEach } from 'vitest';

/** Stray output is a bug of its own: a test that prints fails, unless it replaced the console itself. */
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
const originals = Object.fromEntries(methods.map((method) => [method, console[method]]));
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const method of methods) {
    console[method] = (...values: unknown[]) => {
      printed.push(`console.${method}: ${values.map(String).join(' ')}`);
    };
  }
});

afterEach(() => {
  Object.assign(console, originals);
  if (printed.length > 0) throw new Error(`unexpected output in a test:\n${printed.join('\n')}`);
});
