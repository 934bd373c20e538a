import type { WatchedEvent } from '@dialtone/engine';
import type { NumberRow } from '@dialtone/persistence';
import type { ApiError } from '../http/errors/api-error';
import { failure } from '../http/errors/envelope';
import { toNumberRow } from '../readiness/numbers/number-row.mapper';
import { cursorAt } from './event-cursor';
import { asCloudEvent } from './events.service';

/** How long a client is to wait before it comes back. */
const RETRY_MS = 1_000;

/** An event is written once for all streams that it is sent to. */
const written = new WeakMap<WatchedEvent, string>();

/** JSON has no line breaks of its own: `data` is one line. */
const message = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n`;

/** Throws SERVICE_UNAVAILABLE for an event that only a newer version knows. */
export const eventMessage = (event: WatchedEvent): string => {
  const known = written.get(event);
  if (known !== undefined) return known;
  const { type, position } = event;
  const text = message({ id: cursorAt(position), event: type, data: JSON.stringify(asCloudEvent(event)) });
  written.set(event, text);
  return text;
};

/** Before the first message: when to come back. */
export const RETRY = `retry: ${String(RETRY_MS)}\n`;

/** Nothing up to here is for this stream: a client that comes back need not read it again. */
export const bookmark = (position: bigint): string =>
  message({ id: cursorAt(position), event: 'bookmark', data: '{}' });

/** A number as it is. Without an id: a client that is cut off before the snapshot is complete begins with it again. */
export const numberMessage = (row: NumberRow): string =>
  message({ event: 'snapshot', data: JSON.stringify(toNumberRow(row)) });

/** After the last number of a snapshot. The events from this position on make it current. */
export const snapshotEnd = (position: bigint): string =>
  message({ id: cursorAt(position), event: 'bookmark', data: '{"snapshot":"complete"}' });

/** A comment, which clients pass over. */
export const HEARTBEAT = ':\n\n';

/** The last message, as the answer would have been. */
export const errorMessage = ({ code, message: text }: ApiError): string =>
  message({ event: 'error', data: JSON.stringify(failure(code, text)) });
