import type { NewEvent } from '@dialtone/contracts';
import type { Queryable } from '../db';
import { appendChange } from './append-change';

/** See `appendChange`; for what is told and is no part of the history. */
export const appendEvents = (db: Queryable, events: readonly NewEvent[]): Promise<void> => appendChange(db, { events });
