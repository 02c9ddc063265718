import type { ByteSource } from '@unroll/core';
import { textOf } from '@unroll/language-modeling';

/** The lines of a UTF-8 text without their ends; what follows the last line end counts only if it is not empty. */
export async function* linesOf(source: ByteSource): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of textOf(source).pieces()) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

export async function wholeText(source: ByteSource): Promise<string> {
  let text = '';
  for await (const piece of textOf(source).pieces()) text += piece;
  return text;
}
