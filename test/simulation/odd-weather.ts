import type { RemoteRow, Section } from '@dialtone/domain';
import type { OddRow } from '@dialtone/testing';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

/** Chance per step that a row turns odd; a run has about ten times of odd rows. */
const BEGINS = 0.008;
const LASTS_MS = [2_000, 25_000] as const;
const JUDGED = ['dids', 'bots', 'routing'] as const satisfies readonly Section[];

interface Odd {
  readonly section: Section;
  readonly row: OddRow;
  readonly until: number;
}

/** Times in which rows of the lists cannot be read: listed ones, or others beside them. */
export class OddWeather {
  private odd: readonly Odd[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {}

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const { scheduler } = this;
    const now = scheduler.clock.now();
    const left = this.odd.filter(({ until }) => now < until);
    if (left.length < this.odd.length) this.show(left);
    if (!scheduler.chance(BEGINS)) return null;
    const section = scheduler.pick(JUDGED) ?? 'dids';
    const row = this.draw(section);
    this.show([...this.odd, { section, row, until: now + scheduler.between(...LASTS_MS) }]);
    return `odd row in ${section}: ${JSON.stringify(row)}`;
  }

  end(): void {
    this.show([]);
  }

  private show(odd: readonly Odd[]): void {
    this.odd = odd;
    for (const section of JUDGED) {
      this.upstream.odd.set(
        section,
        odd.filter((one) => one.section === section).map(({ row }) => row),
      );
    }
  }

  private draw(section: (typeof JUDGED)[number]): OddRow {
    const { scheduler, upstream } = this;
    const listed = scheduler.pick<RemoteRow<string> & Subject>(upstream.world.rows(section, {}));
    return listed === null ? {} : (scheduler.pick(this.kindsOf(section, listed)) ?? {});
  }

  private kindsOf(section: (typeof JUDGED)[number], listed: Subject): readonly OddRow[] {
    const { key = null, clientId = null, didId = null } = listed;
    const insteadOf = (section === 'dids' ? listed.didId : listed.id) ?? 0;
    return [
      { insteadOf },
      { insteadOf, identity: insteadOf },
      { insteadOf, ...(section === 'bots' ? { clientId } : { key }) },
      { insteadOf, identity: insteadOf, didId: section === 'routing' ? didId : null },
      { identity: 9_000_000 + this.scheduler.between(0, 3) },
      {},
    ];
  }
}

interface Subject {
  readonly id?: number;
  readonly key?: OddRow['key'];
  readonly clientId?: number | null;
  readonly didId?: number | null;
}
