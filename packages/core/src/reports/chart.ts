/** A chart as plain data: what to draw, not how. The command line draws it as SVG, PNG and in `report.html`. */
export interface Chart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** drawn in this order; layers without a finite point are left out */
  readonly layers: readonly ChartLayer[];
}

/** Numbers in a table, shown as shades: which row has most to do with which column. */
export interface HeatMap {
  readonly title: string;
  /** at the left, from the top */
  readonly rows: readonly string[];
  /** at the top, from the left */
  readonly columns: readonly string[];
  /** `[row][column]` in 0 … 1 */
  readonly values: readonly ArrayLike<number>[];
}

export interface ChartAxis {
  /** time: milliseconds since 1970, shown in UTC; logarithm: positive numbers; category: names, in the order of the first layer */
  readonly kind: 'number' | 'time' | 'logarithm' | 'category';
  /** what is measured and in what unit; nothing where the title says it */
  readonly name?: string;
}

/** Where nothing is known `y` is null, and the line is interrupted. */
export type ChartPoint = readonly [x: number | string, y: number | null];

/** `ink` is that of text; numbers are the colours of the palette, in the order of the layers unless given. */
export type ChartColour = 'ink' | 'soft' | number;

interface NamedLayer {
  /** in the legend; '' = not in it */
  readonly name: string;
  readonly colour?: ChartColour;
}

export interface ChartLine extends NamedLayer {
  readonly kind: 'line' | 'dashes';
  readonly points: readonly ChartPoint[];
}

export interface ChartDots extends NamedLayer {
  readonly kind: 'dots' | 'bars';
  readonly points: readonly ChartPoint[];
}

/** The area between two curves, lighter than a line of the same colour; bands over bands get darker. */
export interface ChartBand extends NamedLayer {
  readonly kind: 'band';
  readonly points: readonly (readonly [x: number | string, low: number | null, high: number | null])[];
}

/** A vertical line with its name beside it. */
export interface ChartMark extends NamedLayer {
  readonly kind: 'mark';
  readonly at: number | string;
}

export type ChartLayer = ChartLine | ChartDots | ChartBand | ChartMark;
