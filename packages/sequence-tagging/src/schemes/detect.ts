import { convertTags } from './convert.js';
import { schemeNames, type SchemeName } from './scheme-names.js';
import { outside, prefixesOf, tagParts } from './tag-parts.js';

/** How a column of tags came to its scheme. */
export interface DetectedScheme {
  readonly scheme: SchemeName;
  /** tags that it would write otherwise for the same spans */
  readonly repairs: number;
  /** other schemes that would need as few repairs */
  readonly alsoFits: readonly SchemeName[];
  /** tags of tokens in all, and those other than O */
  readonly tokens: number;
  readonly tagged: number;
  /** of `tagged`, those that are no PREFIX-type of any scheme */
  readonly unknown: number;
}

/** At least so many of the tags other than O have a prefix and a type, or the column has no scheme. */
const leastShare = 0.9;
/** Strictest first: the one that says most about a row of tags is named where several fit. */
const byStrictness: readonly SchemeName[] = ['iobes', 'bilou', 'iob2', 'ioe2', 'iob1', 'ioe1'];
const allPrefixes = new Set(schemeNames.flatMap(prefixesOf));

/** The scheme of a column; see `inspectScheme`. */
export function detectScheme(sequences: Iterable<readonly string[]>): SchemeName {
  return inspectScheme(sequences).scheme;
}

/**
 * The scheme of a column of tags: 'none' unless nearly all tags other than O (90 %) are a known prefix, a hyphen and a type (or all
 * are bare prefixes and O), and some scheme leaves more than half of them as they are. Else the one that needs the
 * fewest repairs; where several need as few, the strictest.
 *
 * @param sequences - tags by sentence
 */
export function inspectScheme(sequences: Iterable<readonly string[]>): DetectedScheme {
  const rows = [...sequences];
  const counts = countTags(rows);
  if (counts.tagged === 0 || counts.tagged - counts.unknown < leastShare * counts.tagged) {
    return { scheme: 'none', repairs: 0, alsoFits: [], ...counts };
  }
  const { fewest, fitting } = fewestRepairs(rows);
  const [scheme = 'none', ...alsoFits] = byStrictness.filter((name) => fitting.includes(name));
  return fewest * 2 > counts.tagged
    ? { scheme: 'none', repairs: 0, alsoFits: [], ...counts }
    : { scheme, repairs: fewest, alsoFits, ...counts };
}

/** rows that say which scheme is tried first */
const sampleRows = 200;

/** The schemes that need the fewest repairs. The likeliest goes first, so that the others are given up early. */
function fewestRepairs(rows: readonly (readonly string[])[]) {
  const sample = rows.slice(0, sampleRows);
  const likeliest = byStrictness
    .map((scheme) => ({ scheme, repairs: countRepairs(sample, scheme, Infinity) }))
    .sort((a, b) => a.repairs - b.repairs);
  let fewest = Infinity;
  let fitting: SchemeName[] = [];
  for (const { scheme } of likeliest) {
    const repairs = countRepairs(rows, scheme, fewest);
    if (repairs < fewest) fitting = [];
    if (repairs <= fewest) fitting.push(scheme);
    fewest = Math.min(fewest, repairs);
  }
  return { fewest, fitting };
}

/** Stops where there are more than `most`. */
function countRepairs(rows: readonly (readonly string[])[], scheme: SchemeName, most: number): number {
  let repairs = 0;
  for (const row of rows) {
    repairs += convertTags(row, scheme, scheme).repairs;
    if (repairs > most) break;
  }
  return repairs;
}

function countTags(rows: readonly (readonly string[])[]): Pick<DetectedScheme, 'tokens' | 'tagged' | 'unknown'> {
  const tags = new Map<string, number>();
  for (const row of rows) for (const tag of row) tags.set(tag, (tags.get(tag) ?? 0) + 1);
  const counted = [...tags];
  const inSpans = counted.filter(([tag]) => tag !== outside);
  const bare = inSpans.filter(([tag]) => allPrefixes.has(tag));
  const isSegmentation = bare.length > 1 && bare.length === inSpans.length;
  const known = inSpans.filter(([tag]) => {
    const { prefix, type } = tagParts(tag, 'none');
    return allPrefixes.has(prefix) && (type !== '' || isSegmentation);
  });
  return { tokens: total(counted), tagged: total(inSpans), unknown: total(inSpans) - total(known) };
}

function total(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** The same in words, for a log: `iob2, as all of 5,204 tags have it`. */
export function describeScheme({ scheme, repairs, alsoFits, tagged }: DetectedScheme): string {
  if (scheme === 'none') return 'none: every tag stands for itself';
  const also = alsoFits.length > 0 ? `, the strictest of ${[scheme, ...alsoFits].join(', ')}` : '';
  const fits = repairs === 0 ? `all of ${tagged} tags follow it` : `${repairs} of ${tagged} tags do not follow it`;
  return `${scheme}${also}: ${fits}`;
}
