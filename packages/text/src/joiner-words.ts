/** Stands at the side of a word where the text has no space. U+FFED, as in OpenNMT's tokenizer. */
export const joinerMark = '\uffed';
/** Before a character that the text itself has and that would be read as a mark. U+FFEE. */
const escapeMark = '\uffee';
/** What a mark of the text becomes after `escapeMark`; one of `escapeMark` is doubled. */
const escapedJoiner = '.';

/** A run of letters, a run of digits, or a run of one other character; combining marks belong to what they follow. */
const parts = /\p{L}[\p{L}\p{M}]*|\p{N}[\p{N}\p{M}]*|(.)\1*\p{M}*/gsu;
const letter = /^\p{L}/u;
const marks = /[\uffed\uffee]/g;
const escaped = /\uffee(.)/gsu;

/**
 * Words of a line: letters, digits and everything else are parted, and a mark says where no space was between two words, so that
 * `joinWords` gives the line back. It stands before what is no letter (`￭,`), else after what precedes the letters (`(￭`).
 *
 *   Don't pay $20.  →  Don ￭'￭ t pay $ ￭20 ￭.
 *
 * Words are parted at U+0020 alone; other white space is a word with marks. Spaces at the ends and a second space in a row are lost.
 */
export function cutWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const chunk of line.split(' ')) {
    const bodies = chunk.match(parts) ?? [];
    let left = '';
    bodies.forEach((body, index) => {
      const next = bodies[index + 1];
      const marksNext = next !== undefined && !letter.test(next);
      const right = next === undefined || marksNext ? '' : joinerMark;
      words.push(left + escape(body) + right);
      left = marksNext ? joinerMark : '';
    });
  }
  return words;
}

/** The inverse of `cutWords`. Any words will do, those of a model too: a mark at either side of a gap closes it. */
export function joinWords(words: readonly string[]): string {
  let line = '';
  let open = false;
  for (const word of words) {
    const from = word.startsWith(joinerMark) ? 1 : 0;
    const to = word.endsWith(joinerMark) ? word.length - 1 : word.length;
    line += (open && from === 0 ? ' ' : '') + unescape(word.slice(from, to));
    open = !word.endsWith(joinerMark);
  }
  return line;
}

function escape(body: string): string {
  return body.replace(marks, (mark) => escapeMark + (mark === joinerMark ? escapedJoiner : mark));
}

function unescape(body: string): string {
  return body.replace(escaped, (_, character: string) => (character === escapedJoiner ? joinerMark : character));
}
