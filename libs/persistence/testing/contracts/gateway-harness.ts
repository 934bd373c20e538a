import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { KeyUpdate, Outcome } from '@dialtone/engine';
import { aDidKey, aSpec } from '@dialtone/testing';
import type { BindingStore, ConnectionStore, DeclareResult, GivenNumber, PhoneNumberStatus, Stores } from '../../src';

export interface ImportedNumber extends GivenNumber {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly agentId?: AgentId;
  readonly isDefault?: boolean;
  readonly status?: PhoneNumberStatus;
  /** How long ago the row was made; 0 unless given. */
  readonly ageSeconds?: number;
}

/** The gateway's stores over one empty world. */
export interface GatewayHarness {
  readonly stores: Pick<
    Stores,
    'bindings' | 'readiness' | 'numbers' | 'agents' | 'inventory' | 'calls' | 'pointings'
  > & {
    /** What only the reconciler and the operator need of connections is no part of these contracts. */
    readonly connections: Omit<
      ConnectionStore,
      'access' | 'replaceAccess' | 'resealCredentials' | 'forgetCredentials' | 'endDisconnected'
    >;
  };
  readonly given: {
    partner(): Promise<PartnerId>;
    /** A row of the local inventory as an import leaves it, not enabled for inbound calls. */
    number(row: ImportedNumber): Promise<void>;
    holdWrites(connectionId: ConnectionId, reason: string): Promise<void>;
    /** What a sweep stored about one key. */
    saw(connectionId: ConnectionId, update: KeyUpdate): Promise<void>;
    /** A reconcile of the only binding that is due ended so; the next one is due in `dueInMs`. */
    reconciled(
      place: { readonly partnerId: PartnerId; readonly key: DidKey },
      outcome: Outcome,
      dueInMs: number,
    ): Promise<void>;
  };
  /** Epoch ms by the clock of the stores. */
  now(): Promise<number>;
  /** Lets at least so many ms pass by that clock. */
  pass(ms: number): Promise<void>;
  /** What a refused declaration or call must leave as it was. */
  traces(): Promise<unknown>;
}

export type MakeGatewayHarness = () => Promise<GatewayHarness>;
export type DeclareInput = Parameters<BindingStore['declare']>[0];

/** What the contracts do with a harness; read it inside a test. */
export class GatewayWorld {
  private harness: GatewayHarness | null = null;
  private home: Pick<DeclareInput, 'partnerId' | 'connectionId'> | null = null;

  /** For the top of a describe block: a fresh harness with one partner and one connection for each test. */
  static use(make: MakeGatewayHarness): GatewayWorld {
    const world = new GatewayWorld();
    beforeEach(async () => {
      world.harness = await make();
      const partnerId = await world.given.partner();
      world.home = { partnerId, connectionId: await world.connect(partnerId) };
    });
    return world;
  }

  get stores(): GatewayHarness['stores'] {
    return this.open.stores;
  }

  get given(): GatewayHarness['given'] {
    return this.open.given;
  }

  get partnerId(): PartnerId {
    return this.place.partnerId;
  }

  get connectionId(): ConnectionId {
    return this.place.connectionId;
  }

  now(): Promise<number> {
    return this.open.now();
  }

  pass(ms: number): Promise<void> {
    return this.open.pass(ms);
  }

  traces(): Promise<unknown> {
    return this.open.traces();
  }

  async connect(partnerId = this.partnerId): Promise<ConnectionId> {
    const credentials = { username: 'reseller', password: 'secret' };
    const baseUrl = 'https://voicelink.example';
    return (await this.stores.connections.create({ partnerId, name: 'Main', baseUrl, credentials })).id;
  }

  async agent(partnerId = this.partnerId, name = `Agent ${randomUUID()}`): Promise<AgentId> {
    const agent = await this.stores.agents.create(partnerId, name);
    if (agent === 'name_taken') throw new Error(`There is an agent called ${name}.`);
    return agent.id;
  }

  async inputOf(overrides: Partial<DeclareInput> = {}): Promise<DeclareInput> {
    return {
      ...this.place,
      key: aDidKey(),
      spec: overrides.spec ?? aSpec({ agentId: await this.agent() }),
      actor: 'key-1',
      precondition: { kind: 'none' },
      ...overrides,
    };
  }

  declare(input: DeclareInput): Promise<DeclareResult> {
    return this.stores.bindings.declare(input);
  }

  async declaredOne(overrides: Partial<DeclareInput> = {}): Promise<DeclareInput> {
    const input = await this.inputOf(overrides);
    expect(await this.declare(input)).toMatchObject({ kind: 'created' });
    return input;
  }

  private get open(): GatewayHarness {
    if (this.harness === null) throw new Error('Ask for the harness inside a test.');
    return this.harness;
  }

  private get place(): Pick<DeclareInput, 'partnerId' | 'connectionId'> {
    if (this.home === null) throw new Error('Ask for the harness inside a test.');
    return this.home;
  }
}
