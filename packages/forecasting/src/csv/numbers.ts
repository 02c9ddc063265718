/** Reads the cells of a column of numbers. */
export interface NumberReader {
  /**
   * NaN for a missing value; `undefined` for what is no number, ±Infinity for what is not finite: the caller knows the
   * line and refuses both.
   */
  read(text: string): number | undefined;
}

const other = /^[+-]?0[xobXOB]/;
const infinity = /^[+-]?inf(inity)?$/i;

/**
 * @param missing - texts that stand for a missing value, besides white space; one that is a number stands for its value,
 *   however it is written: `-9999` for `-9999.0` too
 */
export function createNumberReader(decimal: '.' | ',', missing: readonly string[]): NumberReader {
  const missingTexts = new Set(missing);
  const missingNumbers = missing.map((text) => parse(text, decimal)).filter((value) => value === value);
  return {
    read(text) {
      const value = parse(text, decimal);
      if (value !== 0 && value - value === 0 && missingNumbers.length === 0) return value;
      const trimmed = text.trim();
      if (trimmed === '' || missingTexts.has(trimmed) || missingNumbers.includes(value)) return NaN;
      if (infinity.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
      return Number.isNaN(value) || other.test(trimmed) ? undefined : value;
    },
  };
}

function parse(text: string, decimal: '.' | ','): number {
  if (decimal === '.') return Number(text);
  // A point beside a decimal comma separates thousands or is a mistake: neither is guessed.
  return text.includes('.') ? NaN : Number(text.replace(',', '.'));
}
