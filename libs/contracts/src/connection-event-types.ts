import type { AccountSharedData, WarningData, WritesHeldData, WritesResumedData } from './event-data';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import { accountShared, ACTOR, CONNECTION_SCOPE, OCCURRED_AT, REASON, text, warning } from './schema-parts';

/** The event types about a whole connection. */
export const CONNECTION_EVENTS = {
  'dialtone.account.shared.v1': event<AccountSharedData>({
    schema: accountShared(
      'Several active connections of the partner use one VoiceLink account. Each of its numbers is judged on one of them only.',
    ),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: { ...example.accountShared, occurred_at: '2026-11-21T10:15:00.000Z' },
  }),
  'dialtone.account.unshared.v1': event<AccountSharedData>({
    schema: accountShared('No other active connection of the partner uses the account any more.'),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: { ...example.accountShared, occurred_at: '2026-11-21T10:25:00.000Z' },
  }),
  'dialtone.warning.raised.v1': event<WarningData>({
    schema: warning(
      'An upstream list could not be read completely. Until it is cleared, a warning about dids, bots or routing means that no verdict of the connection can be confirmed: all are stale.',
    ),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: {
      ...example.warning,
      message: 'bots: HTTP 500 on page 1',
      occurred_at: '2026-11-21T10:05:00.000Z',
    },
  }),
  'dialtone.warning.cleared.v1': event<WarningData>({
    schema: warning('The list of an earlier warning was read completely again.'),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: {
      ...example.warning,
      message: 'bots: HTTP 500 on page 1',
      occurred_at: '2026-11-21T10:06:00.000Z',
    },
  }),
  'dialtone.writes.held.v1': event<WritesHeldData>({
    schema: objectSchema<WritesHeldData>({
      description:
        'All writes to VoiceLink for a connection are held until an operator or the partner acknowledges the hold.',
      properties: { ...CONNECTION_SCOPE, reason: REASON, occurred_at: OCCURRED_AT },
      optional: {},
    }),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: {
      ...example.connection,
      reason:
        '14 of 900 DIDs broke or vanished in one sweep, more than the limit of 10; if that is true and Dialtone should act on it, acknowledge with POST /api/v2/voicelink/connections/5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10/acknowledge-hold or dialtone-admin acknowledge-hold 5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10',
      occurred_at: '2026-11-21T10:10:00.000Z',
    },
  }),
  'dialtone.writes.resumed.v1': event<WritesResumedData>({
    schema: objectSchema<WritesResumedData>({
      description: 'A hold was acknowledged.',
      properties: {
        ...CONNECTION_SCOPE,
        reason: text('The reason of the hold that ended.'),
        actor: ACTOR,
        occurred_at: OCCURRED_AT,
      },
      optional: {},
    }),
    topic: 'voicelink.warnings.v1',
    keyedBy: 'connection',
    example: {
      ...example.connection,
      reason: '14 of 900 DIDs broke in one sweep (limit 10)',
      actor: example.binding.actor,
      occurred_at: '2026-11-21T10:20:00.000Z',
    },
  }),
} as const;
