import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { aDidKey, aSpec, expectSoundEvents } from '@dialtone/testing';
import type { DeclareResult, GivenNumber, PhoneNumberRow, TelephonyProvider } from '../src';
import { type Postgres, usePostgres } from './use-postgres';

const LONG_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The start of a test of one partner's telephony; read `partnerId` inside a test. */
export interface Tenant {
  readonly postgres: Postgres;
  readonly partnerId: PartnerId;
  given(key?: DidKey): GivenNumber;
  connect(provider?: TelephonyProvider, owner?: PartnerId): Promise<ConnectionId>;
  anotherPartner(): Promise<PartnerId>;
  /** One number on one connection, known to the inventory. */
  addNumber(connectionId: ConnectionId, number?: GivenNumber, owner?: PartnerId): Promise<PhoneNumberRow>;
  declare(connectionId: ConnectionId, key: DidKey, agentId?: AgentId): Promise<DeclareResult>;
  /** Every binding was reconciled once, and is not due for an hour. */
  settleAll(): Promise<void>;
  dueKeys(): Promise<readonly string[]>;
}

/** For the top of a test file: a database with one partner, whose events are checked after each test. */
export const useTenant = (): Tenant => {
  const postgres = usePostgres();
  const { query } = postgres;
  let partnerId: PartnerId;
  let connected = 0;
  beforeEach(async () => {
    connected = 0;
    partnerId = (await postgres.stores.partners.create('Acme')).id;
  });
  afterEach(async () => {
    expectSoundEvents(await postgres.events());
  });
  const given = (key: DidKey = aDidKey()): GivenNumber => ({ key, phoneNumber: `+${key}` });

  const connect = async (provider: TelephonyProvider = 'voicelink', owner = partnerId): Promise<ConnectionId> => {
    // Further connections are to other accounts: on one account they tell of each other.
    const credentials = {
      username: connected === 0 ? 'reseller' : `reseller-${String(connected)}`,
      password: 'secret',
    };
    connected += 1;
    return (
      await postgres.stores.connections.create({
        partnerId: owner,
        provider,
        name: provider,
        baseUrl: 'https://voicelink.example/api',
        credentials,
      })
    ).id;
  };

  const anotherPartner = async (): Promise<PartnerId> => (await postgres.stores.partners.create('Other')).id;

  const addNumber = async (
    connectionId: ConnectionId,
    number = given(),
    owner = partnerId,
  ): Promise<PhoneNumberRow> => {
    await query(`insert into phone_numbers (partner_id, connection_id, key) values ($1, $2, $3)`, [
      owner,
      connectionId,
      number.key,
    ]);
    const [row] = (
      await postgres.stores.inventory.list({ partnerId: owner, connectionId, key: number.key, limit: 1, offset: 0 })
    ).items;
    if (row === undefined) throw new Error('The number is not listed.');
    return row;
  };

  const declare = async (connectionId: ConnectionId, key: DidKey, agentId?: AgentId): Promise<DeclareResult> =>
    postgres.stores.bindings.declare({
      partnerId,
      connectionId,
      key,
      spec: aSpec({ agentId: agentId ?? (await postgres.given.agent(partnerId)) }),
      actor: 'key-1',
      precondition: { kind: 'none' },
    });

  const settleAll = async (): Promise<void> => {
    for (const claimed of await postgres.stores.bindingQueue.claim('worker', 100, LONG_MS)) {
      await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, HOUR_MS);
    }
  };

  const dueKeys = async (): Promise<readonly string[]> =>
    (await postgres.stores.bindingQueue.claim('looker', 100, 1)).map(({ binding }) => binding.key).toSorted();
  return {
    postgres,
    get partnerId() {
      return partnerId;
    },
    given,
    connect,
    anotherPartner,
    addNumber,
    declare,
    settleAll,
    dueKeys,
  };
};
