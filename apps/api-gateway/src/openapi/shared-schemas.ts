import {
  BINDING_MODES,
  ISSUES,
  READINESS_STATES,
  RELEASE_POLICIES,
  RISKS,
  SECTIONS,
  STEP_KINDS,
} from '@dialtone/domain';
import { HISTORY_KINDS } from '@dialtone/engine';
import { CALL_STATUSES, DELIVERY_OUTCOMES, TELEPHONY_PROVIDERS, TREND_STEPS } from '@dialtone/persistence';
import { AGENT_TYPES } from '../agents/agents.dto';
import { RESULTS } from '../bindings/bulk/bulk.dto';
import { OUTCOMES } from '../bindings/outcomes';
import { STEP_STATUSES } from '../bindings/plan/plan.dto';
import { BREAKER_STATES, SECTION_STATES } from '../connections/connection-state.dto';
import { ERROR_STATUS } from '../http/errors/api-error';
import { INBOUND, OUTBOUND } from '../management/routing/routing.dto';
import { PROVIDER_SPELLINGS } from '../phone-numbers/phone-numbers.dto';
import { NUMBER_STATUSES } from '../telephony/inventory-number.dto';
import { CONNECTION_STATUSES } from '../telephony/telephony.dto';
import { SIP_TRANSPORTS } from '../telephony/telephony-fields.dto';
import { WEBHOOK_STATES } from '../webhooks/webhook.dto';
import { mapSchemas, operationsIn, REF, type Document, type Schema } from './document-types';

/** Sets of values with a name of their own, however many fields and parameters take or show them. */
const SHARED: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  AgentType: AGENT_TYPES,
  BindingMode: BINDING_MODES,
  ReleasePolicy: RELEASE_POLICIES,
  BindingOutcome: OUTCOMES,
  BulkResult: RESULTS,
  CallStatus: CALL_STATUSES,
  BreakerState: BREAKER_STATES,
  ConnectionStatus: CONNECTION_STATUSES,
  ErrorCode: Object.keys(ERROR_STATUS),
  Flag: [0, 1],
  HistoryKind: HISTORY_KINDS,
  InboundCallMode: INBOUND,
  Issue: ISSUES,
  OutboundCallMode: OUTBOUND,
  PhoneNumberStatus: NUMBER_STATUSES,
  PlanStepStatus: STEP_STATUSES,
  Provider: TELEPHONY_PROVIDERS,
  ProviderSpelling: PROVIDER_SPELLINGS,
  ReadinessState: READINESS_STATES,
  Risk: RISKS,
  SipTransport: SIP_TRANSPORTS,
  StepKind: STEP_KINDS,
  TrendStep: TREND_STEPS,
  True: [true],
  VoiceLinkList: SECTIONS,
  VoiceLinkListState: SECTION_STATES,
  WebhookOutcome: DELIVERY_OUTCOMES,
  WebhookState: WEBHOOK_STATES,
};

const idOf = (values: readonly unknown[]): string => JSON.stringify(values.filter((value) => value !== null));

const NAMES = new Map(Object.entries(SHARED).map(([name, values]) => [idOf(values), name]));

type Add = (name: string, schema: Schema) => Schema;

const TYPE_OF: Readonly<Record<string, string>> = { number: 'integer', boolean: 'boolean' };

/** What is said of one place stays there: its description, its example, and whether it may be null. */
const shareEnum = (schema: Schema, add: Add): Schema => {
  const name = schema.enum === undefined ? undefined : NAMES.get(idOf(schema.enum));
  if (name === undefined) return schema;
  const place = Object.entries(schema).filter(([rule]) => rule !== 'type' && rule !== 'enum');
  const values = SHARED[name] ?? [];
  const shared: Schema = {
    type: TYPE_OF[typeof values[0]] ?? 'string',
    enum: values,
    ...(name === 'ErrorCode' && { 'x-http-status': ERROR_STATUS }),
  };
  return { ...add(name, shared), ...Object.fromEntries(place) };
};

/** A schema with a title becomes a component of that name. */
const shareTitled = (schema: Schema, add: Add): Schema => {
  const { title, ...rest } = schema;
  return title === undefined ? schema : add(title, rest);
};

/**
 * Each enum and each envelope becomes one component that others refer to: generators of clients make one type of each
 * component, and a type without a name of everything else.
 */
export const shareSchemas = (document: Document): void => {
  const shared: Record<string, Schema> = {};
  const add: Add = (name, schema) => {
    const known = (shared[name] ??= schema);
    if (JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`two schemas are called ${name}`);
    return { $ref: `${REF}${name}` };
  };
  // Parameters are shared as a whole.
  for (const [, { parameters = [] }] of operationsIn(document))
    for (const { schema } of parameters) delete schema.title;
  const changed = mapSchemas(document, (schema) => shareTitled(shareEnum(schema, add), add));
  Object.assign(document, changed);
  for (const [name, schema] of Object.entries(shared)) {
    if (name in document.components.schemas) throw new Error(`two schemas are called ${name}`);
    document.components.schemas[name] = schema;
  }
};
