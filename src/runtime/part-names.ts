// The names of the program's parts, in the order in which they start.

export const PARTS = ['postgres', 'broker', 'ingest', 'web', 'live', 'aggregator', 'simulator'] as const;
export type Part = (typeof PARTS)[number];
