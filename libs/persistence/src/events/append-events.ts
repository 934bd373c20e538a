import type { NewEvent } from '@dialtone/contracts';
import type { Queryable } from '../db';
import { appendTold } from './append-change';

/** See `appendTold`; for what is told and is no part of the history. What may make work due, or change a connection, takes `appendChange`. */
export const appendEvents = (db: Queryable, events: readonly NewEvent[]): Promise<void> => appendTold(db, { events });
