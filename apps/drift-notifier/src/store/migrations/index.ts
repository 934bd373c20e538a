import { Tables1764500000001 } from './0001-tables';

/** In order; a later one never edits an earlier one. */
export const MIGRATIONS = [Tables1764500000001] as const;
