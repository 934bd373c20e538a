import type { ReceivedEvent } from '@dialtone/contracts';
import { failedCallOf } from '../core/failed-call';
import type { Incident } from '../core/incident';
import { type Applied, applyToNumber, type NumberEvent, type NumberState } from '../core/number-state';
import type { Receiver } from '../settings/receivers';
import type { Database, Session } from './database';
import { announce, conclude } from './notices';

/**
 * What became of an event. `duplicate`: its id was taken in before. `late`: a newer event of its number was. `other`: it says nothing
 * that is kept here.
 */
export type EventOutcome = 'applied' | 'duplicate' | 'late' | 'other';

export interface Recorded {
  readonly outcome: EventOutcome;
  /** Numbers of `seq` that were passed over. */
  readonly skipped: number;
}

interface NumberRow {
  readonly seq: number;
  readonly drift_id: string | null;
  readonly issues: NonNullable<NumberState['drift']>['issues'];
  readonly opened_at: Date | null;
}

const TAKE_ID = `insert into handled_events (id) values ($1) on conflict (id) do nothing`;
const LOCK_NUMBER = `
  select seq::float8 as seq, drift_id, issues, opened_at from numbers where connection_id = $1 and key = $2 for update`;
/** So that there is a row to lock: two replicas may meet at a number while their group is rebalanced. */
const FIRST_SIGHT = `
  insert into numbers (connection_id, key, partner_id, phone_number, seq) values ($1, $2, $3, $4, 0)
  on conflict (connection_id, key) do nothing`;
const SAVE_NUMBER = `
  update numbers set seq = $3, drift_id = $4, issues = $5, opened_at = $6, partner_id = $7
   where connection_id = $1 and key = $2`;
const CORRECT_SINCE = `
  update numbers set opened_at = $3 where connection_id = $1 and key = $2`;
const CORRECT_INCIDENT = `update incidents set since = $2 where id = $1`;
const UPDATE_CODES = `update incidents set codes = $2 where id = $1 and ended_at is null`;

const incidentId = (driftId: string): string => `drift:${driftId}`;

const stateOf = (row: NumberRow): NumberState | null => {
  if (row.seq === 0) return null;
  const { seq, drift_id: driftId, issues, opened_at: openedAt } = row;
  const drift = driftId === null ? null : { driftId, issues, openedAt: (openedAt ?? new Date(0)).toISOString() };
  return { seq, drift };
};

type Changed = Extract<Applied, { readonly kind: 'applied' }>;

const NOTHING = { skipped: 0 };

const isAboutNumber = (event: ReceivedEvent): event is NumberEvent =>
  event.type.startsWith('dialtone.drift.') || event.type === 'dialtone.readiness.changed.v1';

/** Takes events in: each in one transaction, so that it is taken in as a whole or not at all. */
export class EventStore {
  constructor(
    private readonly database: Database,
    private readonly receivers: readonly Receiver[],
  ) {}

  record(event: ReceivedEvent): Promise<Recorded> {
    return this.database.transact(async (session) => {
      if ((await session.run(TAKE_ID, [event.id])) === 0) return { outcome: 'duplicate', ...NOTHING };
      if (isAboutNumber(event)) return this.recordNumber(session, event);
      const call = failedCallOf(event);
      if (call === null) return { outcome: 'other', ...NOTHING };
      await announce(session, call, this.receivers);
      return { outcome: 'applied', ...NOTHING };
    });
  }

  private async recordNumber(session: Session, event: NumberEvent): Promise<Recorded> {
    const { connection_id: connection, key, partner_id: partner, phone_number: number } = event.data;
    await session.run(FIRST_SIGHT, [connection, key, partner, number]);
    const [row] = await session.rows<NumberRow>(LOCK_NUMBER, [connection, key]);
    const known = row === undefined ? null : stateOf(row);
    const applied = applyToNumber(known, event);
    if (applied.kind === 'late') {
      if (applied.since !== null) await this.correctSince(session, event, applied.since);
      return { outcome: 'late', ...NOTHING };
    }
    await this.save(session, event, applied.state);
    await this.tell(session, event, applied);
    return { outcome: 'applied', skipped: applied.skipped };
  }

  private async save(session: Session, { data }: NumberEvent, { drift, seq }: NumberState): Promise<void> {
    const open = drift === null ? [null, [], null] : [drift.driftId, drift.issues, drift.openedAt];
    await session.run(SAVE_NUMBER, [data.connection_id, data.key, seq, ...open, data.partner_id]);
  }

  private async tell(session: Session, event: NumberEvent, { closed, opened, state }: Changed): Promise<void> {
    if (closed !== null) await conclude(session, { ...closed, id: incidentId(closed.driftId) }, this.receivers);
    if (opened !== null) return announce(session, this.incidentOf(event, opened), this.receivers);
    const { drift } = state;
    if (drift !== null) await session.run(UPDATE_CODES, [incidentId(drift.driftId), drift.issues]);
  }

  private async correctSince(session: Session, event: NumberEvent, since: string): Promise<void> {
    const { connection_id: connection, key, drift_id: driftId } = event.data;
    await session.run(CORRECT_SINCE, [connection, key, since]);
    await session.run(CORRECT_INCIDENT, [incidentId(driftId ?? ''), since]);
  }

  private incidentOf(
    { data }: NumberEvent,
    drift: { readonly driftId: string; readonly issues: readonly string[]; readonly openedAt: string },
  ): Incident {
    return {
      id: incidentId(drift.driftId),
      kind: 'drift',
      partnerId: data.partner_id,
      connectionId: data.connection_id,
      phoneNumber: data.phone_number,
      codes: drift.issues,
      detail: null,
      since: drift.openedAt,
      endedAt: null,
      endedAs: null,
    };
  }
}
