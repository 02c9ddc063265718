/** Specs of tfjs-core that fail on this backend, by full name, each with its reason; only what tfjs' `cpu` fails too. */
export const knownFailures: Readonly<Record<string, string>> = {};
