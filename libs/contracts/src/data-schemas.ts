import type {
  BindingDeclarationData,
  BindingStatusData,
  ConnectionScope,
  DidScope,
  DriftChangedData,
  DriftDetectedData,
  DriftResolvedData,
  KnownIds,
  ReadinessChangedData,
  ReconcileRequestedData,
  WarningData,
  WritesHeldData,
  WritesResumedData,
} from './event-data';
import type { EventType } from './events';
import { type JsonSchema, objectSchema } from './schema';
import {
  type ActionItemData,
  BINDING_MODE_CODES,
  BINDING_OUTCOME_CODES,
  ISSUE_CODES,
  READINESS_STATE_CODES,
  SECTION_CODES,
  WARNING_CODES,
} from './vocabulary';

const uuid = (description: string): JsonSchema => ({ type: 'string', format: 'uuid', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });
const text = (description: string): JsonSchema => ({ type: 'string', description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const oneOf = (codes: readonly string[], description: string): JsonSchema => ({
  type: 'string',
  enum: codes,
  description,
});
const upstreamId = (description: string): JsonSchema => ({ type: 'integer', minimum: 1, description });
const issues = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', enum: ISSUE_CODES },
  uniqueItems: true,
  description,
});

const DIGITS: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]+$',
  maxLength: 32,
  description:
    'Digits of the number with its country code: joins DID, routing, local row, binding and events. `00` stands in front of a number whose digits alone are another number at home.',
};
const OCCURRED_AT = time('When the change was stored, in UTC.');
const REASON = text('For people; without secrets.');
const ACTOR = text('`reconciler`, or the id of the API key that asked.');

const CONNECTION_SCOPE: { readonly [K in keyof ConnectionScope]-?: JsonSchema } = {
  connection_id: uuid('The carrier connection.'),
  partner_id: uuid('The partner that owns the connection.'),
};

const DID_SCOPE: { readonly [K in keyof DidScope]-?: JsonSchema } = {
  ...CONNECTION_SCOPE,
  key: DIGITS,
  phone_number: {
    type: 'string',
    pattern: '^\\+[0-9]+$',
    maxLength: 33,
    description: '`+` and the digits of the number.',
  },
  seq: {
    type: 'integer',
    minimum: 1,
    description:
      'Goes up with every event of this DID, of any type; gaps are possible. The higher one is the later one.',
  },
  occurred_at: OCCURRED_AT,
};

const KNOWN_IDS: { readonly [K in keyof KnownIds]-?: JsonSchema } = {
  did_id: upstreamId('VoiceLink id of the DID.'),
  client_id: upstreamId('VoiceLink client that the DID is mapped to.'),
  routing_id: upstreamId('VoiceLink call-routing record.'),
  bot_id: upstreamId('VoiceLink bot that serves, or would serve, the DID.'),
  local_phone_number_id: uuid('The local inventory row.'),
  agent_id: uuid('The declared agent; when nothing is declared, the agent of the local row.'),
};
const KNOWN_IDS_OPTIONAL = {
  did_id: true,
  client_id: true,
  routing_id: true,
  bot_id: true,
  local_phone_number_id: true,
  agent_id: true,
} as const satisfies Readonly<Record<keyof KnownIds, true>>;

const ACTION_ITEMS: JsonSchema = {
  type: 'array',
  description: 'One remedy per issue, in the same order.',
  items: objectSchema<ActionItemData>({
    description: 'A remedy.',
    properties: {
      code: oneOf(ISSUE_CODES, 'The issue that it ends.'),
      label: text('For people; may be reworded at any time.'),
    },
    optional: {},
  }),
};

const VERDICT = {
  state: oneOf(READINESS_STATE_CODES, 'READY, the first issue, or UNKNOWN before the first complete verdict.'),
  issues: issues('In order of precedence; the first one is the state.'),
  action_items: ACTION_ITEMS,
  declared: flag('A binding declares this DID, so what may be repaired will be.'),
};

const DRIFT = {
  ...DID_SCOPE,
  ...KNOWN_IDS,
  ...VERDICT,
  drift_id: uuid('The same from detection to resolution.'),
  opened_at: time('When the drift was detected.'),
};

const BINDING = {
  ...DID_SCOPE,
  binding_id: uuid('The binding.'),
  generation: { type: 'integer', minimum: 1, description: 'Goes up by one with every change of the declaration.' },
} as const;

const nullable = (type: 'integer' | 'string', description: string): JsonSchema => ({
  type: [type, 'null'],
  description,
});

