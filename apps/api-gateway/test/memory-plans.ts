import { heldWrites, type NumberedBasis, type PartnerId } from '@dialtone/domain';
import { presentPlanner, type PlanningGround } from '@dialtone/engine';
import type { ConnectionRow, PlanStore } from '@dialtone/persistence';
import type { BindingPlanner } from '../src/outside/tokens';

export const DEFAULT_WEBSOCKET_URL = 'wss://default.example.com/ws';

interface Ground {
  readonly rows: () => readonly ConnectionRow[];
  readonly isDryRun: () => boolean;
}

const NO_MODES = { partner: 'enforce', connection: 'enforce' } as const;

const groundOf = (row: ConnectionRow | undefined): PlanningGround | null =>
  row?.status === 'ACTIVE'
    ? {
        steering: {
          now: Date.now(),
          modes: NO_MODES,
          standing: row.writesHeld === null ? [] : [heldWrites(row.writesHeld)],
        },
        accountId: row.id,
        misreported: new Map(),
        contest: null,
      }
    : null;

/** No bot is misreported here. */
export const memoryPlanner =
  ({ rows, isDryRun }: Ground): BindingPlanner =>
  (places) =>
    presentPlanner(
      {
        connections: {
          planningGround: (numbers) =>
            Promise.resolve(numbers.map(({ connectionId }) => groundOf(rows().find(({ id }) => id === connectionId)))),
        },
        clock: { now: () => Date.now() },
        settings: { mode: 'enforce', dryRun: isDryRun(), defaultWebsocketUrl: DEFAULT_WEBSOCKET_URL },
      },
      places,
    );

export class MemoryPlans implements PlanStore {
  private readonly plans = new Map<string, readonly NumberedBasis[]>();

  clear(): void {
    this.plans.clear();
  }

  remember(partnerId: PartnerId, hash: string, numbers: readonly NumberedBasis[]): Promise<void> {
    this.plans.set(`${partnerId}/${hash}`, numbers);
    return Promise.resolve();
  }

  recall(partnerId: PartnerId, hash: string): Promise<readonly NumberedBasis[] | null> {
    return Promise.resolve(this.plans.get(`${partnerId}/${hash}`) ?? null);
  }
}
