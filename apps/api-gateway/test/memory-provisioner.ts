import { judgeReadiness, STEP_KINDS, type KeyObservation } from '@dialtone/domain';
import type {
  CallReadyOutcome,
  CallReadyRequest,
  KeyReport,
  LocalNumberRow,
  SyncOutcome,
  SyncView,
} from '@dialtone/engine';
/** When everything was seen that these tests are about. */
export const SEEN_AT = Date.parse('2026-06-09T10:35:00.000Z');

const EMPTY = { status: 'complete', rows: [] } as const;

export const EMPTY_VIEW: SyncView = {
  snapshot: { startedAt: 0, clients: EMPTY, dids: EMPTY, available_dids: EMPTY, bots: EMPTY, routing: EMPTY },
  localNumbers: [],
  keys: [],
  warnings: [],
};

/** The row that an observation saw, as a whole. */
export const rowOf = ({ local }: KeyObservation): LocalNumberRow | null =>
  local && {
    ...local,
    friendlyName: local.key,
    status: 'ACTIVE',
    isDefault: false,
    inboundEnabled: true,
    createdAt: SEEN_AT,
    updatedAt: SEEN_AT,
  };

export const reportOf = (observation: KeyObservation): KeyReport => ({
  observation,
  readiness: judgeReadiness(observation, { declaredAgentId: null, now: SEEN_AT }),
  local: rowOf(observation),
});

/** The engine's Provisioner as a script: it answers as it is told, and remembers what it was asked. */
export class MemoryProvisioner {
  readonly asked: unknown[] = [];
  synced: SyncOutcome = { kind: 'synced', view: EMPTY_VIEW };
  finished: CallReadyOutcome = nothingDone();

  sync(connectionId: string, importDids: boolean): Promise<SyncOutcome> {
    this.asked.push({ connectionId, importDids });
    return Promise.resolve(this.synced);
  }

  callReady(request: CallReadyRequest): Promise<CallReadyOutcome> {
    this.asked.push(request);
    return Promise.resolve(this.finished);
  }

  clear(): void {
    this.asked.length = 0;
    this.synced = { kind: 'synced', view: EMPTY_VIEW };
    this.finished = nothingDone();
  }
}

const nothingDone = (): CallReadyOutcome => ({
  kind: 'finished',
  result: {
    key: null,
    ready: false,
    steps: STEP_KINDS.map((step, nth) => ({
      step,
      status: nth === 0 ? 'failed' : 'skipped',
      detail: 'no such number',
    })),
    before: null,
    after: null,
  },
});
