import { coversNumber, type ConnectionId, type MaintenanceWindow, type PartnerId, type Pause } from '@dialtone/domain';
import type { Tables } from './tables';

/** What a partner sets about writes. */
export class InMemorySteering {
  constructor(private readonly tables: Tables) {}

  /** Begins now. */
  pause(partnerId: PartnerId, scope: Pick<Pause, 'connectionId' | 'key'>, forMs: number): Pause {
    const begunAt = this.tables.clock.now();
    const rest = { labels: null, reason: 'The carrier is being changed', actor: 'partner', endedAt: null } as const;
    const pause: Pause = { id: this.tables.uuid(), partnerId, ...scope, begunAt, until: begunAt + forMs, ...rest };
    this.tables.pauses.push(pause);
    return pause;
  }

  /** What waits for it is due at once. */
  endPause({ id }: Pause): void {
    const { pauses, bindings, clock } = this.tables;
    const index = pauses.findIndex((pause) => pause.id === id);
    const pause = pauses[index];
    if (pause === undefined || pause.endedAt !== null || pause.until <= clock.now()) return;
    pauses[index] = { ...pause, endedAt: clock.now() };
    for (const row of bindings.values())
      if (coversNumber(pause, { ...row.binding, labels: {} })) this.tables.trigger(row);
  }

  /** Those of a connection, from now on. */
  setWindows(id: ConnectionId, windows: readonly MaintenanceWindow[]): void {
    const row = this.tables.connections.get(id);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    row.windows = windows;
  }
}
