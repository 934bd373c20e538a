import { type AnyLoggedEvent, EVENT_EXAMPLES, type OutboundEventType } from '@dialtone/contracts';
import { randomUUID } from 'node:crypto';

/** An event of a DID with the example's data; ids are fresh unless given. */
export const didEvent = (about: {
  readonly connectionId: string;
  readonly key: string;
  readonly seq: number;
  readonly type?: OutboundEventType;
}): AnyLoggedEvent => {
  const { connectionId, key, seq, type = 'dialtone.drift.detected.v1' } = about;
  const identity = { connection_id: connectionId, key, phone_number: `+${key}`, seq };
  const data = { ...EVENT_EXAMPLES[type], ...identity };
  return { event_id: randomUUID(), type, connection_id: connectionId, key, seq, data } as AnyLoggedEvent;
};

/** An event of a whole connection. */
export const connectionEvent = (connectionId: string): AnyLoggedEvent => {
  const type = 'dialtone.warning.raised.v1';
  const data = { ...EVENT_EXAMPLES[type], connection_id: connectionId };
  return { event_id: randomUUID(), type, connection_id: connectionId, key: null, seq: null, data };
};
