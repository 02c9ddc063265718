/** Raw bytes that can be read again from the start: a file, a dataset's split, standard input kept in memory. */
export interface ByteSource {
  /** for messages: a path or a dataset's name and split */
  readonly name: string;
  /** in bytes, where known */
  readonly size?: number;
  /** a fresh pass over the content, in pieces of any length */
  bytes(): AsyncIterable<Uint8Array>;
}

/** A source that a second one may go with, line by line: the target of a translation. */
export interface PairedSource extends ByteSource {
  readonly target?: ByteSource;
  /** the languages of the two where either can be the source: those of a dataset, `en` and `de` */
  readonly languages?: readonly [string, string];
}
