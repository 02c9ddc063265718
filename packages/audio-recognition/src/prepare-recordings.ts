import type { AudioRecognitionConfig } from './config.js';
import type { Example, RecognitionFacts, Recording } from './types.js';

/** Recordings with the name of where they are from, for messages. */
export interface NamedRecordings {
  readonly name: string;
  readonly recordings: readonly Recording[];
}

export interface RecordingSets {
  readonly train: NamedRecordings;
  /** recordings of `train` are held out when absent */
  readonly valid?: NamedRecordings | undefined;
  readonly test?: NamedRecordings | undefined;
}

export interface PreparedSplit extends NamedRecordings {
  /** of each recording */
  readonly examples: readonly Example[];
  readonly seconds: number;
  readonly frames: number;
}

/** All that training needs of its files. */
export interface PreparedRecordings {
  /** as given, with the sample rate that was found */
  readonly config: AudioRecognitionConfig;
  readonly facts: RecognitionFacts;
  readonly splits: { readonly train: PreparedSplit; readonly valid: PreparedSplit; readonly test?: PreparedSplit };
  /** recordings that were left out, by split and reason */
  readonly dropped: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** what people should know of the data, a line each */
  readonly notes: readonly string[];
}

export interface PrepareOptions {
  /** what is being read, for people who wait */
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
