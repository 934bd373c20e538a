import type {
  AccountSharedData,
  AdvisoryData,
  BindingDeclarationData,
  ConnectionScope,
  DidScope,
  KnownIds,
  RepairsContestedData,
  WarningData,
} from './event-data';
import { named } from './definitions';
import { type JsonSchema, objectSchema } from './schema';
import { ADVISORY_CODES, CONNECTION_ADVISORY_CODES, CONTEST_CODES } from './vocabulary';

export const uuid = (description: string): JsonSchema => ({ type: 'string', format: 'uuid', description });
export const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });
export const text = (description: string): JsonSchema => ({ type: 'string', description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
/** One of a list that grows: a consumer that takes only these would stumble over the next one, so they are no `enum`. */
export const openList = (codes: readonly string[], description: string): JsonSchema => ({
  type: 'string',
  examples: codes,
  description,
});
const upstreamId = (description: string): JsonSchema => ({ type: 'integer', minimum: 1, description });
export const issues = (description: string): JsonSchema => ({
  type: 'array',
  items: named('Issue'),
  uniqueItems: true,
  description,
});

export const DIGITS: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]+$',
  maxLength: 32,
  description:
    'Digits of the number with its country code: joins DID, routing, local row, binding and events. `00` stands in front of a number whose digits alone are another number at home.',
};
export const PHONE_NUMBER: JsonSchema = {
  type: 'string',
  pattern: '^\\+[0-9]+$',
  maxLength: 33,
  description: '`+` and the digits of the number.',
};
export const OCCURRED_AT = time('When the change was stored, in UTC.');
export const REASON = text('For people; without secrets.');
export const ACTOR = text('`reconciler`, or the id of the API key that asked.');

export const CONNECTION_SCOPE: { readonly [K in keyof ConnectionScope]-?: JsonSchema } = {
  connection_id: uuid('The carrier connection.'),
  partner_id: uuid('The partner that owns the connection.'),
};

export const DID_SCOPE: { readonly [K in keyof DidScope]-?: JsonSchema } = {
  ...CONNECTION_SCOPE,
  key: DIGITS,
  phone_number: PHONE_NUMBER,
  seq: {
    type: 'integer',
    minimum: 1,
    description:
      'Goes up with every event of this DID, of any type; gaps are possible. The higher one is the later one.',
  },
  occurred_at: OCCURRED_AT,
};

export const KNOWN_IDS: { readonly [K in keyof KnownIds]-?: JsonSchema } = {
  did_id: upstreamId('VoiceLink id of the DID.'),
  client_id: upstreamId('VoiceLink client that the DID is mapped to.'),
  routing_id: upstreamId('VoiceLink call-routing record.'),
  bot_id: upstreamId('VoiceLink bot that serves, or would serve, the DID.'),
  local_phone_number_id: uuid('The local inventory row.'),
  agent_id: uuid('The declared agent; when nothing is declared, the agent of the local row.'),
};
export const KNOWN_IDS_OPTIONAL = {
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
  items: named('ActionItem'),
};

export const VERDICT = {
  state: named('ReadinessState', 'READY, or the first issue.'),
  issues: issues('In order of precedence; the first one is the state.'),
  action_items: ACTION_ITEMS,
  declared: flag('A binding declares this DID, so what may be repaired will be.'),
};

export const DRIFT = {
  ...DID_SCOPE,
  ...KNOWN_IDS,
  ...VERDICT,
  drift_id: uuid('The same from detection to resolution.'),
  opened_at: time('When the drift was detected.'),
};

export const BINDING = {
  ...DID_SCOPE,
  binding_id: uuid('The binding.'),
  generation: { type: 'integer', minimum: 1, description: 'Goes up by one with every change of the declaration.' },
} as const;

export const nullable = (type: 'integer' | 'string', description: string): JsonSchema => ({
  type: [type, 'null'],
  description,
});

export const declaration = (description: string): JsonSchema =>
  objectSchema<BindingDeclarationData>({
    description,
    properties: {
      ...BINDING,
      agent_id: uuid('The agent that should answer.'),
      client_id: nullable('integer', 'Map an unmapped DID to this VoiceLink client; null: it must be mapped already.'),
      bot_name: nullable('string', 'Name of a bot that has to be created; null: the configured name.'),
      mode: named('BindingMode', '`enforce` repairs what it may; `observe` only reports.'),
      actor: ACTOR,
      releasing: named(
        'Release',
        'Withdrawn, with this left to do before it ends; of a deleted one, done. Left out while it is declared.',
      ),
      moved_to: uuid(
        'Withdrawn here because it is declared on this connection now, under the same binding_id with the next generation; left out otherwise.',
      ),
      moved_from: uuid(
        'Declared here instead of on this connection, which is disconnected; left out otherwise. The two events of a move have different keys, so they may come in either order: the higher generation is the later one.',
      ),
    },
    optional: { releasing: true, moved_to: true, moved_from: true },
  });

export const contested = objectSchema<RepairsContestedData>({
  description:
    'A declared number is not repaired any more, because repairs did not last. Once per contest; it goes on at resumes_at, with another declaration, or when a reconcile is requested by the API.',
  properties: {
    ...BINDING,
    kind: openList(
      CONTEST_CODES,
      'contested: others undid the same repair. not_converging: VoiceLink accepted it and never listed it. Others may be added.',
    ),
    step: named('Step', 'The step that is not taken.'),
    fields: { type: 'array', items: named('UndoneField'), description: 'What is not as the last repair made it.' },
    undone_at: {
      type: 'array',
      items: { type: 'string', format: 'date-time' },
      description: 'When each repair was seen to be undone or without effect; ascending.',
    },
    by: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Ids of API keys whose requests changed the same record through Dialtone meanwhile. Of other changes VoiceLink names no author.',
    },
    resumes_at: time('When it is repaired again by itself.'),
    message: { type: 'string', description: 'For people; free text without secrets.' },
  },
  optional: {},
});

export const warning = (description: string): JsonSchema =>
  objectSchema<WarningData>({
    description,
    properties: {
      ...CONNECTION_SCOPE,
      section: named('UpstreamList', 'The upstream list.'),
      code: named('WarningCode', 'FETCH_FAILED: nothing was read. TRUNCATED: some rows, but not provably all.'),
      message: REASON,
      occurred_at: OCCURRED_AT,
    },
    optional: {},
  });

const SINCE = time('When it began.');

export const advisory = (description: string): JsonSchema =>
  objectSchema<AdvisoryData>({
    description,
    properties: {
      ...DID_SCOPE,
      code: openList(ADVISORY_CODES, 'What differs, or FLAPPING; each has a page. Others may be added.'),
      message: REASON,
      since: SINCE,
    },
    optional: {},
  });

export const accountShared = (description: string): JsonSchema =>
  objectSchema<AccountSharedData>({
    description,
    properties: {
      ...CONNECTION_SCOPE,
      code: openList(CONNECTION_ADVISORY_CODES, 'Others may be added.'),
      message: text("For people; names the partner's other connections."),
      since: SINCE,
      occurred_at: OCCURRED_AT,
    },
    optional: {},
  });
