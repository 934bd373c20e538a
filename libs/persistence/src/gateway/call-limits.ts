import type { CallLimitCode } from '@dialtone/contracts';
import { refusedDestination, type ConnectionId, type DidKey, type PartnerId } from '@dialtone/domain';
import { callsLimitedEvent } from '@dialtone/engine';
import { firstRow, hit, ms, type Queryable, timeOf } from '../db';
import { appendEvents } from '../events/append-events';
import { callPolicyOf } from './call-policies.store';
import type { CallLimits, CallParty, CallRefusal } from './call-store';

interface AskedCall {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly toNumber: string;
  readonly callerId: DidKey;
}

const DAY = `interval '1 day'`;
/** An event tells of the first refusal; those that follow within this time are not told. */
const TOLD_EVERY = { day: DAY, destination: `interval '1 hour'` } as const;

/**
 * Counts the call, in the transaction that records it, or says why it must not be placed. The row of the partner's usage is
 * locked: calls of one partner are recorded one after another.
 */
export const refuseCall = async (tx: Queryable, call: AskedCall, limits: CallLimits): Promise<CallRefusal | null> => {
  const policy = await callPolicyOf(tx, call.partnerId);
  const why = refusedDestination(call.toNumber, call.callerId, policy, limits.homeCallingCode);
  if (why !== null) {
    await tell(tx, call, 'destination', `destination_${why}`);
    return { kind: 'destination_refused', why };
  }
  const crowd = limits.atOnce === undefined ? null : await crowdOf(tx, call, limits.atOnce);
  if (crowd !== null) return { kind: 'too_many_at_once', ...crowd };
  const atMost = policy.callsPerDay ?? limits.perDay;
  if (atMost === 0 || (await count(tx, call.partnerId, atMost))) return null;
  await tell(tx, call, 'day', 'calls_per_day');
  return { kind: 'too_many_calls', atMost, resetMs: await leftOf(tx, call.partnerId) };
};

/** The first limit of calls that are not over and that is reached. Two calls of one partner are not counted side by side. */
const crowdOf = async (
  tx: Queryable,
  { partnerId, connectionId }: AskedCall,
  atOnce: Readonly<Record<CallParty, number>>,
): Promise<{ readonly of: CallParty; readonly atMost: number } | null> => {
  const limited = (['connection', 'partner'] as const).filter((of) => atOnce[of] > 0);
  if (limited.length === 0) return null;
  await tx.query(`insert into call_usage (partner_id) values ($1) on conflict do nothing`, [partnerId]);
  await tx.query(`select 1 from call_usage where partner_id = $1 for update`, [partnerId]);
  const counted = await firstRow<Record<CallParty, number>>(
    tx,
    `select count(*)::int as partner, count(*) filter (where connection_id = $2)::int as connection from calls
      where partner_id = $1 and status in ('pending', 'ringing', 'in_progress') and active_until > now()`,
    [partnerId, connectionId],
  );
  const of = limited.find((party) => (counted?.[party] ?? 0) >= atOnce[party]);
  return of === undefined ? null : { of, atMost: atOnce[of] };
};

const OVER = `(u.day_started_at <= now() - ${DAY} or u.day_started_at > now() + ${DAY})`;

/** A day begins with the first call after the last one ended. False, with nothing counted, when it is used up. */
const count = (tx: Queryable, partnerId: PartnerId, atMost: number): Promise<boolean> =>
  hit(
    tx,
    `insert into call_usage as u (partner_id, day_started_at, used) values ($1, now(), 1)
     on conflict (partner_id) do update
       set day_started_at = case when ${OVER} then now() else u.day_started_at end,
           used = case when ${OVER} then 1 else u.used + 1 end
       where ${OVER} or u.used < $2
     returning 1`,
    [partnerId, atMost],
  );

const leftOf = async (tx: Queryable, partnerId: PartnerId): Promise<number> => {
  const row = await firstRow<{ left: number }>(
    tx,
    `select ${ms(`day_started_at + ${DAY}`)} - ${ms('now()')} as left from call_usage where partner_id = $1`,
    [partnerId],
  );
  return Math.max(1, row?.left ?? 1);
};

const tell = async (
  tx: Queryable,
  { partnerId, connectionId }: AskedCall,
  what: keyof typeof TOLD_EVERY,
  reason: CallLimitCode,
): Promise<void> => {
  const column = `${what}_told_at`;
  const isNews = await hit(
    tx,
    `insert into call_usage as u (partner_id, ${column}) values ($1, now())
     on conflict (partner_id) do update set ${column} = now() where u.${column} <= now() - ${TOLD_EVERY[what]}
     returning 1`,
    [partnerId],
  );
  if (isNews) await appendEvents(tx, [callsLimitedEvent({ partnerId, connectionId, now: await timeOf(tx) }, reason)]);
};
