import type { ChartColour } from '@unroll/core';

/**
 * Colours by the name of their CSS variable. A drawing names variables only, so that one serves a light and a dark page;
 * where there is no page, in files, `inLight` puts the colours in.
 */
export const lightColours = {
  page: '#fbfbfa',
  card: '#ffffff',
  ink: '#1d2229',
  soft: '#656d78',
  rule: '#e3e5e8',
  quote: '#f4f5f7',
  s0: '#1f6fd6',
  s1: '#d9622b',
  s2: '#2b9a66',
  s3: '#8a5cd1',
  s4: '#b8860b',
  s5: '#c2417c',
} as const;

export const darkColours: Readonly<Record<keyof typeof lightColours, string>> = {
  page: '#14171b',
  card: '#1c2026',
  ink: '#e6e9ee',
  soft: '#98a1ad',
  rule: '#2d333b',
  quote: '#22272e',
  s0: '#6ca8ff',
  s1: '#ff9a63',
  s2: '#5ccf97',
  s3: '#b794f6',
  s4: '#e0b84c',
  s5: '#f28bb8',
};

const paletteSize = 6;

export function colourVariable(colour: ChartColour): string {
  return `var(--${typeof colour === 'number' ? `s${colour % paletteSize}` : colour})`;
}

/** The declarations of a style sheet: `--ink: #1d2229; …` */
export function colourDeclarations(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}

/** A drawing whose variables are the colours of a light page, for programs that know no style sheets. */
export function inLight(svg: string): string {
  return svg.replace(/var\(--(\w+)\)/g, (whole, name: string) => {
    return (lightColours as Readonly<Record<string, string>>)[name] ?? whole;
  });
}
