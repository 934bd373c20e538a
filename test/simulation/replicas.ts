import { KEY_SECTIONS, type Section, type SectionRows } from '@dialtone/domain';
import type { RemoteWorld } from '@dialtone/testing';
import type { Scheduler } from './scheduler';
import type { Truth } from './truth';

/**
 * How VoiceLink's lists lag. `random`: each is read at random from the primary or from a replica. `once`: the same, but a list that
 * was old is not so again for a while. `constant`: every list is late.
 * `one_section`: only one of the five is. `torn`: as `random`, and a row that is being updated shows some of its old values.
 */
export const REPLICA_KINDS = ['random', 'once', 'constant', 'one_section', 'torn'] as const;
export type ReplicaKind = (typeof REPLICA_KINDS)[number];

/** For how long no list of a section is old after one was, if no two in a row are. */
const ONCE_MS = 15_000;

/**
 * How far the replica is behind, ms. Where no two lists in a row are old, longer: a list from before a change and one from after it
 * then come more often to one number.
 */
export const lagOf = (kind: ReplicaKind): number => (kind === 'once' ? 6_500 : 3_000);

type Rows = { readonly [S in Section]: readonly SectionRows[S][] };

/** Lists as replicas of VoiceLink's database show them. Record what was there before and after every change. */
export class Replicas {
  private readonly versions: { readonly at: number; readonly rows: Rows }[] = [];
  private readonly late: Section | null;
  /** Epoch ms. */
  private readonly currentUntil = new Map<Section, number>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly world: RemoteWorld,
    private readonly kind: ReplicaKind,
    /** Is told of rows that never were there. */
    private readonly truth: Pick<Truth, 'torn'>,
  ) {
    this.late = kind === 'one_section' ? scheduler.pick(KEY_SECTIONS) : null;
  }

  record(): void {
    const { world } = this;
    const rows = {
      clients: world.rows('clients', {}),
      dids: world.rows('dids', {}),
      available_dids: world.rows('available_dids', {}),
      bots: world.rows('bots', {}),
      routing: world.rows('routing', {}),
    };
    this.versions.push({ at: this.scheduler.clock.now(), rows });
  }

  /** What one request for this list is answered. */
  rows<S extends Section>(section: S): readonly SectionRows[S][] {
    const now = this.world.rows(section, {});
    if (!this.isLate(section)) return now;
    const old = this.before(this.scheduler.clock.now() - lagOf(this.kind)).rows[section];
    if (this.kind === 'once' && isOther(old, now)) this.currentUntil.set(section, this.scheduler.clock.now() + ONCE_MS);
    if (this.kind !== 'torn' || this.scheduler.chance(0.5)) return old;
    const torn = this.torn(old, now);
    this.truth.torn(section, torn);
    return torn;
  }

  private isLate(section: Section): boolean {
    switch (this.kind) {
      case 'constant':
        return true;
      case 'one_section':
        return section === this.late;
      case 'once':
        return this.scheduler.clock.now() >= (this.currentUntil.get(section) ?? 0) && this.scheduler.chance(0.5);
      case 'random':
      case 'torn':
        return this.scheduler.chance(0.5);
    }
  }

  private before(at: number): { readonly rows: Rows } {
    const last = this.versions.findLast((version) => version.at <= at) ?? this.versions[0];
    if (last === undefined) throw new Error('Nothing was recorded');
    return last;
  }

  /** The rows of the primary, of which each that differs has some values of the old one. */
  private torn<S extends Section>(old: readonly SectionRows[S][], now: readonly SectionRows[S][]): SectionRows[S][] {
    return now.map((row) => {
      const before = old.find((one) => idOf(one) === idOf(row));
      return before === undefined || before === row ? row : this.mixed(before, row);
    });
  }

  private mixed<Row extends SectionRows[Section]>(before: Row, row: Row): Row {
    const old = Object.entries(before).filter(([name]) => name !== 'raw' && this.scheduler.chance(0.5));
    return { ...row, ...Object.fromEntries(old) };
  }
}

const isOther = (old: readonly unknown[], now: readonly unknown[]): boolean =>
  old.length !== now.length || old.some((row, index) => row !== now[index]);

const idOf = (row: SectionRows[Section]): number => ('didNumber' in row ? row.didId : row.id);
