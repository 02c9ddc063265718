import { convertTags } from '../schemes/convert.js';
import { cellOfLabels } from '../schemes/labels.js';
import type { TagColumn } from '../types.js';

/** What stands for a tag that training does not have, so that it equals no other. */
const unknownTag = '?';

/**
 * What a head says, as the files write it.
 *
 * @param ids - `[token]`, −1 where not known; of several labels `[token · labels]`, 0 or 1
 * @returns `[token]` in the scheme of the files; several labels joined, in the order of the column's tags
 */
export function tagTexts(ids: Int32Array, column: TagColumn): readonly string[] {
  if (column.multiLabel) return labelTexts(ids, column);
  const { tags } = convertTags(tagNames(ids, column), column.trainedScheme, column.scheme);
  // No scheme knows the unknown tag, and would write O.
  return ids.includes(-1) ? tags.map((tag, t) => (ids[t]! < 0 ? unknownTag : tag)) : tags;
}

/** The same in the trained scheme, of a column with one tag a token. */
export function tagNames(ids: Int32Array, { tags }: Pick<TagColumn, 'tags'>): readonly string[] {
  return Array.from(ids, (id) => (id < 0 ? unknownTag : tags.token(id)));
}

function labelTexts(ids: Int32Array, { tags, labelSeparator }: TagColumn): readonly string[] {
  const size = tags.size;
  return Array.from({ length: ids.length / size }, (_, t) =>
    cellOfLabels(
      tags.tokens.filter((_, label) => ids[t * size + label] === 1),
      labelSeparator!,
    ),
  );
}
