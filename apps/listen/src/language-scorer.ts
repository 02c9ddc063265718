import { normalizeTranscript, type DataConfig, type SymbolScorer } from '@unroll/audio-recognition';
import { linesOf, type ByteSource } from '@unroll/core';
import { fileSource } from '@unroll/core/node';
import { loadLanguageModel, nGramScorer, parseArpa, recurrentScorer, trainNGramModel } from '@unroll/language-modeling';
import { statSync } from 'node:fs';

/**
 * A language model for the search: an ARPA file; a text with a sentence a line (FILE.txt), of which trigrams of words are counted at once, read as
 * transcripts are; or the run folder of a recurrent model, which needs the engine.
 *
 * @throws {CheckpointError} of a folder that is no model @throws {DataError} `data/arpa`, `data/empty`, `file/…`
 */
export async function openLanguageScorer(path: string, data: DataConfig): Promise<SymbolScorer> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return recurrentScorer(await loadLanguageModel(path), { name: path });
  }
  const source = fileSource(path);
  if (/\.txt$/i.test(path)) return nGramScorer(await trainNGramModel(asTranscripts(source, data)));
  return nGramScorer(await parseArpa(source));
}

function asTranscripts(source: ByteSource, data: DataConfig): ByteSource {
  return {
    name: source.name,
    async *bytes() {
      for await (const line of linesOf(source)) yield Buffer.from(`${normalizeTranscript(line, data)}\n`);
    },
  };
}
