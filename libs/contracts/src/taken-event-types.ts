import type { InboundLostData } from './event-data';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import { CONNECTION_SCOPE, KNOWN_IDS, OCCURRED_AT, oneOf, PHONE_NUMBER } from './schema-parts';
import { INBOUND_LOSS_CODES } from './vocabulary';

/** What is taken from a partner without its asking. */
export const TAKEN_EVENTS = {
  'dialtone.inbound.lost.v1': event<InboundLostData>({
    schema: objectSchema<InboundLostData>({
      description:
        'A number does not take inbound calls on this connection any more, though its partner did not ask for it.',
      properties: {
        ...CONNECTION_SCOPE,
        phone_number: PHONE_NUMBER,
        local_phone_number_id: KNOWN_IDS.local_phone_number_id,
        reason: oneOf(
          INBOUND_LOSS_CODES,
          'proven_elsewhere: a verified carrier lists the number for another partner, and for none of the connections of this one. released: an operator took the claim back. Others may be added.',
        ),
        occurred_at: OCCURRED_AT,
      },
      optional: {},
    }),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: {
      ...example.connection,
      phone_number: example.did.phone_number,
      local_phone_number_id: example.known.local_phone_number_id,
      reason: 'proven_elsewhere',
      occurred_at: '2026-11-21T10:30:00.000Z',
    },
  }),
} as const;
