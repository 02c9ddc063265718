/** What conlleval prints its figures from. */
export interface ConllevalCounts {
  readonly tokens: number;
  readonly correct: number;
  readonly matched: number;
  readonly gold: number;
  readonly predicted: number;
}

/** A chunk never goes on over the border before these, and never over that after those. */
const borders = new Set(['B', 'S']);
const afterwards = new Set(['E', 'S']);

/**
 * An independent scorer for tests. It never makes a list of spans: it walks both rows of tags at once, one token at a time, and counts
 * as the Perl script does, with one flag for a chunk that both rows have begun together and are both still in.
 *
 * @param sentences - pairs of true and predicted tags, `B-X` style
 */
export function countAsConlleval(
  sentences: readonly (readonly [readonly string[], readonly string[]])[],
): ConllevalCounts {
  const counts = { tokens: 0, correct: 0, matched: 0, gold: 0, predicted: 0 };
  for (const [gold, predicted] of sentences) {
    let together = false;
    for (let t = 0; t <= gold.length; t++) {
      const [a, b] = [chunkAt(gold, t), chunkAt(predicted, t)];
      if (together && (a.ended || b.ended)) {
        if (a.ended && b.ended && a.typeBefore === b.typeBefore) counts.matched++;
        together = false;
      }
      if (a.begun && b.begun && a.type === b.type) together = true;
      counts.gold += Number(a.begun);
      counts.predicted += Number(b.begun);
      if (t < gold.length) {
        counts.tokens++;
        counts.correct += Number(gold[t] === predicted[t]);
      }
    }
  }
  return counts;
}

/** What happens between token t − 1 and token t. */
function chunkAt(tags: readonly string[], t: number) {
  const [before, typeBefore] = part(tags[t - 1] ?? 'O');
  const [here, type] = part(tags[t] ?? 'O');
  const changed = type !== typeBefore;
  const [wasInside, isInside] = [before !== 'O', here !== 'O'];
  return {
    type,
    typeBefore,
    ended: wasInside && (!isInside || changed || borders.has(here) || afterwards.has(before)),
    begun: isInside && (!wasInside || changed || borders.has(here) || afterwards.has(before)),
  };
}

function part(tag: string): readonly [string, string] {
  const [, prefix = tag, type = ''] = /^([^-]*)-(.*)$/.exec(tag) ?? [];
  return [prefix, type];
}
