import type { CallsLimitedData, InboundLostData } from './event-data';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import { CONNECTION_SCOPE, KNOWN_IDS, OCCURRED_AT, openList, PHONE_NUMBER } from './schema-parts';
import { CALL_LIMIT_CODES, INBOUND_LOSS_CODES } from './vocabulary';

/** What a partner is refused, or loses without its asking. */
export const TAKEN_EVENTS = {
  'dialtone.inbound.lost.v1': event<InboundLostData>({
    schema: objectSchema<InboundLostData>({
      description:
        'A number does not take inbound calls on this connection any more, though its partner did not ask for it.',
      properties: {
        ...CONNECTION_SCOPE,
        phone_number: PHONE_NUMBER,
        local_phone_number_id: KNOWN_IDS.local_phone_number_id,
        reason: openList(
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
  'dialtone.calls.limited.v1': event<CallsLimitedData>({
    schema: objectSchema<CallsLimitedData>({
      description:
        'A limit of the partner refused a call on this connection. Told of the first refusal only: once a day for the calls a day, once for each used up minute of an API key or of the partner, once an hour for destinations. A minute of calls is of no connection, so it is told of on the oldest one of the partner.',
      properties: {
        ...CONNECTION_SCOPE,
        reason: openList(
          CALL_LIMIT_CODES,
          'calls_per_day: all calls of the day are used. key_calls_per_minute: one API key has used up its requests to /calls of the minute. partner_calls_per_minute: all API keys together have. destination_country: the country is not allowed. destination_premium: the caller would pay more than for a call. destination_network: a satellite or another network of no country. destination_unknown: no such calling code. Others may be added.',
        ),
        occurred_at: OCCURRED_AT,
      },
      optional: {},
    }),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: { ...example.connection, reason: 'destination_country', occurred_at: '2026-11-21T10:40:00.000Z' },
  }),
} as const;
