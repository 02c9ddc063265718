/**
 * Ways to write spans as one tag a token. IOB1 (Ramshaw & Marcus 1995): `B-` only where a span follows one of its own type; IOB2: every
 * span begins with `B-`; IOE1 and IOE2: the same with `E-` at the end; IOBES: begin, inside, end, single; BILOU: the same
 * with L and U; none: every tag stands for itself.
 */
export const schemeNames = ['iob1', 'iob2', 'ioe1', 'ioe2', 'iobes', 'bilou', 'none'] as const;

export type SchemeName = (typeof schemeNames)[number];
