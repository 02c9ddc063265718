/** Raw bytes that can be read again from the start: a file, a dataset's split, standard input kept in memory. */
export interface ByteSource {
  /** for messages: a path or a dataset's name and split */
  readonly name: string;
  /** in bytes, where known */
  readonly size?: number;
  /** a fresh pass over the content, in pieces of any length */
  bytes(): AsyncIterable<Uint8Array>;
  /** such a pass from a byte on, counted from 0, where what is before it need not be read */
  bytesFrom?(offset: number): AsyncIterable<Uint8Array>;
}

/** A source that a second one may go with, line by line: the target of a translation. */
export interface PairedSource extends ByteSource {
  readonly target?: ByteSource;
  /** the languages of the two where either can be the source: those of a dataset, `en` and `de` */
  readonly languages?: readonly [string, string];
}

/** Files by path: a folder, the content of an archive. */
export interface FileTree {
  /** for messages */
  readonly name: string;
  /** paths of all files, sorted; `/` between folders, never `..` or an absolute path */
  list(): Promise<readonly string[]>;
  /** the file at a path of `list`; undefined where there is none */
  file(path: string): ByteSource | undefined;
}

/** A list of files, and where these lie: a manifest beside its recordings. */
export interface TreeSource extends ByteSource {
  readonly files: FileTree;
}

/** What a run may be given: one file, two that go together, a list of files, or a folder. */
export interface DataSource extends PairedSource {
  readonly files?: FileTree;
  /** there is no list, all of `files` is meant; `bytes` fails */
  readonly isFolder?: boolean;
}
