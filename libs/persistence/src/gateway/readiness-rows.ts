import type { ActionItem, Advisory, ConnectionId, DidKey, DriftId, Issue, ReadinessState } from '@dialtone/domain';
import type { StoredReadiness } from './readiness-store';
import { fromStored, type StoredObservation } from '../engine/stored-observation';
import { SEEN_AT } from '../seen-at';

export interface ReadinessRow {
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  readonly action_items: readonly ActionItem[];
  readonly stale: boolean;
  readonly seen_at: Date | null;
  readonly age_seconds: number | null;
  readonly observation: StoredObservation | null;
  readonly drift_id: DriftId | null;
  readonly drift_opened_at: Date | null;
  readonly declared: boolean;
  readonly advisories: readonly Advisory[];
}

/** Columns of `dids d` joined with its `connections c`. */
export const READINESS_COLUMNS = `d.connection_id, d.key, d.state, d.issues, d.action_items, d.stale,
  ${SEEN_AT} as seen_at, greatest(0, extract(epoch from now() - (${SEEN_AT})))::float8 as age_seconds, d.observation,
  d.drift_id, d.drift_opened_at, d.advisories,
  exists (select 1 from bindings x where x.connection_id = d.connection_id and x.key = d.key and x.releasing is null) as declared`;

export const toReadiness = (row: ReadinessRow): StoredReadiness => ({
  connectionId: row.connection_id,
  key: row.key,
  state: row.state,
  issues: row.issues,
  actionItems: row.action_items,
  stale: row.stale,
  observedAt: row.seen_at,
  ageSeconds: row.seen_at === null ? null : row.age_seconds,
  observation: row.observation && fromStored(row.observation),
  drift:
    row.drift_id === null || row.drift_opened_at === null ? null : { id: row.drift_id, openedAt: row.drift_opened_at },
  declared: row.declared,
  advisories: row.advisories,
});
