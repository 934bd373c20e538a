import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyLoggedEvent } from '@dialtone/contracts';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { Timing } from '@dialtone/engine';
import type { Declaration, EngineStores, StoreHarness, WorldSetup } from '@dialtone/testing';
import { createStores, type Stores, type StoreSecrets } from '../src';
import type { TestDatabase } from './test-database';

type DataSource = Parameters<typeof createStores>[0];

/** Not secret: reversible and bound to its place, which is all that the stores rely on. */
const testSecrets: StoreSecrets = {
  secretBox: {
    encrypt: (aad, plain) => Buffer.from(JSON.stringify({ aad, plain })),
    decrypt: (aad, sealed) => {
      const opened = JSON.parse(sealed.toString()) as { aad: string; plain: string };
      if (opened.aad !== aad) throw new Error('Sealed for another place.');
      return opened.plain;
    },
  },
  hmac: (secret) => createHmac('sha256', 'test pepper').update(secret).digest(),
};

/** Children first. On tables as small as a test's, deleting is many times faster than truncating. */
const EMPTY =
  [
    'webhooks',
    'calls',
    'bindings',
    'binding_tombstones',
    'dids',
    'number_pointings',
    'phone_numbers',
    'misreported_bots',
    'list_memories',
    'account_lists',
    'pauses',
    'readiness_counts',
    'connections',
    'agents',
    'api_keys',
    'idempotency_keys',
    'login_attempts',
    'binding_plans',
    'call_policies',
    'partner_quotas',
    'kept_answers',
    'call_usage',
    'partners',
    'leases',
    'upstream_writes',
    'gcra',
    'request_windows',
    'event_log',
    'history',
    'cursors',
  ]
    .map((table) => `delete from ${table};`)
    .join(' ') + ` insert into cursors (name, position) values ('sequencer', 0)`;

const setupOf = (ds: DataSource, stores: Stores): WorldSetup => {
  const partnerOf = async (id: ConnectionId): Promise<PartnerId> => {
    const [row] = await ds.query<{ partner_id: PartnerId }[]>('select partner_id from connections where id = $1', [id]);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    return row.partner_id;
  };
  const declare = async ({ connectionId, key, spec }: Declaration) => {
    const partnerId = await partnerOf(connectionId);
    const precondition = { kind: 'none' } as const;
    const result = await stores.bindings.declare({
      partnerId,
      connectionId,
      key,
      spec,
      actor: 'partner',
      precondition,
    });
    if (!('view' in result)) throw new Error(`The declaration was refused: ${result.kind}`);
    return result.view.binding;
  };
  return {
    connection: async (options = {}) => {
      const partnerId = options.partnerId ?? (await stores.partners.create(`Partner ${randomUUID()}`)).id;
      const { login = `reseller-${randomUUID()}` } = options;
      const credentials = { username: login, password: 'secret' };
      const baseUrl = 'http://127.0.0.1:1';
      const { id } = await stores.connections.create({ partnerId, name: 'Main', baseUrl, credentials });
      const { provider = 'voicelink' } = options;
      await ds.query('update connections set provider = $2 where id = $1', [id, provider]);
      const isOwnerKnown = true;
      await ds.query('update connections set owner_known = true where id = $1', [id]);
      const { account_id: accountId } = (
        await ds.query<{ account_id: string }[]>('select account_id from connections where id = $1', [id])
      )[0] ?? { account_id: id };
      return { id, partnerId, writesHeld: null, accountId, isOwnerKnown };
    },
    disconnect: async (id) => {
      await ds.query(`update connections set status = 'DISCONNECTED' where id = $1`, [id]);
    },
    agent: async (partnerId, name = `Agent ${randomUUID()}`) => {
      const agent = await stores.agents.create(partnerId, name);
      if (agent === 'name_taken') throw new Error(`There is an agent called ${name}.`);
      return agent.id;
    },
    deleteAgent: async (id: AgentId) => {
      await ds.query('update agents set deleted_at = now() where id = $1', [id]);
    },
    declare,
    undeclare: async (connectionId: ConnectionId, key: DidKey) => {
      const partnerId = await partnerOf(connectionId);
      await stores.bindings.remove({ partnerId, key, actor: 'partner', precondition: { kind: 'none' } });
    },
    withdraw: async (connectionId, key, release) => {
      const partnerId = await partnerOf(connectionId);
      const claim = { partnerId, key, actor: 'partner', precondition: { kind: 'none' } } as const;
      await stores.bindings.remove({ ...claim, ...(release !== undefined && { release }) });
    },
    trigger: async (connectionId, key) => {
      await stores.trigger.trigger({ connectionId, key });
    },
    wholeAt: async (id, section) => {
      const [row] = await ds.query<{ at: number | null }[]>(
        `select round(extract(epoch from l.whole_at) * 1000)::float8 as at
           from connections c join account_lists l on l.account_id = c.account_id and l.partner_id = c.partner_id
          where c.id = $1 and l.section = $2`,
        [id, section],
      );
      return row?.at ?? null;
    },
    acknowledgeHold: async (id) => stores.connections.acknowledgeHold(await partnerOf(id), id, 'operator'),
  };
};

export interface PostgresHarness extends StoreHarness {
  readonly stores: EngineStores & Stores;
  /** For what only SQL can tell. */
  readonly dataSource: DataSource;
  /** How long numbers waited, as the stores have told it. */
  readonly timings: readonly Timing[];
}

/**
 * The real stores on a test database, with the rights that a process has. Each harness starts by emptying it: one at a time per database.
 *
 * @param formOf the form of the stores that is tested; absent: the one that all processes have
 */
export const postgresHarness = (
  database: () => TestDatabase,
  formOf: (ds: DataSource, stores: Stores) => Stores = (_, stores) => stores,
): (() => Promise<PostgresHarness>) => {
  let connected: Promise<[DataSource, DataSource]> | undefined;
  return async () => {
    connected ??= Promise.all([database().connect(4), database().connectAsApp(8)]);
    const [ds, app] = await connected;
    await ds.query(EMPTY);
    const timings: Timing[] = [];
    const stores = formOf(
      app,
      createStores(app, testSecrets, (told) => timings.push(...told)),
    );
    return {
      timings,
      dataSource: ds,
      stores: { ...stores, storeClock: stores.clock },
      given: setupOf(ds, stores),
      wait: (ms) => sleep(ms),
      events: () =>
        ds.query<AnyLoggedEvent[]>(
          `select event_id, type, connection_id, key, seq::float8 as seq, data from event_log order by id`,
        ),
    };
  };
};
