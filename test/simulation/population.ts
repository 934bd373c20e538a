import { type AgentId, type BindingSpec, canonicalKey, type ConnectionId, type DidKey } from '@dialtone/domain';
import type { InMemoryWorld } from '@dialtone/testing';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';
import type { Declared } from './truth';

export const WEBSOCKET_URL = 'wss://bots.dialtone.test/ws';

interface Place {
  readonly didId: number;
  readonly connectionId: ConnectionId;
}

/** What VoiceLink has and what is declared when a run begins. */
export class Population {
  readonly declared = new Map<DidKey, Declared & Place>();
  /** DIDs and clients that no call may touch. */
  readonly observedOnly = new Set<number>();
  /** DIDs that may be unmapped: their declarations say where they belong. */
  readonly unmappable = new Set<number>();
  /** Of one partner and one account. */
  connectionIds: readonly ConnectionId[] = [];
  private agentId = '' as AgentId;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly world: InMemoryWorld,
    private readonly upstream: SimUpstream,
    private readonly hasTwoConnections: boolean,
  ) {}

  /** Where a DID is declared. */
  placeOf(didId: number): ConnectionId | null {
    return [...this.declared.values()].find((one) => one.didId === didId)?.connectionId ?? null;
  }

  /** Every number on every connection, declared there or not. */
  places(): readonly { readonly connectionId: ConnectionId; readonly key: DidKey }[] {
    return this.connectionIds.flatMap((connectionId) =>
      [...this.declared.keys()].map((key) => ({ connectionId, key })),
    );
  }

  /** What is declared and only observed. */
  stalling(): readonly (readonly [DidKey, Place])[] {
    return [...this.declared].filter(([, { didId }]) => this.observedOnly.has(didId));
  }

  /** DIDs whose declarations are enforced. */
  repaired(): readonly number[] {
    return [...this.declared.values()].map(({ didId }) => didId).filter((didId) => !this.observedOnly.has(didId));
  }

  declaredOn(id: ConnectionId): ReadonlySet<DidKey> {
    return new Set([...this.declared].flatMap(([key, place]) => (place.connectionId === id ? [key] : [])));
  }

  /** Two clients with declared DIDs of all kinds, one that is only observed, and a DID of a client that was not declared. */
  async populate(): Promise<void> {
    const login = 'reseller';
    const { id, partnerId } = await this.world.connection({ login });
    const second = this.hasTwoConnections ? [(await this.world.connection({ login, partnerId })).id] : [];
    this.connectionIds = [id, ...second];
    this.agentId = await this.world.agent(partnerId);
    const clients = [this.client(), this.client()];
    for (let index = 0; index < this.scheduler.between(3, 5); index += 1) await this.enforced(index, clients);
    await this.observed();
    await this.mismatched();
    this.upstream.world.addDid('918009999999');
  }

  private client(): number {
    const { world } = this.upstream;
    const { id } = world.addClient();
    const draw = this.scheduler.random();
    if (draw < 0.2) world.addBot(id, { websocketUrl: 'wss://stranger.example/ws' });
    else if (draw < 0.4) world.addBot(id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    else if (draw < 0.6) world.addBot(id, { websocketUrl: WEBSOCKET_URL, active: false });
    return id;
  }

  private async enforced(index: number, clients: readonly number[]): Promise<void> {
    const { world } = this.upstream;
    const clientId = this.scheduler.pick(clients);
    if (clientId === null) return;
    const isMapped = this.scheduler.chance(0.5);
    const { didId, number } = world.addDid(`91800000000${String(index)}`, { clientId: isMapped ? clientId : null });
    if (this.scheduler.chance(0.4)) world.addRouting(didId, { forInboundCall: 2, inboundTrunkId: 7 });
    if (!isMapped || this.scheduler.chance(0.5)) this.unmappable.add(didId);
    await this.declare(number, didId, { clientId, mode: 'enforce' });
  }

  private async observed(): Promise<void> {
    const clientId = this.client();
    const { didId, number } = this.upstream.world.addDid('918001111111', { clientId });
    this.observedOnly.add(didId).add(clientId);
    await this.declare(number, didId, { clientId, mode: 'observe' });
  }

  private async mismatched(): Promise<void> {
    const [mine, theirs] = [this.client(), this.client()];
    const { didId, number } = this.upstream.world.addDid('918002222222', { clientId: theirs });
    this.observedOnly.add(didId).add(mine).add(theirs);
    await this.declare(number, didId, { clientId: mine, mode: 'enforce' });
  }

  private async declare(number: string, didId: number, spec: Pick<BindingSpec, 'clientId' | 'mode'>): Promise<void> {
    const key = canonicalKey(number);
    if (key === null) throw new Error(`${number} is not a phone number`);
    const full = { agentId: this.agentId, botName: null, websocketUrl: null, release: 'keep', ...spec } as const;
    const [only, ...others] = this.connectionIds;
    const connectionId = others.length === 0 ? only : this.scheduler.pick(this.connectionIds);
    if (connectionId === undefined || connectionId === null) throw new Error('There is no connection.');
    await this.world.declare({ connectionId, key, spec: full });
    this.declared.set(key, { agentId: this.agentId, clientId: spec.clientId, didId, connectionId });
  }
}
