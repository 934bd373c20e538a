import type { InMemoryWorld } from '@dialtone/testing';
import type { ConnectionId } from '@dialtone/domain';
import { didResource } from '@dialtone/engine';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

type StoredBot = NonNullable<ReturnType<SimUpstream['world']['bots']['get']>>;

/** Name of the bots that appear at any time, so also between a decision and its effect. */
export const ADDED_BY_HUMAN = 'made in the panel';

/** What humans change in VoiceLink's panel behind the controller's back. */
export class Humans {
  constructor(
    private readonly parts: {
      readonly scheduler: Scheduler;
      readonly upstream: SimUpstream;
      readonly world: InMemoryWorld;
      /** Null: it is not declared, so nothing works on it. */
      readonly placeOf: (didId: number) => ConnectionId | null;
      /** DIDs that may be unmapped: their declarations say where they belong. */
      readonly unmappable: ReadonlySet<number>;
      /** Lists may be from before an edit. */
      readonly isLagging: boolean;
    },
  ) {}

  /** Does one thing, and says what. */
  async meddle(): Promise<string> {
    const { scheduler } = this.parts;
    const acts = [
      () => this.unmap(),
      () => this.breakRouting(),
      () => this.breakManyRoutings(),
      () => this.deleteRouting(),
      () => this.editInbound(),
      () => this.deactivateBot(),
      () => this.deleteBot(),
      () => this.addBot(),
      () => this.misreportBot(),
    ];
    return (await scheduler.pick(acts)?.()) ?? 'nothing';
  }

  private unmap(): string {
    const didId = this.parts.scheduler.pick([...this.parts.unmappable]);
    if (didId === null) return 'nothing to unmap';
    this.parts.upstream.edit((remote) => {
      remote.editDid(didId, { clientId: null });
    });
    return `unmap DID ${String(didId)}`;
  }

  private breakRouting(): string {
    const didId = this.routedDid();
    if (didId === null) return 'nothing to break';
    const broken = this.parts.scheduler.pick([{ active: false }, { forOutboundCall: 4, outboundBotId: null }]) ?? {};
    this.parts.upstream.edit((remote) => {
      remote.editRouting(didId, broken);
    });
    return `break routing of DID ${String(didId)}`;
  }

  private breakManyRoutings(): string {
    if (this.parts.scheduler.chance(0.7)) return 'nothing';
    this.parts.upstream.edit((remote) => {
      for (const didId of remote.routings.keys()) remote.editRouting(didId, { active: false });
    });
    return 'break all routing';
  }

  private deleteRouting(): string {
    const didId = this.routedDid();
    if (didId === null) return 'nothing to delete';
    this.parts.upstream.edit((remote) => {
      remote.deleteRouting(didId);
    });
    return `delete routing of DID ${String(didId)}`;
  }

  /**
   * Only while no process works on the DID, and while lists show what is: without an ETag upstream, an edit is lost that comes
   * between the moment that a list shows and a write.
   */
  private async editInbound(): Promise<string> {
    const { scheduler, upstream } = this.parts;
    const didId = this.routedDid();
    if (didId === null || this.parts.isLagging || (await this.isWorkedOn(didId))) return 'no inbound to edit';
    const inboundTrunkId = scheduler.between(1, 99);
    upstream.edit((remote) => {
      remote.editRouting(didId, { forInboundCall: 2, inboundTrunkId });
    });
    return `send inbound of DID ${String(didId)} to trunk ${String(inboundTrunkId)}`;
  }

  private deactivateBot(): string {
    const bot = this.anyBot();
    if (bot === null || bot.misreported) return 'no bot to deactivate';
    this.parts.upstream.edit((remote) => {
      remote.editBot(bot.id, { active: false });
    });
    return `deactivate bot ${String(bot.id)}`;
  }

  private deleteBot(): string {
    const bot = this.parts.scheduler.chance(0.3) ? this.anyBot() : null;
    if (bot === null) return 'no bot to delete';
    this.parts.upstream.edit((remote) => {
      remote.deleteBot(bot.id);
    });
    return `delete bot ${String(bot.id)}`;
  }

  private addBot(): string {
    const { scheduler, upstream } = this.parts;
    const clientId = scheduler.chance(0.3) ? scheduler.pick([...upstream.world.clients.keys()]) : null;
    if (clientId === null) return 'no bot to add';
    upstream.edit((remote) => {
      remote.addBot(clientId, { name: ADDED_BY_HUMAN, websocketUrl: 'wss://stranger.example/ws' });
    });
    return `add a bot to client ${String(clientId)}`;
  }

  private misreportBot(): string {
    const bot = this.parts.scheduler.chance(0.3) ? this.anyBot() : null;
    if (bot?.active !== true) return 'no bot to misreport';
    this.parts.upstream.edit((remote) => {
      remote.editBot(bot.id, { misreported: true });
    });
    return `list bot ${String(bot.id)} as inactive`;
  }

  private routedDid(): number | null {
    return this.parts.scheduler.pick([...this.parts.upstream.world.routings.keys()]);
  }

  /** Also one that was just brought back, although it then looks misreported for a while. */
  private anyBot(): StoredBot | null {
    return this.parts.scheduler.pick([...this.parts.upstream.world.bots.values()]);
  }

  private async isWorkedOn(didId: number): Promise<boolean> {
    const { upstream, world, placeOf } = this.parts;
    const isInFlight = [...upstream.inFlight].some((call) => call.operation === 'routing.update');
    const connectionId = placeOf(didId);
    if (connectionId === null) return isInFlight;
    const resource = didResource(connectionId, upstream.world.dids.get(didId)?.number ?? '');
    return isInFlight || (await world.leases.acquire(resource, 'human', 0)) === null;
  }
}
