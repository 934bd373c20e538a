import type { DidKey, RemoteRouting } from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import type { RemoteWorld } from '@dialtone/testing';
import { Violation } from './invariants';

type Row = NonNullable<ReturnType<RemoteWorld['routings']['get']>>;

/** The routing records that the last verdicts on a key were judged by. */
interface Told {
  readonly is: RemoteRouting;
  /** The one before, if it was another. */
  readonly was: RemoteRouting | null;
  readonly observedAt: number;
  /** When the store was told. A list that was begun before proves nothing. */
  readonly at: number;
  /** Nothing has changed the record since. */
  readonly isSo: boolean;
}

/** Where no two lists in a row are old: no verdict goes back to a routing record that another one has replaced, as long as that is so. */
export class TakenBackRule {
  private readonly told = new Map<DidKey, Told>();

  constructor(
    private readonly world: RemoteWorld,
    private readonly now: () => number,
    /** For how long a former value needs a second listing. */
    private readonly windowMs: number,
  ) {}

  /** The world has changed. */
  changed(): void {
    for (const [key, told] of this.told) this.told.set(key, { ...told, isSo: told.isSo && this.isSo(told.is) });
  }

  stored({ observation: { key, routing, observedAt }, readiness }: KeyUpdate): void {
    if (!readiness.complete || routing === null) return;
    const told = this.told.get(key);
    if (told !== undefined && isBackBy(routing, told) && this.mustDoubt(told, observedAt)) {
      throw new Violation(`${key} is judged by a former routing record, which one list alone showed again`);
    }
    const was = told === undefined || isSame(told.is, routing) ? (told?.was ?? null) : told.is;
    this.told.set(key, { is: routing, was, observedAt, at: this.now(), isSo: this.isSo(routing) });
  }

  private mustDoubt({ isSo, at, observedAt: toldFrom }: Told, observedAt: number): boolean {
    return isSo && observedAt >= at && observedAt - toldFrom <= this.windowMs;
  }

  private isSo(routing: RemoteRouting): boolean {
    const record = [...this.world.routings.values()].find(({ id }) => id === routing.id);
    return record !== undefined && isSame(record, routing);
  }
}

const isBackBy = (routing: RemoteRouting, { is, was }: Told): boolean =>
  was !== null && isSame(routing, was) && !isSame(routing, is);

const isSame = (a: RemoteRouting | Row, b: RemoteRouting): boolean =>
  a.id === b.id &&
  a.active === b.active &&
  a.forOutboundCall === b.forOutboundCall &&
  a.outboundBotId === b.outboundBotId;
