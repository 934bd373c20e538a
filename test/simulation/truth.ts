import {
  type DidKey,
  judgeReadiness,
  type LocalPhoneNumber,
  observeKey,
  type Presence,
  type PresenceMemory,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
  type Section,
} from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import type { RemoteWorld } from '@dialtone/testing';

interface Version {
  readonly at: number;
  readonly dids: readonly RemoteDid[];
  readonly bots: readonly RemoteBot[];
  readonly routing: readonly RemoteRouting[];
}

export interface Declared {
  readonly agentId: NonNullable<LocalPhoneNumber['agentId']>;
  readonly clientId: number | null;
}

/** What the judge knew besides the lists. */
export interface Known {
  readonly declared: Declared | null;
  readonly misreported: ReadonlySet<number>;
  /** As stored: of what was not there before, one list without it is taken at its word. */
  readonly memory: PresenceMemory | null;
}

/** The likeliest first: a verdict that follows from it needs no other look. */
const AGENTS = ['assigned', 'none', 'not assigned'] as const;
const ABSENT = { did: 'absent', bot: 'absent', routing: 'absent' } as const;

/**
 * What VoiceLink would have listed at every moment. A complete verdict must follow from lists that were true at some
 * moments between its observation and now: otherwise it was derived from something that never was.
 */
export class Truth {
  private versions: Version[] = [];
  private readonly omissions: { readonly at: number; readonly id: number }[] = [];

  constructor(
    private readonly world: RemoteWorld,
    private readonly now: () => number,
    /** How far lists may be behind. */
    private readonly lagMs = 0,
  ) {}

  /** A list shows rows that never were there. */
  torn(section: Section, rows: readonly unknown[]): void {
    const now = this.versions.at(-1);
    if (now !== undefined) this.versions.push({ ...now, at: this.now(), [section]: rows }, { ...now, at: this.now() });
  }

  /** A list of bots that passes for whole lacks this one. */
  leftOut(bot: RemoteBot): void {
    this.omissions.push({ at: this.now(), id: bot.id });
  }

  record(): void {
    this.versions.push({
      at: this.now(),
      dids: this.world.rows('dids', {}),
      bots: this.world.rows('bots', {}),
      routing: this.world.rows('routing', {}),
    });
  }

  /** Null when the verdict could honestly be had; otherwise what could. */
  explain(update: KeyUpdate, known: Known): string | null {
    const { observation, readiness } = update;
    const verdict = readiness.issues.join() || readiness.state;
    const possible = new Set<string>();
    for (const one of this.possible(observation.key, observation.observedAt, known)) {
      if (one === verdict) return null;
      possible.add(one);
    }
    return `${verdict}, possible: ${[...possible].join(' / ')}`;
  }

  /** Whether VoiceLink listed no such row of the key at some time since. */
  wasMissing(section: 'dids' | 'routing', key: DidKey, since: number): boolean {
    return this.since(since).some((version) => version[section].every((row) => row.key !== key));
  }

  private *possible(key: DidKey, since: number, known: Known): Generator<string> {
    const { declared, misreported, memory } = known;
    const declaredClientId = declared?.clientId ?? null;
    const context = { declaredAgentId: declared?.agentId ?? null, now: since };
    const reports = misreported.size === 0 ? [misreported] : [new Set<number>(), misreported];
    const locals = AGENTS.map((agent) => localOf(key, agent, declared));
    for (const lists of this.lists(key, since, memory))
      for (const misreportedBotIds of reports)
        for (const local of locals) {
          const facts = { key, observedAt: since, local, declaredClientId, misreportedBotIds, ...lists };
          const { issues, state } = judgeReadiness(observeKey(facts, ABSENT), context);
          yield issues.join() || state;
        }
  }

  /** Every list may have been read at another moment. */
  private *lists(key: DidKey, since: number, memory: PresenceMemory | null): Generator<Lists> {
    const window = this.since(since);
    const lost = this.omissions.filter(({ at }) => at >= since).map(({ id }) => id);
    const lists = {
      dids: distinct(window.map((version) => version.dids.filter((row) => row.key === key))),
      bots: distinct([...window.flatMap(({ bots }) => withLosses(bots, lost)), ...unlessSeen(memory?.bot)]),
      routing: distinct([
        ...window.map((version) => version.routing.filter((row) => row.key === key)),
        ...unlessSeen(memory?.routing),
      ]),
    };
    // Of bots, the one that is routed to is remembered by its id: that it is missing is noticed.
    const isNoticed = (facts: Lists): boolean => wasSeen(memory?.bot) && lost.some((id) => isMissed(id, facts));
    for (const facts of combinations(lists)) if (!isNoticed(facts)) yield facts;
  }

  /** All versions that were in force at some time since, those of that very millisecond included. */
  private since(since: number): readonly Version[] {
    const later = this.versions.findIndex(({ at }) => at >= since - this.lagMs);
    const from = later < 0 ? this.versions.length - 1 : Math.max(0, later - 1);
    return this.versions.slice(from);
  }
}

const wasSeen = (memory: Presence | undefined): boolean => memory === 'present' || memory === 'suspect';
/** The empty list, when one list without the thing would be believed. */
const unlessSeen = (memory: Presence | undefined): readonly (readonly never[])[] => (wasSeen(memory) ? [] : [[]]);

const withLosses = (bots: readonly RemoteBot[], lost: readonly number[]): readonly (readonly RemoteBot[])[] => [
  bots,
  ...lost.map((id) => bots.filter((bot) => bot.id !== id)),
];

const localOf = (key: DidKey, agent: (typeof AGENTS)[number], declared: Declared | null): LocalPhoneNumber | null => {
  if (agent === 'none') return null;
  const agentId = agent === 'assigned' ? (declared?.agentId ?? null) : null;
  return { id: key as unknown as LocalPhoneNumber['id'], key, agentId, agentName: null };
};

/** A row stays the same object while nothing in it changes: its text is made once. */
const texts = new WeakMap<object, string>();
const textOf = (row: object): string => {
  const text = texts.get(row) ?? JSON.stringify(row);
  texts.set(row, text);
  return text;
};

const distinct = <Row extends object>(lists: readonly (readonly Row[])[]): readonly (readonly Row[])[] => [
  ...new Map(lists.map((rows) => [rows.map(textOf).join(), rows])).values(),
];

type Lists = Pick<Version, 'dids' | 'bots' | 'routing'>;

const isMissed = (id: number, { bots, routing }: Lists): boolean =>
  routing[0]?.outboundBotId === id && !bots.some((bot) => bot.id === id);

function* combinations(lists: { readonly [S in keyof Lists]: readonly Lists[S][] }): Generator<Lists> {
  for (const dids of lists.dids)
    for (const bots of lists.bots) for (const routing of lists.routing) yield { dids, bots, routing };
}
