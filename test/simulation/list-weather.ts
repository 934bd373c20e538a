import type { ListMemory, Section } from '@dialtone/domain';
import type { Scheduler } from './scheduler';
import type { Shortage } from './short-lists';
import type { SimUpstream } from './sim-upstream';

/** Chances per step; a run has about three shortages. */
const BEGINS = 0.005;
const DELETES_ALL_BOTS = 0.0006;
const SHORTAGES: readonly Shortage[] = ['empty', 'shrunken', 'flickering'];
const SECTIONS = ['clients', 'dids', 'bots', 'routing'] as const satisfies readonly Section[];
const SECONDS_MS = [500, 3_000, 8_000] as const;
/** For seconds, or for as long as there is chaos: longer than it takes until a loss is believed that needs no operator. */
const LASTS_MS = [...SECONDS_MS, 25_000, 60_000] as const;

/** Times in which lists are empty or shrunken; and, rarely, a human who deletes all bots, so that an empty list is true. */
export class ListWeather {
  private readonly until = new Map<Section, number>();
  /** Rows of lists that are remembered: before that nothing tells an empty one from a new account. */
  private readonly remembered = new Map<Section, number>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {}

  remembers(section: Section, { listed }: Pick<ListMemory, 'listed'>): void {
    this.remembered.set(section, listed.length);
  }

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const { scheduler, upstream } = this;
    const now = scheduler.clock.now();
    for (const [section, until] of this.until) if (now >= until) this.finish(section);
    if (scheduler.chance(DELETES_ALL_BOTS)) {
      upstream.edit((world) => {
        for (const id of world.bots.keys()) world.deleteBot(id);
      });
      return 'all bots are deleted';
    }
    if (!scheduler.chance(BEGINS)) return null;
    const section = scheduler.pick(SECTIONS.filter((one) => this.remembered.has(one)));
    if (section === null) return null;
    const shortage = scheduler.pick(SHORTAGES) ?? 'empty';
    const ms = scheduler.pick(this.isBelieved(section, shortage) ? SECONDS_MS : LASTS_MS) ?? 0;
    upstream.short.begin(section, shortage);
    this.until.set(section, now + ms);
    return `list of ${section} is ${shortage} for ${String(ms)} ms`;
  }

  end(): void {
    for (const section of SECTIONS) this.finish(section);
  }

  /** After a while it is taken for the truth without an operator: then it must not last, since it is a lie. */
  private isBelieved(section: Section, shortage: Shortage): boolean {
    if (shortage === 'empty') return (this.remembered.get(section) ?? 0) < 2;
    return shortage === 'shrunken' && section !== 'bots';
  }

  private finish(section: Section): void {
    this.until.delete(section);
    this.upstream.short.end(section);
  }
}
