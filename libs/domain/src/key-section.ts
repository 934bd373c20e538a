/** The lists that say something about one key. */
export const KEY_SECTIONS = ['dids', 'bots', 'routing'] as const;
export type KeySection = (typeof KEY_SECTIONS)[number];
