import { describe, expect, it } from 'vitest';
import { decodeTranscript, encodeTranscript, normalizeTranscript, symbolsOf, transcriptSymbols } from '../src/index.js';

const characters = { unit: 'character', normalizeTranscripts: true } as const;
const words = { unit: 'word', normalizeTranscripts: true } as const;

describe('transcripts', () => {
  it.each([
    ['  Hello,\tWORLD!\n', 'hello world'],
    ["Don’t — 'quote' the dogs' rock 'n' roll", "don't quote the dogs rock n roll"],
    ['well-known 3.5 €10 50 %', 'well known 3 5 10 50'],
    ['Cafe\u0301 NAÏVE İ ΟΔΥΣΣΕΥΣ', 'café naïve i\u0307 οδυσσευς'],
    ["l'Été d’Anna", "l'été d'anna"],
    ['...', ''],
  ])('%j is read as %j', (text, expected) => {
    expect(normalizeTranscript(text, characters)).toBe(expected);
    expect(normalizeTranscript(expected, characters)).toBe(expected);
  });

  it('stay as they are but for white space and composed characters where that is asked for', () => {
    const raw = { normalizeTranscripts: false };
    expect(normalizeTranscript(' Cafe\u0301,\u00a0 \nYES ', raw)).toBe('Café, YES');
  });

  it('give symbols with the blank first, by code units', () => {
    expect(symbolsOf(['Ab c', 'b-a'], characters).tokens).toEqual(['<blank>', ' ', 'a', 'b', 'c']);
    expect(symbolsOf(['two one', 'One. THREE'], words).tokens).toEqual(['<blank>', 'one', 'three', 'two']);
    expect(transcriptSymbols('a👍 b', 'character')).toEqual(['a', '👍', ' ', 'b']);
  });

  it.each([characters, words])('come back from their ids, by $unit', (data) => {
    const transcript = 'One, two — ONE: don’t';
    const symbols = symbolsOf([transcript], data);
    const ids = encodeTranscript({ name: 'a.wav', transcript }, { symbols, data });
    expect(ids.every((id) => id > 0)).toBe(true);
    expect(decodeTranscript(ids, symbols, data.unit)).toBe("one two one don't");
  });

  it('have no spaces too many, whatever a model writes', () => {
    const symbols = symbolsOf(['a b'], characters);
    const ids = Array.from(' a  b ', (character) => symbols.id(character));
    expect(decodeTranscript(ids, symbols, 'character')).toBe('a b');
  });

  it('name the line of a symbol that training does not have', () => {
    const symbols = symbolsOf(['abc'], characters);
    const encode = (line?: number) => () =>
      encodeTranscript({ name: 'x/1.wav', ...(line && { line }), transcript: 'abx' }, { symbols, data: characters });
    expect(encode(7)).toThrow(/line 7 \(x\/1\.wav\): the transcript "abx" has "x"/);
    expect(encode()).toThrow(/unroll: x\/1\.wav: the transcript "abx" has "x"/);
    const bare = { unit: 'word', normalizeTranscripts: false } as const;
    const blank = { name: 'y.wav', transcript: '<blank>' };
    expect(() => encodeTranscript(blank, { symbols: symbolsOf(['a'], bare), data: bare })).toThrow(/has "<blank>"/);
  });

  it('cannot be empty or blank altogether', () => {
    expect(() => symbolsOf(['', ' ... '], characters)).toThrow(/no training recording has a transcript/);
    const bare = { unit: 'word', normalizeTranscripts: false } as const;
    expect(() => symbolsOf(['a <blank> b'], bare)).toThrow(/<blank>, which means silence/);
  });
});
