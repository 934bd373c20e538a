import type { KeyUpdate, WriteIntent } from '@dialtone/engine';
import type { RemoteWorld } from '@dialtone/testing';
import { ADDED_BY_HUMAN } from './humans';
import type { MutatingCall, SimUpstream } from './sim-upstream';

type Routing = Extract<MutatingCall, { operation: 'routing.update' }>['fields'];

export class Violation extends Error {}

/** For how long writes may follow from a listing that lacked a row. */
const FORGET_MS = 10_000;

interface Situation {
  readonly upstream: SimUpstream;
  /** DIDs and clients that are only observed, or mapped elsewhere. */
  readonly mayNotBeTouched: ReadonlySet<number>;
  readonly now: number;
}

/** The parts of the event log that the invariants read. */
interface SeenEvent {
  readonly type: string;
  readonly connection_id: string | null;
  readonly key: string | null;
  readonly seq: number | null;
  readonly data: unknown;
}

interface KeyEvents {
  readonly seq: number;
  readonly drift: { readonly id: string; readonly issues: string } | null;
}

interface DriftData {
  readonly drift_id: string;
  readonly issues: readonly string[];
}

/** What must hold at every step. Every method throws a Violation that says what happened. */
export class Invariants {
  private readonly lastByKey = new Map<string, KeyEvents>();
  private readonly madeAt = new Map<number, number>();
  private readonly leftOutAt = new Map<number, number>();
  /** Since when the store remembers the routing record of a key. */
  private readonly rememberedSince = new Map<string, number>();
  private eventsRead = 0;

  constructor(
    private readonly world: RemoteWorld,
    private readonly isDryRun = false,
  ) {}

  /** A call reaches VoiceLink: it must be right in the current world, and with all effects that may still come. */
  arrives(call: MutatingCall, { upstream, mayNotBeTouched, now }: Situation): void {
    must(!this.isDryRun, 'dry-run is on, and VoiceLink is written to');
    const others = [...upstream.inFlight].filter((other) => other !== call);
    switch (call.operation) {
      case 'dids.map':
        this.mapping(call.didId, mayNotBeTouched);
        return;
      case 'bots.create': {
        const rival = others.find(
          ({ operation, ...other }) =>
            operation === call.operation && 'clientId' in other && other.clientId === call.clientId,
        );
        must(rival === undefined, `a bot of client ${String(call.clientId)} is asked for while another may still come`);
        must(!mayNotBeTouched.has(call.clientId), `a bot for client ${String(call.clientId)}, which is only observed`);
        return;
      }
      case 'bots.update':
        must(!mayNotBeTouched.has(this.world.bots.get(call.botId)?.clientId ?? 0), 'an observed bot is updated');
        return;
      case 'routing.create':
        this.newRouting(call.didId, others, { upstream, mayNotBeTouched, now });
        return;
      case 'routing.update':
        this.routing(call.routingId, call.fields, mayNotBeTouched);
    }
  }

  /** A routing list that looks complete lacks this record. */
  leftOut(row: unknown, at: number): void {
    const didId = (row as { readonly didId?: number } | null | undefined)?.didId;
    if (didId !== undefined) this.leftOutAt.set(didId, at);
  }

  /** The effect happens now, perhaps late. */
  takesEffect(call: MutatingCall, now: number): void {
    if (call.operation === 'routing.create') this.madeAt.set(call.didId, now);
    if (call.operation === 'dids.map') {
      must(this.world.dids.get(call.didId)?.clientId === null, `DID ${String(call.didId)} is mapped although it is`);
    }
    if (call.operation === 'bots.create') {
      const bots = [...this.world.bots.values()].filter(({ clientId }) => clientId === call.clientId);
      const active = bots.find((bot) => bot.active && !bot.misreported && bot.name !== ADDED_BY_HUMAN);
      must(active === undefined, `client ${String(call.clientId)} gets a bot beside the active ${String(active?.id)}`);
      const ours = bots.find((bot) => bot.websocketUrl === call.websocketUrl);
      must(ours === undefined, `client ${String(call.clientId)} gets a second bot of ours beside ${String(ours?.id)}`);
    }
    if (call.operation === 'routing.update') this.inboundStays(call.routingId, call.fields);
  }

  /** The verdict of a row and its drift say the same. */
  stored(update: KeyUpdate, drift: { readonly issues: readonly string[] } | null, now: number): void {
    const { issues, complete } = update.readiness;
    const { key, presence } = update.observation;
    if (presence.routing === 'unknown' || presence.routing === 'absent') this.rememberedSince.delete(key);
    else if (!this.rememberedSince.has(key)) this.rememberedSince.set(key, now);
    if (!complete) return;
    must(
      (drift?.issues.join() ?? '') === issues.join(),
      `${update.observation.key} is stored with ${issues.join() || 'no issue'} and a drift of ${drift?.issues.join() ?? 'none'}`,
    );
  }

