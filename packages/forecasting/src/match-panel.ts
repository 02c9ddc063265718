import { DataError, parseConfig, type Frozen } from '@unroll/core';
import { formatFrequency } from './calendar/frequency.js';
import { forecastingConfigSchema, type ForecastingConfig } from './config.js';
import type { Column, Panel, PanelFacts, Series } from './types.js';

/** The configuration with which other files are read for a trained model: what was found by itself is now asked for. */
export function configForFacts(config: ForecastingConfig, facts: PanelFacts): ForecastingConfig {
  const { data } = config;
  // series of a row or of a column each have no name for what they hold
  const isNamed = data.target.length === 0 && data.seriesIn !== 'columns' && facts.targetNames.join() !== 'value';
  const input: Frozen<ForecastingConfig> = {
    ...config,
    data: {
      ...data,
      ...(isNamed && { target: facts.targetNames }),
      past: namesOf(facts.past),
      known: namesOf(facts.known),
      static: namesOf(facts.static),
      frequency: formatFrequency(facts.frequency),
    },
  };
  return parseConfig(forecastingConfigSchema, input);
}

/**
 * A panel as a trained model expects it: the same columns in the same order, categories by the model's numbers. A
 * category that the model never met is a missing value.
 *
 * @throws {DataError} `data/columns` for other columns, `data/frequency` for other steps
 */
export function matchPanel(panel: Panel, facts: PanelFacts): Panel {
  const { frequency } = facts;
  if (panel.frequency.unit !== frequency.unit || panel.frequency.count !== frequency.count) {
    const message = `${panel.name} has a step every ${formatFrequency(panel.frequency)}, and the model was trained on every ${formatFrequency(frequency)}`;
    throw new DataError('data/frequency', `${message}; give it data of that frequency`);
  }
  const targets = placesOf(panel, { kind: 'target', have: panel.targetNames, want: facts.targetNames });
  const past = columnMap(panel, 'past', facts.past);
  const known = columnMap(panel, 'known', facts.known);
  const fixed = columnMap(panel, 'static', facts.static);
  const series = panel.series.map((each): Series => ({
    ...each,
    targets: targets.map((place) => each.targets[place]!),
    past: past.map((map) => map.apply(each.past[map.place]!)),
    known: known.map((map) => map.apply(each.known[map.place]!)),
    static: Float64Array.from(fixed, (map) => map.translate(each.static[map.place]!)),
  }));
  const { targetNames, past: pastColumns, known: knownColumns, static: staticColumns } = facts;
  return { ...panel, targetNames, past: pastColumns, known: knownColumns, static: staticColumns, series };
}

interface Wanted {
  readonly kind: string;
  readonly have: readonly string[];
  readonly want: readonly string[];
}

function placesOf({ name }: Panel, { kind, have, want }: Wanted): readonly number[] {
  const missing = want.find((column) => !have.includes(column));
  if (missing === undefined && have.length === want.length) return want.map((column) => have.indexOf(column));
  const what = missing === undefined ? 'has more' : `lacks "${missing}"`;
  const message = `${name} is not of the kind that the model was trained on: of ${kind} columns it ${what}; the model has ${listed(want)}, the file ${listed(have)}`;
  throw new DataError('data/columns', message);
}

interface ColumnMap {
  readonly place: number;
  /** of one value */
  translate(value: number): number;
  apply(values: Float64Array): Float64Array;
}

function columnMap(panel: Panel, kind: 'past' | 'known' | 'static', want: readonly Column[]): readonly ColumnMap[] {
  const places = placesOf(panel, { kind: `${kind} covariate`, have: namesOf(panel[kind]), want: namesOf(want) });
  return places.map((place, i) => {
    const [from, to] = [panel[kind][place]!.categories, want[i]!.categories];
    if ((from === undefined) !== (to === undefined)) {
      const message = `${panel.name}: "${want[i]!.name}" holds ${contentOf(from)}, and the model was trained on ${contentOf(to)}`;
      throw new DataError('data/columns', `${message}; see --set data.categorical`);
    }
    if (!from || !to || from.join('\0') === to.join('\0'))
      return { place, translate: (value) => value, apply: (values) => values };
    const numbers = from.map((category) => (to.includes(category) ? to.indexOf(category) : Number.NaN));
    const translate = (value: number) => numbers[value] ?? Number.NaN;
    return { place, translate, apply: (values) => values.map(translate) };
  });
}

function namesOf(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}

function listed(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}

function contentOf(categories: readonly string[] | undefined): string {
  return categories === undefined ? 'numbers' : 'categories';
}
