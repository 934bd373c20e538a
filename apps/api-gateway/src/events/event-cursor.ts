import type { WatchedPage } from '@dialtone/engine';
import { decodeCursor, encodeCursor } from '@dialtone/persistence';
import { ApiError } from '../http/errors/api-error';

const POSITION = /^\d{1,18}$/;

/** Opaque to callers: everything up to this position is known to them. */
export const cursorAt = (position: bigint): string => encodeCursor(String(position));

/** Throws InvalidCursorError. */
export const positionOf = (cursor: string): bigint => BigInt(decodeCursor(cursor, POSITION)[0] ?? 0);

export const cursorExpired = (): ApiError =>
  new ApiError(
    'CURSOR_EXPIRED',
    'Events after this cursor are deleted: read once with cursor=latest, list again what you follow, and go on from that next_cursor.',
  );

/** Whether nothing is missing after `position`. One beyond the end is of another log, that of a backup for example. */
export const isComplete = (position: bigint, { prunedTo, end }: Pick<WatchedPage, 'prunedTo' | 'end'>): boolean =>
  position >= prunedTo && position <= end;
