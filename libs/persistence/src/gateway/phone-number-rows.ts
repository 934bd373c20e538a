import type { InboundLossCode } from '@dialtone/contracts';
import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import type { GivenNumber, PhoneNumberRow, PhoneNumberStatus, ShownNumber } from './phone-number-inventory';
import type { PointingState } from './number-pointings';
import type { TelephonyProvider } from './telephony-providers';
import { type Queryable, rows } from '../db';

/** This index enforces "answered on at most one connection", over all partners. */
export const INBOUND_INDEX = 'phone_numbers_inbound';

interface NumberRow {
  readonly id: PhoneNumberId;
  readonly connection_id: ConnectionId;
  readonly provider: TelephonyProvider;
  readonly key: DidKey;
  readonly shown: string;
  readonly friendly_name: string | null;
  readonly status: PhoneNumberStatus;
  readonly is_default: boolean;
  readonly inbound_enabled: boolean;
  readonly unlisted_at: Date | null;
  readonly pointing_state: PointingState | null;
  readonly pointing_previous: string | null;
  readonly pointing_error: string | null;
  readonly pointing_since: Date | null;
  readonly inbound_lost_at: Date | null;
  readonly inbound_lost_reason: InboundLossCode | null;
  readonly agent_id: AgentId | null;
  readonly agent_name: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** A deleted agent counts as none, for partners and for the engine. */
export const NUMBERS = `phone_numbers p join connections c on c.id = p.connection_id
  left join agents a on a.id = p.agent_id and a.deleted_at is null`;

/** SQL: a row's number as it was written, or in E.164 form. */
export const shownNumber = (of: string): string =>
  `coalesce(${of}.phone_number, '+' || regexp_replace(${of}.key, '^00', ''))`;

const COLUMNS = `p.id, p.connection_id, c.provider, p.key, ${shownNumber('p')} as shown,
  p.friendly_name, p.status, p.is_default, p.inbound_enabled, p.inbound_lost_at, p.inbound_lost_reason, p.unlisted_at, a.id as agent_id, a.name as agent_name, p.created_at,
  p.updated_at, i.state as pointing_state, i.previous as pointing_previous, i.error as pointing_error,
  i.updated_at as pointing_since`;

const pointingOf = (row: NumberRow): PhoneNumberRow['pointing'] => {
  const { pointing_state: state, pointing_previous: previous, pointing_error: error, pointing_since: since } = row;
  return state === null || since === null ? null : { state, previous, error, since };
};

type ShownRow = Pick<
  NumberRow,
  | 'id'
  | 'connection_id'
  | 'key'
  | 'shown'
  | 'friendly_name'
  | 'status'
  | 'is_default'
  | 'inbound_enabled'
  | 'agent_id'
  | 'agent_name'
>;

const toShownNumber = (row: ShownRow): ShownNumber => ({
  id: row.id,
  key: row.key,
  phoneNumber: row.shown,
  friendlyName: row.friendly_name,
  status: row.status,
  isDefault: row.is_default,
  inboundEnabled: row.inbound_enabled,
  agent: row.agent_id === null || row.agent_name === null ? null : { id: row.agent_id, name: row.agent_name },
});

const toPhoneNumber = (row: NumberRow): PhoneNumberRow => ({
  ...toShownNumber(row),
  connectionId: row.connection_id,
  provider: row.provider,
  inboundLoss:
    row.inbound_lost_at === null || row.inbound_lost_reason === null
      ? null
      : { since: row.inbound_lost_at, reason: row.inbound_lost_reason },
  unlistedSince: row.unlisted_at,
  pointing: pointingOf(row),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** `rest` is what follows the list of tables: WHERE, ORDER BY, LIMIT. */
export const readNumbers = async (
  db: Queryable,
  rest: string,
  parameters: readonly unknown[],
): Promise<PhoneNumberRow[]> =>
  (
    await rows<NumberRow>(
      db,
      `select ${COLUMNS} from ${NUMBERS} left join number_pointings i on i.number_id = p.id ${rest}`,
      parameters,
    )
  ).map(toPhoneNumber);

/**
 * Up to `limit` numbers of each connection, the default one first. That one is looked up apart: the others are read in the order of
 * their index, and no more of them than are shown.
 */
export const numbersByConnection = async (
  db: Queryable,
  connectionIds: readonly ConnectionId[],
  limit: number,
): Promise<ReadonlyMap<ConnectionId, readonly ShownNumber[]>> => {
  const found = await rows<ShownRow>(
    db,
    `select p.id, p.connection_id, p.key, ${shownNumber('p')} as shown, p.friendly_name, p.status, p.is_default,
            p.inbound_enabled, a.id as agent_id, a.name as agent_name
       from unnest($1::uuid[]) as given (id) cross join lateral (
         (select * from phone_numbers where connection_id = given.id and is_default)
         union all
         (select * from phone_numbers where connection_id = given.id and not is_default order by key limit $2)
       ) p left join agents a on a.id = p.agent_id and a.deleted_at is null
      order by p.connection_id, p.is_default desc, p.key`,
    [connectionIds, limit],
  );
  return new Map(
    [...Map.groupBy(found, (row) => row.connection_id)].map(([id, own]) => [
      id,
      own.slice(0, limit).map(toShownNumber),
    ]),
  );
};

/**
 * Makes a number the default of its connection; inserts its row if missing. An inactive row becomes active for outbound
 * calls only: another connection may answer its inbound calls by now.
 */
export const setDefaultNumber = async (
  db: Queryable,
  place: { readonly partnerId: PartnerId; readonly connectionId: ConnectionId },
  { key, phoneNumber }: GivenNumber,
): Promise<void> => {
  await db.query(
    `select 1 from phone_numbers where connection_id = $1 and (is_default or key = $2) order by key for no key update`,
    [place.connectionId, key],
  );
  await db.query(
    `update phone_numbers set is_default = false, updated_at = now() where connection_id = $1 and is_default and key <> $2`,
    [place.connectionId, key],
  );
  await db.query(
    `insert into phone_numbers as p (partner_id, connection_id, key, phone_number, is_default)
     values ($1, $2, $3::text, nullif($4::text, '+' || $3::text), true)
     on conflict (connection_id, key) do update
       set is_default = true, phone_number = excluded.phone_number, status = 'ACTIVE',
           inbound_enabled = p.inbound_enabled and p.status = 'ACTIVE', updated_at = now()`,
    [place.partnerId, place.connectionId, key, phoneNumber],
  );
};
