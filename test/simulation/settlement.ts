import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { InMemoryWorld } from '@dialtone/testing';
import { must } from './invariants';
import type { Population } from './population';
import type { SimBroker } from './sim-broker';
import type { SimUpstream } from './sim-upstream';
import { whyUnready } from './why-unready';

export interface SettlementParts {
  readonly world: InMemoryWorld;
  readonly upstream: SimUpstream;
  readonly population: Population;
  readonly broker: SimBroker | null;
  /** How far lists may be behind. */
  readonly lagMs: number;
  /** For how long the engine decides nothing from a list that shows what was before a write of its own. */
  readonly staleReadsMs: number;
}

/** Whether the engine has come to rest, and whether all is as declared then. */
export class Settlement {
  /** Reconciles that ended because a person, or a new declaration, has to come first. */
  stalls = 0;
  /** Since the calm began. */
  sweeps = 0;
  /** Processes to which VoiceLink still looks away. */
  private readonly openBreakers = new Set<string>();
  /** When a key was reconciled last, if that ended as it is meant to. */
  private readonly settledAt = new Map<DidKey, number>();
  /** Connections with a good sweep that was begun when lists showed all that had changed; those whose sweep is not handed back yet. */
  private readonly seenWell = new Set<ConnectionId>();
  private readonly sweptWell = new Set<ConnectionId>();
  private upsetAt = 0;
  /** Until then a list may be taken for an old one: the last human may have undone a write that was just seen. */
  private doubtedUntil = 0;
  private eventsSeen = 0;

  constructor(private readonly parts: SettlementParts) {}

  /**
   * The calm. What is only observed stalls for a reason, which may not be the same any more, and waits for long: it is made due.
   * All others get on by themselves.
   */
  async begin(): Promise<void> {
    this.sweeps = 0;
    this.doubtedUntil = this.now() + this.parts.lagMs + this.parts.staleReadsMs;
    for (const [key, { connectionId }] of this.parts.population.stalling()) {
      this.settledAt.delete(key);
      await this.parts.world.trigger(connectionId, key);
    }
  }

  breaker(owner: string, isOpen: boolean): void {
    if (isOpen) this.openBreakers.add(owner);
    else this.openBreakers.delete(owner);
  }

  reconciled(key: DidKey, outcome: string): void {
    if (outcome === 'stalled') this.stalls += 1;
    const { declared, observedOnly } = this.parts.population;
    const isAsMeant = outcome === (observedOnly.has(declared.get(key)?.didId ?? 0) ? 'stalled' : 'settled');
    if (isAsMeant) this.settledAt.set(key, this.now());
    else this.settledAt.delete(key);
    if (!isAsMeant) this.upset();
  }

  swept(id: ConnectionId, isWell: boolean, durationMs: number): void {
    this.sweeps += 1;
    if (!isWell) this.upset();
    else if (this.now() - durationMs > Math.max(this.upsetAt + this.parts.lagMs, this.doubtedUntil))
      this.sweptWell.add(id);
  }

  /** Only then all that a sweep has to say is logged. */
  handedBack(id: ConnectionId): void {
    if (this.sweptWell.delete(id)) this.seenWell.add(id);
  }

  /** Something has changed: what follows from it may be to come. */
  upset(): void {
    this.upsetAt = this.now();
    this.seenWell.clear();
    this.sweptWell.clear();
  }

  /**
   * A sweep of each connection has seen that nothing changes any more, all is READY, and nothing that was sent may still come.
   * `since`: each key was reconciled since.
   */
  isReached(since = 0): boolean {
    const { upstream, population } = this.parts;
    if (!this.isQuiet() || upstream.inFlight.size > 0) return false;
    for (const key of population.declared.keys()) if ((this.settledAt.get(key) ?? -Infinity) < since) return false;
    return this.openWrite() === undefined && this.unready() === null;
  }

  /** Throws a Violation. */
  mustHaveConverged(): void {
    const { world, broker } = this.parts;
    const unready = this.unready();
    must(unready === null, unready ?? '');
    const open = this.openWrite();
    must(open === undefined, `what became of ${String(open?.step)} (${String(open?.target)}) was never found out`);
    broker?.checkDelivered(world.events.length);
  }

  private isQuiet(): boolean {
    const { world, population, broker } = this.parts;
    if (world.events.length !== this.eventsSeen) this.upset();
    this.eventsSeen = world.events.length;
    if (this.openBreakers.size > 0 || population.connectionIds.some((id) => !this.seenWell.has(id))) return false;
    return broker?.hasDelivered(world.events.length) !== false;
  }

  /** Why a declared DID is not READY or not served; null: all are. */
  private unready(): string | null {
    const { world, upstream, population } = this.parts;
    for (const [key, declared] of population.declared) {
      const isEnforced = !population.observedOnly.has(declared.didId);
      const why = isEnforced ? whyUnready(key, declared, { world, remote: upstream.world }) : null;
      if (why !== null) return why;
    }
    return null;
  }

  private openWrite(): InMemoryWorld['writes'][number] | undefined {
    return this.parts.world.writes.find(({ state }) => state === 'pending' || state === 'unknown');
  }

  private now(): number {
    return this.parts.world.clock.now();
  }
}
