import type { RemoteBot, RemoteDid, RemoteRouting, Section, SectionRows, UnreadableFact } from '@dialtone/domain';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

/** Chance per step that a value turns unreadable; a run has about ten. */
const BEGINS = 0.008;
const LASTS_MS = [2_000, 25_000] as const;

/** The facts of each list that may come in a form that is not understood. */
const FACTS = {
  dids: ['clientId', 'expiry'] satisfies UnreadableFact<RemoteDid>[],
  bots: ['name', 'websocketUrl', 'clientId', 'active'] satisfies UnreadableFact<RemoteBot>[],
  routing: [
    'didId',
    'forInboundCall',
    'forOutboundCall',
    'inboundBotId',
    'inboundTrunkId',
    'outboundBotId',
    'outboundTrunkId',
    'active',
  ] satisfies UnreadableFact<RemoteRouting>[],
} as const;
const JUDGED = ['dids', 'bots', 'routing'] as const satisfies readonly Section[];

interface HalfRead {
  readonly section: (typeof JUDGED)[number];
  readonly id: number;
  readonly fact: string;
  readonly until: number;
}

/** Times in which one value of a listed row cannot be read. */
export class HalfReadWeather {
  private halfRead: readonly HalfRead[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {}

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const { scheduler } = this;
    const now = scheduler.clock.now();
    this.halfRead = this.halfRead.filter(({ until }) => now < until);
    if (!scheduler.chance(BEGINS)) return null;
    const section = scheduler.pick(JUDGED) ?? 'dids';
    const row = scheduler.pick<SectionRows[Section]>(this.upstream.world.rows(section, {}));
    const fact = scheduler.pick<string>(FACTS[section]);
    if (row === null || fact === null) return null;
    const id = idOf(row);
    this.halfRead = [...this.halfRead, { section, id, fact, until: now + scheduler.between(...LASTS_MS) }];
    return `the ${fact} of ${section} ${String(id)} cannot be read`;
  }

  end(): void {
    this.halfRead = [];
  }

  /** The rows as they are read now. */
  read<S extends Section>(section: S, rows: readonly SectionRows[S][]): readonly SectionRows[S][] {
    const own = this.halfRead.filter((one) => one.section === section);
    if (own.length === 0) return rows;
    return rows.map((row) => {
      const facts = own.filter(({ id }) => id === idOf(row)).map(({ fact }) => fact);
      return facts.length === 0 ? row : withoutFacts(row, [...new Set(facts)]);
    });
  }
}

const idOf = (row: SectionRows[Section]): number => ('didNumber' in row ? row.didId : row.id);

const withoutFacts = <Row extends SectionRows[Section]>(row: Row, facts: readonly string[]): Row => {
  const fields = facts.flatMap((fact) => (fact === 'expiry' ? ['isExpired', 'expiresAt'] : [fact]));
  return { ...row, ...Object.fromEntries(fields.map((field) => [field, null])), unreadable: facts };
};
