import type { FlapLimits } from '@dialtone/engine';
import type { InMemoryWorld } from '@dialtone/testing';
import { must } from './invariants';
import type { Population } from './population';
import type { Punctuality } from './punctuality';

interface SeenEvent {
  readonly type: string;
  readonly connection_id: string | null;
  readonly key: string | null;
  readonly data: unknown;
}

interface ToldData {
  readonly occurred_at: string;
  readonly state: string;
  readonly issues: readonly string[];
  readonly code?: string;
}

/** What events have told of one number. */
interface Told {
  verdict: string | null;
  turns: readonly { readonly at: number; readonly left: string }[];
  isFlapping: boolean;
  clearedAt: number;
}

/**
 * A verdict is told to come back to an earlier one less often than the limit within the window; while it flaps nothing of it is told;
 * the flapping ends within a second of its time; and what was told last is true then.
 */
export class FlapRule {
  private readonly told = new Map<string, Told>();
  private eventsRead = 0;
  /** How many there were. */
  count = 0;

  constructor(
    private readonly world: InMemoryWorld,
    private readonly limits: FlapLimits,
    private readonly population: Population,
    private readonly punctuality: Punctuality,
  ) {}

  events(events: readonly SeenEvent[]): void {
    if (this.limits.returns === 0) return;
    for (const event of events.slice(this.eventsRead)) if (event.key !== null) this.event(event, event.key);
    this.eventsRead = events.length;
  }

  /** None flaps. */
  isCalm(): boolean {
    return this.population.places().every(({ connectionId, key }) => this.flapsUntil(connectionId, key) === null);
  }

  mustEndInTime(): void {
    for (const { connectionId, key } of this.limits.returns === 0 ? [] : this.population.places()) {
      const until = this.flapsUntil(connectionId, key);
      must(
        until === null || !this.punctuality.isOverdue(until),
        `${key} flaps on although it was to end at ${String(until)}`,
      );
    }
  }

  /** At rest. */
  mustTellTheTruth(): void {
    for (const { connectionId, key } of this.limits.returns === 0 ? [] : this.population.places()) {
      const told = this.told.get(`${connectionId}/${key}`);
      const stored = this.world.verdictRow(connectionId, key);
      if (told === undefined || stored.flap?.flapping) continue;
      must(!told.isFlapping, `${key} is told to flap, and does not`);
      const verdict = verdictText(stored);
      must(told.verdict === verdict, `${key} is told to be ${String(told.verdict)}, and is ${verdict}`);
    }
  }

  private flapsUntil(...place: Parameters<InMemoryWorld['verdictRow']>): number | null {
    return this.world.verdictRow(...place).flap?.flapping?.until ?? null;
  }

  private event({ type, connection_id, data }: SeenEvent, key: string): void {
    const place = `${connection_id ?? ''}/${key}`;
    const told = this.told.get(place) ?? { verdict: null, turns: [], isFlapping: false, clearedAt: 0 };
    this.told.set(place, told);
    const seen = data as ToldData;
    if (seen.code === 'FLAPPING') this.turn(told, key, { type, at: Date.parse(seen.occurred_at) });
    else if (/\.(readiness|drift|advisory)\./.test(type))
      must(!told.isFlapping, `${type} of ${key} is told while it flaps`);
    if (type === 'dialtone.readiness.changed.v1') this.changed(told, key, seen);
  }

  private turn(told: Told, key: string, { type, at }: { readonly type: string; readonly at: number }): void {
    const begins = type === 'dialtone.advisory.raised.v1';
    must(begins !== told.isFlapping, `${key} is told twice that its flapping ${begins ? 'begins' : 'ends'}`);
    if (begins) this.count += 1;
    Object.assign(told, { isFlapping: begins, turns: [], ...(!begins && { clearedAt: at }) });
  }

  private changed(told: Told, key: string, seen: ToldData): void {
    const at = Date.parse(seen.occurred_at);
    const [left, reached] = [told.verdict, verdictText(seen)];
    told.verdict = reached;
    // What the flapping came to is no change, and what is not looked at any more has no verdict to come back to.
    if (left === null || at === told.clearedAt || reached === 'UNKNOWN') {
      told.turns = [];
      return;
    }
    told.turns = [...told.turns.filter((turn) => turn.at > at - this.limits.windowMs), { at, left }];
    const returns = told.turns.filter((_, nth) => {
      const to = told.turns[nth + 1]?.left ?? reached;
      return told.turns.slice(0, nth + 1).some((turn) => turn.left === to);
    }).length;
    must(returns < this.limits.returns, `${key} is told to have come back ${String(returns)} times within the window`);
  }
}

const verdictText = ({ state, issues }: { readonly state: string; readonly issues: readonly string[] }): string =>
  [state, ...issues].join(' ');
