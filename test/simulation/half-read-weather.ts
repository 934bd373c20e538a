import {
  KEY_SECTIONS,
  type KeySection,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
  type Section,
  type SectionRows,
  type UnreadableFact,
} from '@dialtone/domain';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';
import { Spells } from './spells';

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
interface HalfRead {
  readonly section: KeySection;
  readonly id: number;
  readonly fact: string;
}

/** Times in which one value of a listed row cannot be read. */
export class HalfReadWeather {
  private readonly spells: Spells<HalfRead>;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {
    this.spells = new Spells(scheduler);
  }

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const begun = this.spells.pass(() => this.draw());
    return begun === null ? null : `the ${begun.fact} of ${begun.section} ${String(begun.id)} cannot be read`;
  }

  end(): void {
    this.spells.end();
  }

  /** The rows as they are read now. */
  read<S extends Section>(section: S, rows: readonly SectionRows[S][]): readonly SectionRows[S][] {
    const own = this.spells.current.filter((one) => one.section === section);
    if (own.length === 0) return rows;
    return rows.map((row) => {
      const facts = own.filter(({ id }) => id === idOf(row)).map(({ fact }) => fact);
      return facts.length === 0 ? row : withoutFacts(row, [...new Set(facts)]);
    });
  }

  private draw(): HalfRead | null {
    const section = this.scheduler.pick(KEY_SECTIONS) ?? 'dids';
    const row = this.scheduler.pick<SectionRows[Section]>(this.upstream.world.rows(section, {}));
    const fact = this.scheduler.pick<string>(FACTS[section]);
    return row === null || fact === null ? null : { section, id: idOf(row), fact };
  }
}

const idOf = (row: SectionRows[Section]): number => ('didNumber' in row ? row.didId : row.id);

const withoutFacts = <Row extends SectionRows[Section]>(row: Row, facts: readonly string[]): Row => {
  const fields = facts.flatMap((fact) => (fact === 'expiry' ? ['isExpired', 'expiresAt'] : [fact]));
  return { ...row, ...Object.fromEntries(fields.map((field) => [field, null])), unreadable: facts };
};
