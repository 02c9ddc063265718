/** A flag value that cannot be read; the message goes on after the flag's name: `needs a whole number, got 'x'`. */
export class ValueError extends Error {}

/** Readers of flag values. */
export function wholeNumber(range: { readonly min: number; readonly max?: number }): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    const max = range.max ?? Number.MAX_SAFE_INTEGER;
    if (!(value >= range.min && value <= max)) {
      const limits = range.max === undefined ? `from ${range.min} on` : `from ${range.min} to ${range.max}`;
      throw new ValueError(`needs a whole number ${limits}, got '${text}'`);
    }
    return value;
  };
}

/** A finite number in a range; `above` is left out itself. */
export function decimalNumber(range: { readonly above?: number; readonly min?: number; readonly max?: number }) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const { above = -Infinity, min = -Infinity, max = Infinity } = range;
    if (!(Number.isFinite(value) && value > above && value >= min && value <= max)) {
      const limits = [
        above === -Infinity ? '' : `above ${above}`,
        min === -Infinity ? '' : `from ${min}`,
        max === Infinity ? '' : `to ${max}`,
      ];
      throw new ValueError(`needs a number ${limits.filter(Boolean).join(' ')}, got '${text}'`.replace(/\s+/g, ' '));
    }
    return value;
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new ValueError(`needs one of ${choices.join(', ')}, got '${text}'`);
    return found;
  };
}

/** `key=value`, kept as text: the task's configuration knows the types. */
export function setting(text: string): string {
  if (!/^[^=\s]+=/.test(text)) throw new ValueError(`needs key=value, got '${text}'`);
  return text;
}