const declaration = (description: string): JsonSchema =>
  objectSchema<BindingDeclarationData>({
    description,
    properties: {
      ...BINDING,
      agent_id: uuid('The agent that should answer.'),
      client_id: nullable('integer', 'Map an unmapped DID to this VoiceLink client; null: it must be mapped already.'),
      bot_name: nullable('string', 'Name of a bot that has to be created; null: the configured name.'),
      mode: oneOf(BINDING_MODE_CODES, '`enforce` repairs what it may; `observe` only reports.'),
      actor: ACTOR,
    },
    optional: {},
  });

const warning = (description: string): JsonSchema =>
  objectSchema<WarningData>({
    description,
    properties: {
      ...CONNECTION_SCOPE,
      section: oneOf(SECTION_CODES, 'The upstream list.'),
      code: oneOf(WARNING_CODES, 'FETCH_FAILED: nothing was read. TRUNCATED: some rows, but not provably all.'),
      message: REASON,
      occurred_at: OCCURRED_AT,
    },
    optional: {},
  });

/** The data of each event type, without the schema's own identity: see EVENT_SCHEMAS. */
export const DATA_SCHEMAS: Readonly<Record<EventType, JsonSchema>> = {
  'dialtone.drift.detected.v1': objectSchema<DriftDetectedData>({
    description: 'A DID stopped being what it should be. Once per drift.',
    properties: DRIFT,
    optional: KNOWN_IDS_OPTIONAL,
  }),
  'dialtone.drift.changed.v1': objectSchema<DriftChangedData>({
    description: 'The issues of an open drift changed.',
    properties: { ...DRIFT, previous_issues: issues('The issues before.') },
    optional: KNOWN_IDS_OPTIONAL,
  }),
  'dialtone.drift.resolved.v1': objectSchema<DriftResolvedData>({
    description: 'The drift is over; issues and action_items are empty. Once per drift.',
    properties: {
      ...DRIFT,
      previous_issues: issues('The issues at the end of the drift.'),
      resolved_at: time('When the drift was seen to be over.'),
    },
    optional: KNOWN_IDS_OPTIONAL,
  }),
  'dialtone.readiness.changed.v1': objectSchema<ReadinessChangedData>({
    description:
      'The whole verdict of a DID, whenever it changes. It stands until the next one; whether it could be confirmed since is told by the warnings of its connection.',
    properties: {
      ...DID_SCOPE,
      ...KNOWN_IDS,
      ...VERDICT,
      previous_state: oneOf(READINESS_STATE_CODES, 'Left out on the first verdict.'),
      drift_id: uuid('The open drift, if any.'),
      observed_at: time('The observation behind the verdict; left out while there was none.'),
    },
    optional: { ...KNOWN_IDS_OPTIONAL, previous_state: true, drift_id: true, observed_at: true },
  }),
  'dialtone.binding.declared.v1': declaration('A binding was declared.'),
  'dialtone.binding.updated.v1': declaration('A declaration was changed; this is what it says now.'),
  'dialtone.binding.deleted.v1': declaration('A declaration was withdrawn; this is what it said.'),
  'dialtone.binding.status.v1': objectSchema<BindingStatusData>({
    description: 'The outcome of reconciling a binding, when it differs from the one before.',
    properties: {
      ...BINDING,
      outcome: oneOf(BINDING_OUTCOME_CODES, '`stalled` needs a human or a new declaration; `message` says what.'),
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
  'dialtone.warning.raised.v1': warning(
    'An upstream list could not be read completely. Until it is cleared, a warning about dids, bots or routing means that no verdict of the connection can be confirmed: all are stale.',
  ),
  'dialtone.warning.cleared.v1': warning('The list of an earlier warning was read completely again.'),
  'dialtone.writes.held.v1': objectSchema<WritesHeldData>({
    description: 'All writes to VoiceLink for a connection are held until somebody acknowledges.',
    properties: { ...CONNECTION_SCOPE, reason: REASON, occurred_at: OCCURRED_AT },
    optional: {},
  }),
  'dialtone.writes.resumed.v1': objectSchema<WritesResumedData>({
    description: 'A hold was acknowledged.',
    properties: {
      ...CONNECTION_SCOPE,
      reason: text('The reason of the hold that ended.'),
      actor: ACTOR,
      occurred_at: OCCURRED_AT,
    },
    optional: {},
  }),
  'dialtone.reconcile.requested.v1': objectSchema<ReconcileRequestedData>({
    description: 'Look at this DID now or, without a key, at the whole connection. Safe to repeat, reorder or lose.',
    properties: {
      connection_id: uuid('The carrier connection.'),
      key: { ...DIGITS, minLength: 1 },
      reason: { type: 'string', maxLength: 500, description: 'For people; shows up in logs only.' },
    },
    optional: { key: true, reason: true },
  }),
};
