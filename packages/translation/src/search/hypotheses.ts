/** A row of tokens as its last one, and the row before it. */
export interface Node {
  /** absent of `<s>`, before the first token */
  readonly parent?: Node;
  readonly id: number;
  /** of this token, in nats */
  readonly tokenLogProbability: number;
  /** of all tokens so far */
  readonly logProbability: number;
  /** tokens so far, without `<s>` */
  readonly length: number;
  /** over the tokens of the source in this step; where it is kept */
  readonly attention?: Float32Array;
}

/** A hypothesis that the search goes on with. */
export interface Alive {
  readonly node: Node;
  /** its place among those of the step before */
  readonly parent: number;
}

/** A hypothesis that ended, by `</s>` or by the limit of length. */
export interface Ended {
  readonly node: Node;
  readonly finished: boolean;
  readonly score: number;
}

/** From the first token to the last. */
export function pathOf(node: Node): readonly Node[] {
  const path: Node[] = [];
  for (let each = node; each.parent; each = each.parent) path.push(each);
  return path.toReversed();
}

/** Finished ones first, then by falling score; equal ones in the order in which they ended. */
export function rank(ended: readonly Ended[]): readonly Ended[] {
  return [...ended].sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
}
