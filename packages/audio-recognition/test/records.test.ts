import type { ByteSource, FileTree } from '@unroll/core';
import {
  openRecordings,
  parseAudioRecognitionConfig,
  splitRecordings,
  type AudioRecognitionConfigInput,
  type Recording,
} from '@unroll/audio-recognition';
import { describe, expect, it } from 'vitest';
import { bytesSource } from './wav-files.js';

function tree(paths: readonly string[], name = 'sounds'): FileTree {
  return {
    name,
    list: () => Promise.resolve([...paths].sort()),
    file: (path) => (paths.includes(path) ? bytesSource(new Uint8Array(3), `${name}/${path}`) : undefined),
  };
}

function dataConfig(data: AudioRecognitionConfigInput['data'] = {}) {
  return parseAudioRecognitionConfig({ data }).data;
}

const folder = (paths: readonly string[], pattern?: string) =>
  openRecordings({ files: tree(paths) }, dataConfig(pattern === undefined ? {} : { pattern }));

/** Recordings without the fields named. */
function without<Field extends keyof Recording>(field: Field) {
  return (recording: Recording): Omit<Recording, Field> => {
    const { [field]: left, ...others } = recording;
    return left === undefined ? recording : others;
  };
}

const said = without('file');

describe('a folder', () => {
  it('is a folder a class, unless a pattern says otherwise', async () => {
    const { recordings, notes, name } = await folder([
      'yes/b.wav',
      'no/A.WAV',
      'yes/a.wav',
      'README.md',
      'no/notes.txt',
    ]);
    expect(name).toBe('sounds');
    expect(recordings.map(said)).toEqual([
      { name: 'no/A.WAV', label: 'no' },
      { name: 'yes/a.wav', label: 'yes' },
      { name: 'yes/b.wav', label: 'yes' },
    ]);
    expect(recordings[1]!.file.name).toBe('sounds/yes/a.wav');
    expect(notes).toEqual([]);
  });

  it('gives label, speaker, take and transcript from a pattern, each the shortest run', async () => {
    const pattern = 'set-{*}/{label}_{speaker}_{take}.{transcript}.wav';
    const { recordings } = await folder(['set-1/7_ann_lee_3.see you.wav', 'set-22/0_bo_12.b.c.wav'], pattern);
    expect(recordings.map(said)).toEqual([
      { name: 'set-1/7_ann_lee_3.see you.wav', label: '7', speaker: 'ann', take: 'lee_3', transcript: 'see you' },
      { name: 'set-22/0_bo_12.b.c.wav', label: '0', speaker: 'bo', take: '12', transcript: 'b.c' },
    ]);
  });

  it('takes a field that comes twice only where both are the same', async () => {
    const { recordings, notes } = await folder(['ann/ann_1.wav', 'bo/ann_2.wav'], '{speaker}/{speaker}_{*}.wav');
    expect(recordings.map(said)).toEqual([{ name: 'ann/ann_1.wav', speaker: 'ann' }]);
    expect(notes).toEqual([
      '1 sound file does not match data.pattern "{speaker}/{speaker}_{*}.wav" and is left out: bo/ann_2.wav',
    ]);
  });

  it('takes points and brackets of a pattern for what they are', async () => {
    const { recordings } = await folder(['a(1)+[x].wav', 'a1x.wav'], 'a(1)+[x].wav');
    expect(recordings.map(({ name }) => name)).toEqual(['a(1)+[x].wav']);
  });

  it('counts the sound that it leaves out', async () => {
    const { notes } = await folder(['yes/a.wav', 'b.wav', 'yes/c.mp3', 'yes/d.flac', 'yes/more/e.wav']);
    expect(notes).toEqual([
      '4 sound files do not match data.pattern "{label}/{*}.wav" and are left out: b.wav, yes/c.mp3, yes/d.flac and 1 more',
    ]);
  });

  it.each([
    [
      ['a.txt', 'b/c.md'],
      'data/no-audio',
      'unroll: sounds has no audio: none of its 2 files is a .wav file; name the folder that holds the recordings',
    ],
    [
      ['a.wav', 'b.wav'],
      'data/no-audio',
      'unroll: sounds has 2 sound files (a.wav), and none matches data.pattern "{label}/{*}.wav"; say by data.pattern how',
    ],
    [['x/a.mp3'], 'data/no-audio', 'convert them to .wav, for example by: for f in *.mp3'],
  ])('with %j is refused', async (paths, code, message) => {
    await expect(folder(paths)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it.each([
    ['{word}/{*}.wav', '{word} is none of its fields; there are {label}, {speaker}, {take}, {transcript}, {*}'],
    ['{label/{*}.wav', 'a { stands alone'],
    ['label}.wav', 'a } stands alone'],
  ])('is not read by the pattern %s', async (pattern, message) => {
    await expect(folder(['a/b.wav'], pattern)).rejects.toMatchObject({
      code: 'config/pattern',
      message: expect.stringContaining(message) as string,
    });
  });
});

function manifest(text: string, { name = 'list.csv', columns = {}, paths = ['a.wav', 'more/b.wav'] } = {}) {
  const source: ByteSource = bytesSource(new TextEncoder().encode(text), name);
  return openRecordings({ files: tree(paths), manifest: source }, dataConfig({ columns }));
}

describe('a manifest', () => {
  const rows = [
    { name: 'a.wav@0.5', line: 2, start: 0.5, end: 1.25, label: 'yes', speaker: 'ann' },
    { name: 'more/b.wav', line: 3, transcript: 'no, thanks', speaker: 'bo', take: '7' },
  ];

  it.each([
    [
      'comma',
      'path,start,end,label,transcript,speaker,take\r\na.wav,0.5,1.25,yes,,ann,\r\n"more/b.wav",,,,"no, thanks",bo,7\r\n',
    ],
    [
      'semicolon',
      'label;path;start;end;transcript;take;speaker\nyes;a.wav;.5;1.25;;;ann\n;./more/b.wav;;;no, thanks;7;bo',
    ],
    [
      'tab',
      '\uFEFFpath\tstart\tend\tlabel\ttranscript\tspeaker\ttake\na.wav\t0.5\t1.25\tyes\t\tann\t\nmore\\b.wav\t\t\t\tno, thanks\tbo\t7\n',
    ],
  ])('of columns apart by %s is read', async (_, text) => {
    const { recordings, name } = await manifest(text);
    expect(name).toBe('list.csv');
    expect(recordings.map(said)).toEqual(rows);
  });

  it('of JSON lines is read', async () => {
    const text =
      '{"path":"a.wav","start":0.5,"end":"1.25","label":"yes","speaker":"ann","other":[1]}\n\n{"path":"more/b.wav","transcript":"no, thanks","speaker":"bo","take":7,"label":null}';
    for (const name of ['list.jsonl', 'list']) {
      const { recordings } = await manifest(text, { name });
      expect(recordings.map(said)).toEqual([{ ...rows[0], line: 1 }, rows[1]]);
    }
  });

  it('may have columns of other names and one column', async () => {
    const text = 'file;word\na.wav;one\n';
    const { recordings } = await manifest(text, { columns: { path: 'file', label: 'word' } });
    expect(recordings.map(said)).toEqual([{ name: 'a.wav', line: 2, label: 'one' }]);
    expect((await manifest('path\na.wav\n')).recordings).toHaveLength(1);
  });

  it('names all files that are missing at once, 20 at most', async () => {
    const text = `path\na.wav\n${Array.from({ length: 23 }, (_, i) => `gone${i}.wav`).join('\n')}\n`;
    const error = await manifest(text).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'data/missing-recordings' });
    const { message } = error as Error;
    expect(message).toContain('23 rows name files that are not in sounds: line 3 gone0.wav, line 4 gone1.wav, ');
    expect(message).toContain('line 22 gone19.wav and 3 more; correct the paths');
    expect(message).not.toContain('gone20');
  });

  it.each([
    ['path,label\n/etc/a.wav,x', 'data/path', 'line 2: "/etc/a.wav" is an absolute path'],
    [String.raw`path,label` + '\n' + String.raw`C:\a.wav,x`, 'data/path', 'is an absolute path'],
    ['path,label\na.wav,x\nmore/../../a.wav,x', 'data/path', 'line 3: "more/../../a.wav" leads out'],
    ['path,label\n,x', 'data/path', 'line 2 has no path'],
    ['path,start\na.wav,-1', 'data/segment', 'line 2: its start is "-1"; seconds'],
    ['path,start\na.wav,1:30', 'data/segment', 'its start is "1:30"'],
    ['path,start,end\na.wav,2,2', 'data/segment', 'line 2: its end, 2 s, is not after its start, 2 s'],
    ['path,end\na.wav,0', 'data/segment', 'its end, 0 s, is not after its start, 0 s'],
    [
      'file,label\na.wav,x',
      'data/unknown-column',
      'list.csv has no column "path"; it has file, label: name the one that is meant by data.columns.path',
    ],
    ['path,path\na.wav,x', 'data/duplicate-column', 'two columns of the header are called "path"'],
    ['path,label\na.wav,x\na.wav,x,y', 'data/ragged-row', 'line 3 has another number of fields'],
    ['path,label\na.wav,"x', 'data/quotes', 'a quote is opened and never closed'],
    ['path,label\na.wav,x"y"', 'data/quotes', 'line 2: a quote stands inside of a field'],
    [`path,label\na.wav,${'x'.repeat(70_000)}`, 'data/field-too-long', 'line 2: its label has 70000 characters'],
    [`path,label\na.wav,"${'x'.repeat(1_100_000)}"`, 'data/record-too-long', 'a row is longer than'],
    ['', 'data/empty', 'list.csv is empty'],
    ['path,label\n', 'data/empty', 'list.csv has no rows'],
  ])('%# is refused with file and line', async (text, code, message) => {
    await expect(manifest(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it.each([
    ['{"path":"a.wav"', 'line 1 is not JSON'],
    ['{"path":"a.wav"}\n[1]', 'line 2 is no object'],
    ['{"path":["a.wav"]}', 'line 1: "path" is ["a.wav"]; expected a text or a number'],
  ])('of JSON lines %j is refused', async (text, message) => {
    await expect(manifest(text, { name: 'list.jsonl' })).rejects.toMatchObject({
      code: 'data/json',
      message: expect.stringContaining(message) as string,
    });
  });

  it('of JSON lines without paths names the keys', async () => {
    await expect(manifest('{"file":"a.wav"}', { name: 'x.jsonl' })).rejects.toThrow(
      'x.jsonl has no column "path"; it has file',
    );
  });
});

describe('splitRecordings', () => {
  const file = bytesSource(new Uint8Array(0));
  const all: readonly Recording[] = Array.from({ length: 240 }, (_, i) => ({
    name: `${i}.wav`,
    file: { ...file, name: `${i}.wav` },
    label: `word${i % 4}`,
    speaker: `speaker${i % 6}`,
    take: `take${i % 20}`,
  }));
  const split = (recordings: readonly Recording[], splitBy: 'auto' | 'speaker' | 'take' | 'recording', seed = 1) =>
    splitRecordings(recordings, { splitBy, validationFraction: 0.1 }, [seed, 2]);
  const values = (recordings: readonly Recording[], field: 'speaker' | 'take' | 'name' | 'label') =>
    new Set(recordings.map((recording) => recording[field]));

  it.each([
    ['auto', 'speaker', 40, '1 of 6 speakers'],
    ['take', 'take', 24, '2 of 20 takes'],
    ['recording', 'name', 24, '24 of 240 files'],
  ] as const)('by %s holds out whole ones', (...[by, field, count, what]) => {
    const { train, valid, note } = split(all, by);
    expect(valid).toHaveLength(count);
    expect(train.length + valid.length).toBe(all.length);
    expect([...values(train, field)].filter((value) => values(valid, field).has(value))).toEqual([]);
    expect(note).toBe(`validation: ${count} of 240 recordings, ${what} held out`);
  });

  it('is decided by the key, and keeps the order', () => {
    const names = (seed: number) => split(all, 'recording', seed).valid.map(({ name }) => name);
    expect(names(3)).toEqual(names(3));
    expect(names(3)).not.toEqual(names(4));
    expect(names(3)).toEqual([...names(3)].sort((a, b) => parseInt(a, 10) - parseInt(b, 10)));
  });

  it('holds out an equal share of every label', () => {
    const { valid } = split(all, 'recording');
    for (const label of values(all, 'label')) expect(valid.filter((one) => one.label === label)).toHaveLength(6);
  });

  it('auto goes on to takes and recordings where speakers do not tell, and where they are to be learnt', () => {
    const nameless = all.map(without('speaker'));
    expect(split(nameless, 'auto').note).toContain('takes held out');
    expect(split(nameless.map(without('take')), 'auto').note).toContain('files held out');
    const speakers = splitRecordings(all, { splitBy: 'auto', validationFraction: 0.1, task: 'speaker' }, [1, 2]);
    expect(speakers.note).toContain('takes held out');
  });

  it('keeps the parts of one file together', () => {
    const parts = all.map((one, i) => ({ ...one, file: { ...file, name: `${Math.floor(i / 10)}.wav` } }));
    const { train, valid } = split(parts, 'recording');
    const files = new Set(train.map(({ file: { name } }) => name));
    expect(valid.length).toBeGreaterThan(0);
    expect(valid.filter(({ file: { name } }) => files.has(name))).toEqual([]);
  });

  it('has one group at least on either side', () => {
    const two = all.filter(({ speaker }) => speaker === 'speaker1' || speaker === 'speaker2');
    for (const validationFraction of [0.01, 0.99]) {
      const { train, valid } = splitRecordings(two, { splitBy: 'speaker', validationFraction }, [1, 2]);
      expect([train.length, valid.length]).toEqual([40, 40]);
    }
  });

  it('refuses where there is nothing to choose from', () => {
    const one = all.filter(({ speaker }) => speaker === 'speaker1');
    expect(() => split(one, 'speaker')).toThrow(
      'the 40 recordings all have the same speaker; name validation data, or set data.splitBy',
    );
    expect(() => split(all.slice(0, 1), 'recording')).toThrow('nothing can be held out');
    expect(() => split([{ name: 'x.wav', file }, ...all], 'take')).toThrow('data.splitBy take: x.wav has none');
  });
});
