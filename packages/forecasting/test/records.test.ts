import { describe, expect, test } from 'vitest';
import { formatFrequency, formatTime, timeAt, type Series } from '@unroll/forecasting';
import { column, every, read, type DataInput } from './csv-text.js';

const values = (series: Series | undefined) => series?.targets.map((target) => Array.from(target));

describe('layouts', () => {
  test('long: a row is a step of a series, with covariates of every kind', async () => {
    const text = `when,shop,sold,price,weather,region
2020-01-01,b,3,1.5,sun,north
2020-01-01,a,1,2.5,rain,south
2020-01-02,a,2,2,sun,south
2020-01-04,b,4,1.25,snow,north
2020-01-03,b,,1,sun,north
2020-01-05,b,,0.5,rain,north
`;
    const { panel, lines } = await read(text, {
      id: 'shop',
      target: ['sold'],
      known: ['price'],
      past: ['weather'],
      static: ['region'],
    });
    expect(panel.targetNames).toEqual(['sold']);
    expect(panel.known).toEqual([{ name: 'price' }]);
    expect(panel.past).toEqual([{ name: 'weather', categories: ['sun', 'rain', 'snow'] }]);
    expect(panel.static).toEqual([{ name: 'region', categories: ['north', 'south'] }]);
    const [b, a] = panel.series;
    expect(b).toEqual({
      id: 'b',
      start: Date.UTC(2020, 0, 1),
      // The last row has no target: it is the future that the price is known of.
      length: 4,
      targets: [Float64Array.of(3, NaN, NaN, 4)],
      past: [Float64Array.of(0, NaN, 0, 2)],
      known: [Float64Array.of(1.5, NaN, 1, 1.25, 0.5)],
      static: Float64Array.of(0),
    });
    expect(a).toMatchObject({ id: 'a', length: 2, targets: [Float64Array.of(1, 2)], static: Float64Array.of(1) });
    expect(lines).toEqual([
      'sales.csv: 2 series of 2 to 4 steps, time in "when", frequency day, target sold',
      'missing: 2 values of 6',
    ]);
  });

  test('wide: columns are channels of one series', async () => {
    const { panel } = await read('date,x,name,y\n2020-01,1,p,3\n2020-02,2,q,4\n');
    expect(panel.targetNames).toEqual(['x', 'y']);
    expect(panel.series).toHaveLength(1);
    expect(panel.series[0]!.id).toBe('');
    expect(values(panel.series[0])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(formatFrequency(panel.frequency)).toBe('month');
  });

  test('wide: columns are series of their own, from their first value on', async () => {
    const text = 'date,x,y,z,price\n2020-01-01,1,,,7\n2020-01-02,,3,,8\n2020-01-03,2,4,,9\n';
    const { panel, lines } = await read(text, { seriesIn: 'columns', past: ['price'] });
    expect(panel.targetNames).toEqual(['value']);
    expect(panel.series.map(({ id }) => id)).toEqual(['x', 'y']);
    expect(values(panel.series[0])).toEqual([[1, NaN, 2]]);
    expect(panel.series[1]).toMatchObject({ start: Date.UTC(2020, 0, 2), length: 2, past: [Float64Array.of(8, 9)] });
    expect(lines[0]).toBe('left out, without any value: 1 series (z)');
  });

  test('rows: a row is a series, padded at its end', async () => {
    const text = '"V1","V2","V3","V4"\n"H1",1,2,3\n"H2",4,,\n"H3",,5,6\n';
    const { panel, bounds } = await read(text, {}, { test: '"V1","V2"\n"H2",7\n"H1",8\n' });
    expect(panel.series.map(({ id }) => id)).toEqual(['H1', 'H2', 'H3']);
    expect(panel.series.map((series) => values(series)![0])).toEqual([
      [1, 2, 3, 8],
      [4, 7],
      [NaN, 5, 6],
    ]);
    expect(panel.frequency.unit).toBe('step');
    expect(bounds).toEqual([
      { trainEnd: 3, validEnd: 3, testEnd: 4 },
      { trainEnd: 1, validEnd: 1, testEnd: 2 },
      { trainEnd: 3, validEnd: 3, testEnd: 3 },
    ]);
  });

  test('rows: times in the header', async () => {
    const text = 'page,kind,2020-01-01,2020-01-02,2020-01-03\np,x,1,2,3\nq,y,,5,\n';
    const { panel } = await read(text, { layout: 'rows', static: ['kind'] });
    expect(panel.frequency.unit).toBe('day');
    expect(panel.series[1]).toMatchObject({ id: 'q', static: Float64Array.of(1) });
    expect(values(panel.series[1])).toEqual([[NaN, 5]]);
    expect(panel.series[1]!.start).toBe(Date.UTC(2020, 0, 1));
  });

  test('without header and times, and with the time that it began', async () => {
    const text = '1.5,2.5\n3.5,4.5\n';
    const { panel } = await read(text, { time: 'none' });
    expect(panel.targetNames).toEqual(['1', '2']);
    expect(panel.frequency.unit).toBe('step');
    const dated = await read(text, { time: 'none', start: '2020-01-31', frequency: 'month' });
    expect(formatTime(timeAt(dated.panel.series[0]!.start, 1, dated.panel.frequency), dated.panel.frequency)).toBe(
      '2020-02-29',
    );
  });

  test('files that follow each other are one panel', async () => {
    const train = 'id,t,v\na,2020-01-01,1\na,2020-01-02,2\nb,2020-01-01,3\n';
    // Another order of columns, and a gap between the files.
    const more = { valid: 't,id,v\n2020-01-04,a,4\n', test: 'v,id,t\n5,b,2020-01-02\n6,c,2020-01-05\n' };
    const { panel, bounds } = await read(train, { id: 'id' }, more);
    expect(panel.series.map((series) => values(series)![0])).toEqual([[1, 2, NaN, 4], [3, 5], [6]]);
    expect(bounds).toEqual([
      { trainEnd: 2, validEnd: 4, testEnd: 4 },
      { trainEnd: 1, validEnd: 1, testEnd: 2 },
      { trainEnd: 0, validEnd: 0, testEnd: 1 },
    ]);
  });
});

describe('the form of a file is found', () => {
  const forms: readonly (readonly [name: string, text: string, data?: DataInput])[] = [
    ['semicolons and decimal commas', 'Datum;Wert\n01.02.2020;1,5\n02.02.2020;-2,25\n13.02.2020;3\n'],
    ['tabs', 'Datum\tWert\n2020-02-01\t1.5\n2020-02-02\t-2.25\n2020-02-13\t3\n'],
    [
      'bars, quotes and \\r\\n',
      '\ufeff"Datum"|"Wert"\r\n"2020-02-01"|"1.5"\r\n"2020-02-02"|"-2.25"\r\n2020-02-13|3\r\n',
    ],
    ['American dates', 'Datum,Wert\n2/1/2020,1.5\n2/2/2020,-2.25\n2/13/2020,3\n'],
    ['no header', '2020-02-01,1.5\n2020-02-02,-2.25\n2020-02-13,3'],
    ['decimal commas in quotes', 'Datum,Wert\n2020-02-01,"1,5"\n2020-02-02,"-2,25"\n2020-02-13,3\n'],
    [
      'times beside the date',
      'year,month,day,Wert\n2020,2,1,1.5\n2020,2,2,-2.25\n2020,2,13,3\n',
      { time: 'year,month,day' },
    ],
    [
      'a pattern',
      'Datum,Wert\n1|2|20,1.5\n2|2|20,-2.25\n13|2|20,3\n',
      { timeFormat: 'd|M|yy', time: 'Datum', delimiter: ',' },
    ],
    ['epoch seconds', 'time,Wert\n1580515200,1.5\n1580601600,-2.25\n1581552000,3\n'],
    ['epoch milliseconds', 'time,Wert\n1580515200000,1.5\n1580601600000,-2.25\n1581552000000,3\n'],
  ];
  test.each(forms.map(([name, text, data]) => ({ name, text, data })))('$name', async ({ text, data = {} }) => {
    const { panel } = await read(text, data);
    expect(panel.series[0]!.start).toBe(Date.UTC(2020, 1, 1));
    expect(values(panel.series[0])).toEqual([[1.5, -2.25, ...Array<number>(10).fill(NaN), 3]]);
    expect(formatFrequency(panel.frequency)).toBe('day');
  });

  test('missing values are texts or numbers of the configuration', async () => {
    const text =
      'time,v\n2020-01-01,NA\n2020-01-02,-9999.0\n2020-01-03, \n2020-01-04,NaN\n2020-01-05,-\n2020-01-06,0\n';
    const { panel } = await read(text, { missing: ['NA', 'NaN', '-', '-9999'] });
    expect(values(panel.series[0])).toEqual([[NaN, NaN, NaN, NaN, NaN, 0]]);
  });
});

describe('the frequency is found', () => {
  test.each([
    ['hour', every(60, '2020-02-28T22:00', 30)],
    ['15 minutes', every(15, '2020-02-28T22:10', 9)],
    ['day', ['2020-02-28', '2020-02-29', '2020-03-01']],
    ['business day', ['2020-02-26', '2020-02-27', '2020-02-28', '2020-03-02', '2020-03-04']],
    ['week', ['2020-02-03', '2020-02-10', '2020-02-24']],
    ['2 weeks', ['2020-02-03', '2020-02-17', '2020-03-02']],
    ['month', ['2020-01', '2020-02', '2020-04']],
    ['month', ['2020-01-31', '2020-02-28', '2020-03-31', '2020-04-30', '2020-05-29']],
    ['quarter', ['2019-12-31', '2020-03-31', '2020-06-30', '2020-12-31']],
    ['quarter', ['2019Q4', '2020Q1', '2020Q2']],
    ['year', ['1949', '1950', '1952']],
    ['year', ['2019-06-30', '2020-06-30', '2021-06-30']],
    ['4 weeks', every(60 * 24 * 28, '2020-01-01T00:00', 14)],
    ['30 seconds', ['2020-01-01 00:00:00', '2020-01-01 00:00:30', '2020-01-01 00:01:30']],
    // Four rows of ten are there: the distances 4 and 6 have the step 2 in common.
    ['2 hours', ['2020-01-01 00:00', '2020-01-01 04:00', '2020-01-01 10:00', '2020-01-01 14:00', '2020-01-01 18:00']],
    ['step', ['0', '1', '3']],
    ['10 steps', ['100', '110', '130']],
  ])('%s', async (frequency, times) => {
    const { panel, lines } = await read(column(times));
    expect(formatFrequency(panel.frequency)).toBe(frequency);
    expect(lines.join()).toContain(`frequency ${frequency}`);
    const [series] = panel.series;
    expect(values(series)![0]!.filter((value) => !Number.isNaN(value))).toEqual(times.map((_, index) => index + 1.5));
  });

  test('and gaps become missing steps, at their places', async () => {
    const { panel } = await read(column(['2020-01', '2020-02', '2020-05']));
    expect(values(panel.series[0])).toEqual([[1.5, 2.5, NaN, NaN, 3.5]]);
  });

  test('one that is given is taken, over series of one row too', async () => {
    const { panel } = await read('id,time,v\na,2020-01-01,1\nb,2020-01-02,2\n', { id: 'id', frequency: '12 h' });
    expect(formatFrequency(panel.frequency)).toBe('12 hours');
    expect(panel.series.map(({ length }) => length)).toEqual([1, 1]);
    const counted = await read('t,v\n20,1\n', { frequency: '10 steps' });
    expect(formatFrequency(counted.panel.frequency)).toBe('10 steps');
  });
});

describe('the clock', () => {
  const local = (from: string, count: number) =>
    every(30, from, count).map((time) => {
      const stamp = new Date(`${time}Z`).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
      return stamp.slice(0, 16);
    });

  test.each([
    ['put forward', '2020-03-28T20:00', '2020-03-29 03:00', '2020-03-29 02:00'],
    ['put back', '2020-10-24T20:00', '2020-10-25 02:30', '2020-10-25 04:30'],
  ])('%s is neither a gap nor a duplicate', async (_name, from, contained) => {
    const times = local(from, 40);
    expect(times).toContain(contained);
    const { panel } = await read(column(times), { timeZone: 'Europe/Berlin' });
    expect(formatFrequency(panel.frequency)).toBe('30 minutes');
    expect(panel.series[0]!.start).toBe(Date.parse(`${from}Z`));
    expect(values(panel.series[0])).toEqual([times.map((_, index) => index + 1.5)]);
  });

  test('does not move days', async () => {
    const { panel } = await read(column(['2020-03-28', '2020-03-29', '2020-03-30', '2020-04-01']), {
      timeZone: 'Europe/Berlin',
    });
    expect(formatFrequency(panel.frequency)).toBe('day');
    expect(values(panel.series[0])).toEqual([[1.5, 2.5, 3.5, NaN, 4.5]]);
  });
});

describe('rows with one time', () => {
  const text = 'time,v,w\n2020-01-01,1,5\n2020-01-02,2,\n2020-01-02,4,7\n2020-01-03,8,9\n';

  test.each([
    ['first', 2, 7],
    ['last', 4, 7],
    ['mean', 3, 7],
    ['sum', 6, 7],
  ] as const)('%s', async (duplicates, v, w) => {
    const { panel, lines } = await read(text, { duplicates });
    expect(values(panel.series[0])).toEqual([
      [1, v, 8],
      [5, w, 9],
    ]);
    expect(lines).toContain('merged: 1 row with the time of another');
  });
});

describe('what may be a mistake is said', () => {
  test('constant series', async () => {
    const { panel, lines } = await read('id,time,v\na,2020-01-01,1\na,2020-01-02,1\nb,2020-01-01,1\nb,2020-01-02,2\n', {
      id: 'id',
    });
    expect(panel.series).toHaveLength(2);
    expect(lines).toContain('warning: constant: a');
  });

  test('a channel without a value', async () => {
    const { lines } = await read('time,v,w\n2020-01-01,1,\n2020-01-02,2,\n');
    expect(lines).toContain('warning: without any value: w; name the others as targets');
  });

  test('a series without a value is left out', async () => {
    const { panel, lines } = await read('id,time,v\na,2020-01-01,\na,2020-01-02,\nb,2020-01-01,1\nb,2020-01-02,2\n', {
      id: 'id',
    });
    expect(panel.series.map(({ id }) => id)).toEqual(['b']);
    expect(lines).toContain('left out, without any value: 1 series (a)');
  });

  test.each([
    [
      'itself',
      { target: ['v'], known: ['v'] },
      'the known covariate v is the target itself: it says what is to be forecast',
    ],
    ['a copy', { target: ['v'], known: ['copy'] }, 'the known covariate copy is v in other units or a copy'],
    ['in other units', { target: ['v'], known: ['units'] }, 'the known covariate units is v in other units'],
    ['in the past', { target: ['v'], past: ['copy'] }, 'the past covariate copy is v in other units or a copy'],
  ])('the target among the covariates: %s', async (_name, data, message) => {
    const rows = every(60, '2020-01-01T00:00', 20).map((time, i) => {
      const v = Math.sin(i * i);
      return `${time},${v},${v},${v * -3.6 + 32},${i === 7 ? 0 : Math.cos(i * i)}`;
    });
    const text = ['time,v,copy,units,honest', ...rows].join('\n');
    const { lines } = await read(text, data);
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([expect.stringContaining(message)]);
    const honest = await read(text, { target: ['v'], known: ['honest'] });
    expect(honest.lines.join()).not.toContain('warning');
  });
});
