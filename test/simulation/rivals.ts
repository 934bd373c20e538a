import type { Scheduler } from './scheduler';
import type { MutatingCall, SimUpstream } from './sim-upstream';

/** What works against the controller. `reverting`: another program sets records back. `deaf`: VoiceLink accepts changes of records and makes none. */
export const RIVAL_KINDS = ['reverting', 'deaf'] as const;
export type RivalKind = (typeof RIVAL_KINDS)[number];

/** Chance per step that the other program looks. */
const LOOKS = 0.03;

/** Something that undoes, or swallows, what is written about a few numbers, until it ends. */
export class Rivals {
  private isOver = false;
  /** The numbers that it is about. */
  private didIds: readonly number[] = [];
  private readonly done = new Set<number>();

  constructor(
    private readonly kind: RivalKind,
    private readonly parts: { readonly scheduler: Scheduler; readonly upstream: SimUpstream },
  ) {}

  meet(didIds: readonly number[]): void {
    this.didIds = didIds;
  }

  /** Does something, and says what; null: nothing. */
  pass(): string | null {
    const { scheduler, upstream } = this.parts;
    if (this.isOver || !scheduler.chance(LOOKS)) return null;
    const routed = this.didIds.filter((didId) => upstream.world.routings.get(didId)?.forOutboundCall === 3);
    const didId = this.kind === 'deaf' && this.done.size > 0 ? null : scheduler.pick(routed);
    if (didId === null) return null;
    this.done.add(didId);
    upstream.edit((remote) => {
      remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
    });
    return `rival: routing of DID ${String(didId)} is set back`;
  }

  /** True if VoiceLink accepts this call and does nothing. */
  swallows(call: MutatingCall): boolean {
    if (this.isOver || this.kind !== 'deaf' || call.operation !== 'routing.update') return false;
    const [didId] = [...this.parts.upstream.world.routings].find(([, { id }]) => id === call.routingId) ?? [];
    return didId !== undefined && this.done.has(didId);
  }

  end(): void {
    this.isOver = true;
  }
}

/** Null: a run has none. */
export const rivalsOf = (
  { rivals }: { readonly rivals?: RivalKind },
  parts: ConstructorParameters<typeof Rivals>[1],
): Rivals | null => (rivals === undefined ? null : new Rivals(rivals, parts));
