import {
  BINDING_SPEC_FIELDS,
  type AgentId,
  type Binding,
  type BindingId,
  type BindingMode,
  type BindingSpec,
  type ConnectionId,
  type DidKey,
  type PartnerId,
  type Release,
  type ReleasePolicy,
} from '@dialtone/domain';
import { text } from '../db';

interface SpecColumn<Value> {
  readonly name: string;
  readonly type: 'uuid' | 'bigint' | 'text';
  /** Parses what the driver returns: text (for int8, too) or null. */
  readonly read: (stored: string | null) => Value;
  /** The value as it is stored and read back. */
  readonly storable: (value: Value) => Value;
}

const asItIs = <Value>(value: Value): Value => value;
const optionalText = (name: string): SpecColumn<string | null> => ({
  name,
  type: 'text',
  read: asItIs,
  storable: (value) => (value === null ? null : text(value)),
});

/** The one table of declared fields; every statement on `bindings` is built from it. */
const SPEC_COLUMNS: { readonly [Field in keyof BindingSpec]: SpecColumn<BindingSpec[Field]> } = {
  agentId: { name: 'agent_id', type: 'uuid', read: (stored) => stored as AgentId, storable: asItIs },
  clientId: {
    name: 'client_id',
    type: 'bigint',
    read: (stored) => (stored === null ? null : Number(stored)),
    storable: asItIs,
  },
  botName: optionalText('bot_name'),
  websocketUrl: optionalText('websocket_url'),
  mode: { name: 'mode', type: 'text', read: (stored) => stored as BindingMode, storable: asItIs },
  release: { name: 'release', type: 'text', read: (stored) => stored as ReleasePolicy, storable: asItIs },
};

/** A spec from one value per field; the caller must give each field a value of its type. */
const specFrom = (valueOf: <F extends keyof BindingSpec>(field: F) => BindingSpec[F]): BindingSpec => {
  const spec: Partial<Record<keyof BindingSpec, unknown>> = {};
  for (const field of BINDING_SPEC_FIELDS) spec[field] = valueOf(field);
  return spec as unknown as BindingSpec;
};

const SPEC_COLUMN_NAMES = BINDING_SPEC_FIELDS.map((field) => SPEC_COLUMNS[field].name);

/** SQL types by the names of the columns of declared fields. */
export const SPEC_COLUMN_TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  BINDING_SPEC_FIELDS.map((field) => [SPEC_COLUMNS[field].name, SPEC_COLUMNS[field].type]),
);

/** Values by the names of the columns. */
export const specRecord = (spec: BindingSpec): Readonly<Record<string, unknown>> =>
  Object.fromEntries(BINDING_SPEC_FIELDS.map((field) => [SPEC_COLUMNS[field].name, spec[field]]));

/** The spec as it will be read back: without characters that PostgreSQL refuses. */
export const storableSpec = (spec: BindingSpec): BindingSpec =>
  specFrom((field) => SPEC_COLUMNS[field].storable(spec[field]));

export type BindingRow = Readonly<Record<string, unknown>> & {
  readonly id: BindingId;
  readonly partner_id: PartnerId;
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly generation: string;
  readonly releasing: Release | null;
};

/** Columns of `bindings b`. */
export const BINDING_COLUMNS = [
  'id',
  'partner_id',
  'connection_id',
  'key',
  ...SPEC_COLUMN_NAMES,
  'generation',
  'releasing',
]
  .map((name) => `b.${name}`)
  .join(', ');

export const toBinding = (row: BindingRow): Binding => ({
  id: row.id,
  partnerId: row.partner_id,
  connectionId: row.connection_id,
  key: row.key,
  ...specFrom((field) => SPEC_COLUMNS[field].read(row[SPEC_COLUMNS[field].name] as string | null)),
  generation: Number(row.generation),
  ...(row.releasing !== null && { releasing: row.releasing }),
});
