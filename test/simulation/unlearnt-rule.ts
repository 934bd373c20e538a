import type { DidKey } from '@dialtone/domain';
import type { KeyUpdate, WriteIntent } from '@dialtone/engine';
import type { RemoteWorld } from '@dialtone/testing';
import { Violation } from './invariants';

type Row = NonNullable<ReturnType<RemoteWorld['routings']['get']>>;

/** What a write of ours has made, which a list has shown, and which nothing has changed since. */
interface Learnt {
  /** When it was shown; a list that was begun before proves nothing. */
  readonly at: number;
  readonly mapped?: { readonly didId: number; readonly clientId: number };
  readonly routed?: Pick<Row, 'didId' | 'active' | 'forOutboundCall' | 'outboundBotId'>;
}

/** No verdict takes back what a write was seen to change, as long as it is so. */
export class UnlearntRule {
  private readonly learnt = new Map<DidKey, Learnt>();
  /** Values of routing records that the store has been told of. Another one is news, also when it is an old one. */
  private readonly told = new Map<DidKey, Set<string>>();

  constructor(
    private readonly world: RemoteWorld,
    private readonly now: () => number,
  ) {}

  /** A list has proven this write. What a human has undone before that is not learnt. */
  proven({ key, step, body }: Pick<WriteIntent, 'key' | 'step' | 'body'>): void {
    const did = [...this.world.dids.values()].find(({ number }) => number === key);
    if (key === null || did === undefined) return;
    const { didId, clientId } = did;
    const known = { ...this.learnt.get(key), at: this.now() };
    if (step === 'client_mapping' && clientId !== null && clientId === body['client_id']) {
      this.learnt.set(key, { ...known, mapped: { didId, clientId } });
    }
    const routing = this.world.routings.get(didId);
    if (step !== 'ensure_routing' || routing === undefined || !isSame(routing, body as unknown as Outbound)) return;
    const { active, forOutboundCall, outboundBotId } = routing;
    this.learnt.set(key, {
      ...this.learnt.get(key),
      at: this.now(),
      routed: { didId, active, forOutboundCall, outboundBotId },
    });
  }

  /** The world has changed: what is not so any more need not be known. */
  changed(): void {
    for (const [key, { at, mapped, routed }] of this.learnt) {
      const isMapped = mapped !== undefined && this.world.dids.get(mapped.didId)?.clientId === mapped.clientId;
      const record = routed && this.world.routings.get(routed.didId);
      const isRouted = routed !== undefined && record !== undefined && isSame(record, routed);
      this.learnt.set(key, { at, ...(isMapped && { mapped }), ...(isRouted && { routed }) });
    }
  }

  stored(update: KeyUpdate): void {
    const { key, routing } = update.observation;
    this.judge(update);
    if (routing !== null) this.told.set(key, new Set([...(this.told.get(key) ?? []), ...valuesOf(routing)]));
  }

  private judge({ observation, readiness }: KeyUpdate): void {
    const learnt = this.learnt.get(observation.key);
    const { did, routing, key, observedAt } = observation;
    if (learnt === undefined || !readiness.complete || did === null || observedAt < learnt.at) return;
    const { mapped, routed } = learnt;
    if (mapped !== undefined && did.clientId !== mapped.clientId) {
      throw new Violation(`${key} is judged unmapped, although its mapping was seen`);
    }
    if (routed !== undefined && !isSameOrNews(routing, routed, this.told.get(key))) {
      throw new Violation(`${key} is judged by a routing record from before the one that was seen`);
    }
  }
}

type Outbound = Pick<Row, 'forOutboundCall' | 'outboundBotId'> & { readonly active: boolean | null };

type Listed = { readonly [F in keyof Outbound]: Outbound[F] | null };

const isSame = (a: Listed, b: Outbound): boolean =>
  a.active === b.active && a.forOutboundCall === b.forOutboundCall && a.outboundBotId === b.outboundBotId;

const valuesOf = ({ active, forOutboundCall, outboundBotId }: Listed): readonly string[] =>
  Object.entries({ active, forOutboundCall, outboundBotId }).map(([name, value]) => `${name} ${String(value)}`);

const isSameOrNews = (routing: Listed | null, routed: Outbound, told: ReadonlySet<string> | undefined): boolean => {
  if (routing === null) return false;
  const known = new Set([...(told ?? []), ...valuesOf(routed)]);
  return isSame(routing, routed) || valuesOf(routing).some((value) => !known.has(value));
};
