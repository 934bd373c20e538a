import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { aDidKey, aSpec } from '@dialtone/testing';
import type { GivenNumber, PhoneNumberRow, TelephonyProvider } from '../../src';
import { GatewayWorld, type ImportedNumber, type MakeGatewayHarness } from './gateway-harness';

export const given = (key: DidKey = aDidKey()): GivenNumber => ({ key, phoneNumber: `+${key}` });

/** One partner without a connection, in a fresh harness for each test; `partnerId` is read inside a test. */
export interface TelephonyWorld {
  readonly stores: GatewayWorld['stores'];
  readonly given: GatewayWorld['given'];
  readonly partnerId: PartnerId;
  connect(provider?: TelephonyProvider, owner?: PartnerId): Promise<ConnectionId>;
  addNumber(connectionId: ConnectionId, row?: Partial<ImportedNumber>): Promise<PhoneNumberRow>;
  /** What a refusal must leave as it was. */
  traces(): Promise<unknown>;
  agent(owner?: PartnerId, name?: string): Promise<AgentId>;
  /** Declares a binding of the partner on a number, any unless given; with an agent of its own unless given. */
  declare(connectionId: ConnectionId, key?: DidKey, agentId?: AgentId): Promise<DidKey>;
  /** Whether its binding is due. */
  isDue(key: DidKey): Promise<boolean>;
  /** Ends the reconcile of the only binding that is due; the next one is due in an hour. */
  settle(key: DidKey): Promise<void>;
}

const HOUR_MS = 3_600_000;

export const useTelephony = (make: MakeGatewayHarness): TelephonyWorld => {
  const world = GatewayWorld.use(make);
  let partnerId: PartnerId;
  beforeEach(async () => {
    partnerId = await world.given.partner();
  });
  return {
    get stores() {
      return world.stores;
    },
    get given() {
      return world.given;
    },
    get partnerId() {
      return partnerId;
    },
    connect: async (provider = 'voicelink', owner = partnerId) => {
      const credentials = { username: 'reseller', password: 'secret' };
      const input = {
        partnerId: owner,
        provider,
        name: provider,
        baseUrl: 'https://voicelink.example/api',
        credentials,
      };
      return (await world.stores.connections.create(input)).id;
    },
    addNumber: async (connectionId, overrides = {}) => {
      const row = { ...given(), partnerId, ...overrides, connectionId };
      await world.given.number(row);
      const wanted = { partnerId: row.partnerId, connectionId, key: row.key, limit: 1, offset: 0 };
      const [listed] = (await world.stores.inventory.list(wanted)).items;
      if (listed === undefined) throw new Error('The number is not listed.');
      return listed;
    },
    traces: () => world.traces(),
    agent: (owner = partnerId, name) => world.agent(owner, name),
    declare: async (connectionId, key = aDidKey(), agentId) => {
      const spec = aSpec({ agentId: agentId ?? (await world.agent(partnerId)) });
      const result = await world.declare(await world.inputOf({ partnerId, connectionId, key, spec }));
      if (result.kind !== 'created') throw new Error(`The declaration was answered with ${result.kind}.`);
      return key;
    },
    isDue: async (key) => {
      const found = await world.stores.bindings.find(partnerId, key);
      if (found === null) throw new Error(`${key} is not declared.`);
      return found.status.nextReconcileAt.getTime() <= (await world.now());
    },
    settle: (key) => world.given.reconciled({ partnerId, key }, { kind: 'settled' }, HOUR_MS),
  };
};
