import type { DataConfig } from '../config.js';

/**
 * A text in the Unicode form and case of the configuration, and nothing else changed. Lower case is Unicode's own, of no
 * language: Turkish İ becomes i with a dot above. Normalising twice is normalising once.
 */
export function normalizeText(text: string, data: Pick<DataConfig, 'normalization' | 'lowercase'>): string {
  const form = unicodeForms[data.normalization];
  const normal = form === undefined || isAscii(text) ? text : text.normalize(form);
  if (!data.lowercase) return normal;
  const lower = normal.toLowerCase();
  // Lower case can be composed where upper case could not: J with a caron has no code point of its own, j has.
  return form === undefined || isAscii(lower) ? lower : lower.normalize(form);
}

const unicodeForms = { none: undefined, nfc: 'NFC', nfkc: 'NFKC' } as const;

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
