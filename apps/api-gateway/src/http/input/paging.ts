import { InQuery } from './field';
import { cursor, integer } from './kinds';

/** Of pages that a cursor leads through. */
export const PAGE_LIMIT = { min: 1, max: 100, default: 25 } as const;

/** Of compact rows of numbers; of others as many as of any page. */
export const NUMBERS_LIMIT = { min: 1, max: 1000, default: 25 } as const;

/** Of connections, which the documents show all at once: as many as a partner may have unless its quota was raised. */
export const CONNECTIONS_LIMIT = { min: 1, max: 100, default: 100 } as const;

/** Of Vocobase's own lists, which offsets lead through; VoiceLink pages its lists itself. */
export const LIST_LIMIT = { min: 1, max: 100, default: 10 } as const;
export const LIST_OFFSET = { min: 0, max: 1_000_000, default: 0 } as const;

export const ListLimit = (): PropertyDecorator =>
  InQuery('limit', integer(LIST_LIMIT), { description: 'Rows per answer.' });

export const ListOffset = (): PropertyDecorator =>
  InQuery('offset', integer(LIST_OFFSET), { description: 'Rows to pass over.' });

export const Cursor = (): PropertyDecorator =>
  InQuery('cursor', cursor, { description: '`next_cursor` of the previous page; omit it for the first page.' });
