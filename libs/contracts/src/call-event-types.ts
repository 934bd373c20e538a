import type { CallChangedData } from './event-data';
import { named } from './definitions';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import { CONNECTION_SCOPE, OCCURRED_AT, text, time, uuid } from './schema-parts';

/** Outbound calls. */
export const CALL_EVENTS = {
  'dialtone.call.changed.v1': event<CallChangedData>({
    schema: objectSchema<CallChangedData>({
      description:
        'An outbound call was recorded, or more is known of it: the whole of what is known. Carriers tell late and in any order, so a status may be left out; none is ever taken back. The called number is not told: ask the REST API for the call.',
      properties: {
        ...CONNECTION_SCOPE,
        call_id: uuid('The call.'),
        session_id: uuid('Its session with the agent.'),
        agent_id: uuid('The agent that talks.'),
        provider: text('The carrier, for example plivo. Others may be added.'),
        from_number: text('The caller id as the partner wrote it.'),
        status: named('CallStatus', 'How far it has come; completed and all that follow are ends.'),
        previous_status: named(
          'CallStatus',
          'Left out when the call was just recorded; the status itself when something else is known now.',
        ),
        started_at: time('When it was answered; left out while that is not known.'),
        ended_at: time('When it ended; left out while that is not known.'),
        duration_seconds: { type: 'integer', minimum: 0, description: 'How long it lasted, as far as it is known.' },
        error_message: text('Why it was not completed, by the carrier; for people.'),
        occurred_at: OCCURRED_AT,
      },
      optional: {
        previous_status: true,
        started_at: true,
        ended_at: true,
        duration_seconds: true,
        error_message: true,
      },
    }),
    topic: 'telephony.calls.v1',
    keyedBy: 'connection',
    example: {
      ...example.connection,
      call_id: 'c1234567-abcd-4234-8bcd-123456789012',
      session_id: '51234567-abcd-4234-8bcd-123456789012',
      agent_id: example.known.agent_id,
      provider: 'plivo',
      from_number: example.did.phone_number,
      status: 'completed',
      previous_status: 'in_progress',
      started_at: '2026-11-21T10:50:04.000Z',
      ended_at: '2026-11-21T10:51:16.000Z',
      duration_seconds: 72,
      occurred_at: '2026-11-21T10:51:16.400Z',
    },
  }),
} as const;