  /** Sequences without gaps, and drifts that open, change and resolve in that order under one id. */
  events(all: readonly SeenEvent[]): void {
    for (; this.eventsRead < all.length; this.eventsRead += 1) {
      const event = all[this.eventsRead];
      if (event === undefined || event.key === null) continue;
      const place = `${event.connection_id ?? ''}/${event.key}`;
      const before = this.lastByKey.get(place) ?? { seq: 0, drift: null };
      must(event.seq === before.seq + 1, `${event.key}: event ${String(event.seq)} follows ${String(before.seq)}`);
      this.lastByKey.set(place, { seq: before.seq + 1, drift: driftAfter(event, before.drift) });
    }
  }

  private newRouting(didId: number, others: readonly MutatingCall[], { mayNotBeTouched, now }: Situation): void {
    const rival = others.some((other) => other.operation === 'routing.create' && other.didId === didId);
    must(!rival, `routing of DID ${String(didId)} is asked for while another may still come`);
    // VoiceLink refuses a second record, so acting on a list that lacks the first does no harm; of a record that was known
    // one such list proves nothing.
    const leftOutAt = this.leftOutAt.get(didId) ?? 0;
    const isRemembered = (this.rememberedSince.get(this.world.dids.get(didId)?.number ?? '') ?? now) < leftOutAt;
    const unseenAt = Math.max(this.madeAt.get(didId) ?? 0, isRemembered ? 0 : leftOutAt);
    const isKnown = this.world.routings.has(didId) && now - unseenAt > FORGET_MS;
    must(!isKnown, `a second routing record for DID ${String(didId)}`);
    must(!mayNotBeTouched.has(didId), `routing for DID ${String(didId)}, which is only observed`);
  }

  private mapping(didId: number, mayNotBeTouched: ReadonlySet<number>): void {
    must(this.world.dids.get(didId)?.clientId === null, `DID ${String(didId)} is mapped although it is`);
    must(!mayNotBeTouched.has(didId), `DID ${String(didId)} is mapped although it is only observed`);
  }

  private routing(routingId: number, fields: Routing, mayNotBeTouched: ReadonlySet<number>): void {
    const didId = [...this.world.routings.values()].find(({ id }) => id === routingId)?.didId ?? 0;
    must(!mayNotBeTouched.has(didId), `routing of DID ${String(didId)} is changed although it is only observed`);
    this.inboundStays(routingId, fields);
  }

  private inboundStays(routingId: number, fields: Routing): void {
    const record = [...this.world.routings.values()].find(({ id }) => id === routingId);
    if (record === undefined) return;
    must(
      inboundOf(record) === inboundOf(fields),
      `inbound of routing ${String(routingId)} becomes ${inboundOf(fields)} from ${inboundOf(record)}`,
    );
  }
}

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

const inboundOf = (half: Pick<Routing, 'forInboundCall' | 'inboundBotId' | 'inboundTrunkId'>): string =>
  [half.forInboundCall, half.inboundBotId, half.inboundTrunkId].join('/');

const driftAfter = (event: SeenEvent, open: KeyEvents['drift']): KeyEvents['drift'] => {
  const { drift_id: id, issues } = event.data as DriftData;
  const where = `${String(event.key)}: ${event.type} of ${id}`;
  switch (event.type) {
    case 'dialtone.drift.detected.v1':
      must(open === null, `${where} while ${String(open?.id)} is open`);
      return { id, issues: issues.join() };
    case 'dialtone.drift.changed.v1':
      must(open?.id === id, `${where} while ${String(open?.id)} is open`);
      must(open?.issues !== issues.join(), `${where} without a change`);
      return { id, issues: issues.join() };
    case 'dialtone.drift.resolved.v1':
      must(open?.id === id, `${where} while ${String(open?.id)} is open`);
      return null;
    default:
      return open;
  }
};

/** Writes while they are held: a running reconcile may finish the write that it had decided on, and no more. */
export class HoldRule {
  private heldAt: number | null = null;
  private readonly since = new Map<WriteIntent['key'], number>();

  held(at: number | null): void {
    if (this.heldAt !== null && at !== null) return;
    this.heldAt = at;
    this.since.clear();
  }

  begins({ key, step }: WriteIntent, claimedAt: number): void {
    if (this.heldAt === null) return;
    const writes = (this.since.get(key) ?? 0) + 1;
    this.since.set(key, writes);
    must(claimedAt <= this.heldAt && writes <= 1, `${step} for ${String(key)} begins while writes are held`);
  }
}
