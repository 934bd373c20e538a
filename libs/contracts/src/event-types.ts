import type {
  AdvisoryData,
  BindingDeclarationData,
  BindingStatusData,
  DriftChangedData,
  DriftDetectedData,
  DriftResolvedData,
  ReadinessChangedData,
  ReconcileRequestedData,
  RepairsContestedData,
} from './event-data';
import { CALL_EVENTS } from './call-event-types';
import { CONNECTION_EVENTS } from './connection-event-types';
import { named } from './definitions';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import {
  uuid,
  time,
  openList,
  issues,
  DIGITS,
  DID_SCOPE,
  KNOWN_IDS,
  KNOWN_IDS_OPTIONAL,
  VERDICT,
  DRIFT,
  BINDING,
  nullable,
  advisory,
  contested,
  declaration,
} from './schema-parts';
import { TAKEN_EVENTS } from './taken-event-types';
import { VERDICT_END_CODES } from './vocabulary';
import { WEBHOOK_EVENTS } from './webhook-event-types';

/** Every event type, by its name (the CloudEvents `type`). A breaking change is a new name ending in the next version. */
export const EVENTS = {
  'dialtone.drift.detected.v1': event<DriftDetectedData>({
    schema: objectSchema<DriftDetectedData>({
      description: 'A DID stopped being what it should be. Once per drift.',
      properties: DRIFT,
      optional: KNOWN_IDS_OPTIONAL,
    }),
    topic: 'voicelink.drift.v1',
    keyedBy: 'did',
    example: {
      ...example.drift,
      state: 'NO_BOT',
      issues: ['NO_BOT', 'ROUTING_MISSING'],
      action_items: [example.noBot, example.routing],
      seq: 2,
      occurred_at: '2026-11-21T10:00:00.000Z',
    },
  }),
  'dialtone.drift.changed.v1': event<DriftChangedData>({
    schema: objectSchema<DriftChangedData>({
      description: 'The issues of an open drift changed.',
      properties: { ...DRIFT, previous_issues: issues('The issues before.') },
      optional: KNOWN_IDS_OPTIONAL,
    }),
    topic: 'voicelink.drift.v1',
    keyedBy: 'did',
    example: {
      ...example.drift,
      bot_id: 58,
      state: 'ROUTING_MISSING',
      issues: ['ROUTING_MISSING'],
      action_items: [example.routing],
      previous_issues: ['NO_BOT', 'ROUTING_MISSING'],
      seq: 4,
      occurred_at: '2026-11-21T10:00:01.000Z',
    },
  }),
  'dialtone.drift.resolved.v1': event<DriftResolvedData>({
    schema: objectSchema<DriftResolvedData>({
      description: 'The drift is over; issues and action_items are empty. Once per drift.',
      properties: {
        ...DRIFT,
        previous_issues: issues('The issues at the end of the drift.'),
        resolved_at: time('When the drift was seen to be over, or ended for the reason given.'),
        reason: openList(
          VERDICT_END_CODES,
          'Left out when the DID was seen to be in order. Otherwise whether it is in order is not known here any more, and the state is UNKNOWN. disconnected: its connection is not looked at any more. other_connection: another connection of the partner on the same VoiceLink account answers for it. Others may be added.',
        ),
      },
      optional: { ...KNOWN_IDS_OPTIONAL, reason: true },
    }),
    topic: 'voicelink.drift.v1',
    keyedBy: 'did',
    example: {
      ...example.drift,
      bot_id: 58,
      routing_id: 901,
      state: 'READY',
      issues: [],
      action_items: [],
      previous_issues: ['ROUTING_MISSING'],
      resolved_at: '2026-11-21T10:00:02.000Z',
      seq: 6,
      occurred_at: '2026-11-21T10:00:02.000Z',
    },
  }),
  'dialtone.readiness.changed.v1': event<ReadinessChangedData>({
    schema: objectSchema<ReadinessChangedData>({
      description:
        'The whole verdict of a DID, whenever it changes; while it flaps (dialtone.advisory.raised.v1), only when that is over. It stands until the next one; whether it could be confirmed since is told by the warnings of its connection. That nobody looks any more no record can tell: ask the REST API, whose `stale` and `age_seconds` do.',
      properties: {
        ...DID_SCOPE,
        ...KNOWN_IDS,
        ...VERDICT,
        previous_state: named('ReadinessState', 'Left out on the first verdict.'),
        drift_id: uuid('The open drift, if any.'),
        observed_at: time(
          'The observation behind the verdict; left out while there was none. Later looks that found the same are not told, so an old one does not mean an old verdict.',
        ),
        reason: openList(
          VERDICT_END_CODES,
          'Why there is no verdict any more; left out while there is one. disconnected: the connection is not looked at any more. other_connection: another connection of the partner on the same VoiceLink account answers for the DID. Others may be added.',
        ),
      },
      optional: { ...KNOWN_IDS_OPTIONAL, previous_state: true, drift_id: true, observed_at: true, reason: true },
    }),
    topic: 'voicelink.readiness.v1',
    keyedBy: 'did',
    example: {
      ...example.did,
      ...example.known,
      client_id: 77,
      state: 'NO_BOT',
      issues: ['NO_BOT', 'ROUTING_MISSING'],
      action_items: [example.noBot, example.routing],
      previous_state: 'READY',
      declared: true,
      drift_id: example.drift.drift_id,
      observed_at: '2026-11-21T09:59:59.500Z',
      seq: 3,
      occurred_at: '2026-11-21T10:00:00.000Z',
    },
  }),
  'dialtone.binding.declared.v1': event<BindingDeclarationData>({
    schema: declaration('A binding was declared.'),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: { ...example.binding, generation: 1, seq: 1, occurred_at: '2026-11-21T09:59:58.000Z' },
  }),
  'dialtone.binding.updated.v1': event<BindingDeclarationData>({
    schema: declaration('A declaration was changed; this is what it says now.'),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: {
      ...example.binding,
      mode: 'observe',
      generation: 2,
      seq: 9,
      occurred_at: '2026-11-21T11:00:00.000Z',
    },
  }),
  'dialtone.binding.deleted.v1': event<BindingDeclarationData>({
    schema: declaration('A declaration was withdrawn; this is what it said.'),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: {
      ...example.binding,
      mode: 'observe',
      generation: 2,
      seq: 10,
      occurred_at: '2026-11-21T12:00:00.000Z',
    },
  }),
  'dialtone.binding.status.v1': event<BindingStatusData>({
    schema: objectSchema<BindingStatusData>({
      description: 'The outcome of reconciling a binding, when it differs from the one before.',
      properties: {
        ...BINDING,
        outcome: named('BindingOutcome', '`stalled` needs a human or a new declaration; `message` says what.'),
        message: nullable('string', 'What it waits for, what failed, or what to do; null when settled.'),
        observed_generation: { type: 'integer', minimum: 0, description: 'The generation that was worked on.' },
        attempts: {
          type: 'integer',
          minimum: 0,
          description: 'Attempts since the last settled outcome; a known wait is none.',
        },
      },
      optional: {},
    }),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: {
      ...example.did,
      binding_id: example.binding.binding_id,
      generation: 1,
      outcome: 'settled',
      message: null,
      observed_generation: 1,
      attempts: 0,
      seq: 8,
      occurred_at: '2026-11-21T10:00:02.000Z',
    },
  }),
  'dialtone.repairs.contested.v1': event<RepairsContestedData>({
    schema: contested,
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: example.contested,
  }),
  'dialtone.advisory.raised.v1': event<AdvisoryData>({
    schema: advisory(
      'Something about a declared number differs from its declaration; its readiness is not affected: it may be READY. Or FLAPPING, of any number: its verdict alternates, and neither its readiness nor its drift nor other advisories are told until this one is cleared.',
    ),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: { ...example.advisory, seq: 11, occurred_at: '2026-11-21T12:30:00.000Z' },
  }),
  'dialtone.advisory.cleared.v1': event<AdvisoryData>({
    schema: advisory(
      'An advisory is over: nothing differs any more, nothing is declared any more, or nobody looks any more. After FLAPPING follows what differs from what was told before it.',
    ),
    topic: 'voicelink.bindings.v1',
    keyedBy: 'did',
    example: { ...example.advisory, seq: 12, occurred_at: '2026-11-21T12:40:00.000Z' },
  }),
  ...CALL_EVENTS,
  ...CONNECTION_EVENTS,
  ...WEBHOOK_EVENTS,
  ...TAKEN_EVENTS,
  'dialtone.reconcile.requested.v1': event<ReconcileRequestedData>({
    schema: objectSchema<ReconcileRequestedData>({
      description: 'Look at this DID now or, without a key, at the whole connection. Safe to repeat, reorder or lose.',
      properties: {
        connection_id: uuid('The carrier connection.'),
        key: { ...DIGITS, minLength: 1 },
        reason: { type: 'string', maxLength: 500, description: 'For people; shows up in logs only.' },
      },
      optional: { key: true, reason: true },
    }),
    topic: 'voicelink.reconcile-requests.v1',
    keyedBy: 'free',
    example: {
      connection_id: example.connection.connection_id,
      key: example.did.key,
      reason: 'The customer reports that calls are not answered',
    },
  }),
} as const;
