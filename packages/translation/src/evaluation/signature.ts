/** The version of sacreBLEU that all scores are equal to. */
export const sacrebleuVersion = '2.6.0';

/** How many references a sentence has; 'var' where sentences differ. */
export type ReferenceCount = number | 'var';

/** `nrefs:1|case:mixed|…|version:2.6.0`, so that whoever reads a score knows how it was computed. */
export function signatureOf(
  references: ReferenceCount,
  parts: Readonly<Record<string, string | number | boolean>>,
): string {
  const all = { nrefs: references, ...parts, version: sacrebleuVersion };
  return Object.entries(all)
    .map(([name, value]) => `${name}:${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`)
    .join('|');
}
