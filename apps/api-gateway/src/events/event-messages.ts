import type { WatchedEvent } from '@dialtone/engine';
import type { ApiError } from '../http/errors/api-error';
import { failure } from '../http/errors/envelope';
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

/** The first message: where the stream begins, and when to come back. */
export const openingMessage = (position: bigint): string => `retry: ${String(RETRY_MS)}\n${bookmark(position)}`;

/** Nothing up to here is for this stream: whoever comes back need not read it again. */
export const bookmark = (position: bigint): string =>
  message({ id: cursorAt(position), event: 'bookmark', data: '{}' });

/** A comment, which clients pass over. */
export const HEARTBEAT = ':\n\n';

/** The last message, as the answer would have been. */
export const errorMessage = ({ code, message: text }: ApiError): string =>
  message({ event: 'error', data: JSON.stringify(failure(code, text)) });
