import { KEY_SECTIONS, type KeySection, type RemoteRow } from '@dialtone/domain';
import type { OddRow } from '@dialtone/testing';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';
import { Spells } from './spells';

interface Odd {
  readonly section: KeySection;
  readonly row: OddRow;
}

/** Times in which rows of the lists cannot be read: listed ones, or others beside them. */
export class OddWeather {
  private readonly spells: Spells<Odd>;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {
    this.spells = new Spells(scheduler);
  }

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const before = this.spells.current.length;
    const begun = this.spells.pass(() => this.drawn());
    if (begun !== null || this.spells.current.length !== before) this.show();
    return begun === null ? null : `odd row in ${begun.section}: ${JSON.stringify(begun.row)}`;
  }

  end(): void {
    this.spells.end();
    this.show();
  }

  private show(): void {
    for (const section of KEY_SECTIONS) {
      const rows = this.spells.current.filter((one) => one.section === section).map(({ row }) => row);
      this.upstream.odd.set(section, rows);
    }
  }

  private drawn(): Odd {
    const section = this.scheduler.pick(KEY_SECTIONS) ?? 'dids';
    return { section, row: this.draw(section) };
  }

  private draw(section: KeySection): OddRow {
    const { scheduler, upstream } = this;
    const listed = scheduler.pick<RemoteRow<string> & Subject>(upstream.world.rows(section, {}));
    return listed === null ? {} : (scheduler.pick(this.kindsOf(section, listed)) ?? {});
  }

  private kindsOf(section: KeySection, listed: Subject): readonly OddRow[] {
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
