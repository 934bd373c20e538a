import { Inject, Injectable } from '@nestjs/common';
import { phoneNumberOf, type DidKey } from '@dialtone/domain';
import { why, type History, type HistoryRecord, type HistorySelection, type Statement } from '@dialtone/engine';
import { decodeCursor, encodeCursor, type Principal } from '@dialtone/persistence';
import { BindingsService, type BindingRef } from '../bindings/bindings.service';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { HISTORY } from '../outside/tokens';
import type { HistoryQuery } from './history.dto';

export interface HistoryPage {
  readonly entries: readonly HistoryRecord[];
  readonly nextCursor: string | null;
}

/** Far more than any explanation tells of. */
const READ_TO_EXPLAIN = 200;
const STEERING = ['hold_begun', 'hold_acknowledged', 'pause_begun', 'pause_ended', 'steering_changed'] as const;

/** Reads what was kept. Another partner's entries are not there. */
@Injectable()
export class HistoryService {
  constructor(
    @Inject(HISTORY) private readonly history: History,
    private readonly bindings: BindingsService,
    private readonly connections: ConnectionSelection,
  ) {}

  /** `key`: of one number, declared or not; null: of the connection that the query names, or of the partner. */
  async list({ partnerId }: Principal, key: DidKey | null, query: HistoryQuery): Promise<HistoryPage> {
    const requested = requestedConnection(query);
    if (requested !== null) await this.connections.existing(partnerId, requested);
    const selection: HistorySelection = {
      partnerId,
      ...(key !== null && { key }),
      ...(requested !== null && { connectionId: requested }),
      ...filtersOf(query),
    };
    const before = placeOf(query.cursor);
    const found = await this.history.read({ ...selection, limit: query.limit + 1, ...(before !== null && { before }) });
    const entries = found.slice(0, query.limit);
    const last = entries.at(-1);
    const isMore = found.length > entries.length && last !== undefined;
    return { entries, nextCursor: isMore ? encodeCursor(String(last.at), last.id) : null };
  }

  async explain(ref: BindingRef): Promise<readonly Statement[]> {
    const { binding, status, readiness, conditions, record } = await this.bindings.find(ref);
    const { partnerId, connectionId, key } = binding;
    const [own, steering] = await Promise.all([
      this.history.read({ partnerId, key, limit: READ_TO_EXPLAIN }),
      this.history.read({ partnerId, kinds: STEERING, limit: READ_TO_EXPLAIN }),
    ]);
    const around = steering.filter(
      (entry) => entry.key === null && (entry.connectionId === null || entry.connectionId === connectionId),
    );
    return why({
      phoneNumber: phoneNumberOf(key),
      conditions,
      issues: readiness.issues,
      advisories: readiness.advisories,
      generation: binding.generation,
      releasing: binding.releasing ?? null,
      outcome: status.outcome,
      attempts: status.attempts,
      nextLookAt: record.isDisconnected ? null : status.nextReconcileAt.getTime(),
      observedAt: readiness.observedAt?.getTime() ?? null,
      history: [...own, ...around].sort((a, b) => b.at - a.at || Number(b.id) - Number(a.id)),
    });
  }
}

const filtersOf = ({ kind, actor, from, to }: HistoryQuery): Omit<HistorySelection, 'partnerId'> => ({
  ...(kind !== undefined && { kinds: [kind] }),
  ...(actor !== undefined && { actor }),
  ...(from !== undefined && { from: Date.parse(from) }),
  ...(to !== undefined && { to: Date.parse(to) }),
});

const WHOLE = /^\d{1,19}$/;

const placeOf = (cursor: string | undefined): Pick<HistoryRecord, 'at' | 'id'> | null => {
  if (cursor === undefined) return null;
  const [at = '0', id = '0'] = decodeCursor(cursor, /^\d{1,14}$/, WHOLE);
  return { at: Number(at), id };
};
