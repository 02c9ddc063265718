/** Numbers in words, read back without the package that wrote them. */
const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const irregular: Readonly<Record<string, string>> = {
  first: 'one',
  second: 'two',
  third: 'three',
  fifth: 'five',
  eighth: 'eight',
  ninth: 'nine',
  twelfth: 'twelve',
};

/** @returns NaN for what is no number */
export function readEnglish(text: string): number {
  let whole = 0;
  let part = 0;
  for (const word of text.split(/[ -]/)) {
    if (word === 'thousand') [whole, part] = [part * 1000, 0];
    else if (word === 'hundred') part *= 100;
    else if (small.includes(word)) part += small.indexOf(word);
    else if (tens.includes(word)) part += 10 * tens.indexOf(word);
    else return NaN;
  }
  return whole + part;
}

/** `twenty-first`: its last word made a cardinal. */
export function readEnglishOrdinal(text: string): number {
  return readEnglish(
    text.replace(/[a-z]+$/, (last) => irregular[last] ?? last.replace(/ieth$/, 'y').replace(/th$/, '')),
  );
}

/** `nineteen eighty-seven`, `nineteen oh five`, `nineteen hundred`, `two thousand five`. */
export function readEnglishYear(text: string): number {
  if (/hundred|thousand/.test(text)) return readEnglish(text);
  const [century = '', ...rest] = text.split(' ');
  return 100 * readEnglish(century) + readEnglish(rest.filter((word) => word !== 'oh').join(' '));
}

const kleine =
  'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  );
const zehner = '_ _ zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');

/** Also of years: `neunzehnhundert` is nineteen hundreds. @returns NaN for what is no number */
export function readGerman(text: string): number {
  const [, thousands, below = ''] = /^(?:(.+)tausend)?(.*)$/.exec(text)!;
  return (thousands === undefined ? 0 : 1000 * readGerman(thousands)) + (below === '' ? 0 : belowThousand(below));
}

function belowThousand(text: string): number {
  const [, hundreds, rest = ''] = /^(?:(.+)hundert)?(.*)$/.exec(text)!;
  const above = hundreds === undefined ? 0 : 100 * belowHundred(hundreds);
  return rest === '' ? above : above + belowHundred(rest);
}

function belowHundred(text: string): number {
  if (text === 'eins') return 1;
  if (kleine.includes(text)) return kleine.indexOf(text);
  if (zehner.includes(text)) return 10 * zehner.indexOf(text);
  const [, one = '', ten = ''] = /^(.+)und(.+)$/.exec(text) ?? [];
  return kleine.includes(one) && zehner.includes(ten) ? kleine.indexOf(one) + 10 * zehner.indexOf(ten) : NaN;
}

/** `einundzwanzigste`. */
export function readGermanOrdinal(text: string): number {
  const special = text
    .replace(/erste$/, 'eins')
    .replace(/dritte$/, 'drei')
    .replace(/siebte$/, 'sieben')
    .replace(/achte$/, 'acht');
  const endings = special === text ? [/te$/, /ste$/] : [/$/];
  return (
    endings
      .map((ending) => readGerman(text === special ? text.replace(ending, '') : special))
      .find((value) => !Number.isNaN(value)) ?? NaN
  );
}
