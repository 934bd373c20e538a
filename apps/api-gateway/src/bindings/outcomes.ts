export const OUTCOMES = ['pending', 'settled', 'progressing', 'retry', 'stalled'] as const;
export type BindingOutcome = (typeof OUTCOMES)[number];
