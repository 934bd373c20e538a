import { randomUUID } from 'node:crypto';
import type { DidKey, HeardOfCall, PartnerId } from '@dialtone/domain';
import { heardByAnswer, recordedTurn } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import type {
  CalledBack,
  CallHandover,
  CallStore as CallContract,
  CallVariables,
  CallView,
  HeardResult,
  NewCall,
  RecordedCall,
} from './call-store';
import { CALLER_IDS, type TelephonyProvider } from './telephony-providers';
import { firstRow, hit, json, type Queryable, rows, text, timeOf } from '../db';
import { appendChange } from '../events/append-change';
import { refuseCall } from './call-limits';
import {
  CALL_COLUMNS,
  digestOfToken,
  newCallbackToken,
  toCallRow,
  toCallView,
  VIEW_COLUMNS,
  type StoredCall,
  type ViewedCall,
} from './call-rows';
import { lockCall, mergeHeard } from './hear-of-call';
import { shownNumber } from './phone-number-rows';

type RecordInput = Parameters<CallContract['record']>[0];

interface CallerId {
  readonly key: DidKey;
  readonly shown: string;
}

export class CallStore implements CallContract {
  constructor(private readonly ds: DataSource) {}

  record(input: RecordInput): Promise<RecordedCall> {
    return this.ds.transaction(async (tx): Promise<RecordedCall> => {
      const provider = await keepActive(tx, input);
      if (provider === null) return { kind: 'connection_not_found' };
      if (!(await hasAgent(tx, input))) return { kind: 'agent_not_found' };
      const callerId = await chooseCallerId(tx, input, provider);
      if (callerId === null) return { kind: 'no_caller_id' };
      const asked = { ...input, callerId: callerId.key };
      const refusal = input.limits === undefined ? null : await refuseCall(tx, asked, input.limits);
      if (refusal !== null) return refusal;
      return { kind: 'recorded', ...(await insert(tx, input, { provider, callerId })) };
    });
  }

  noteHandover(callId: string, handover: CallHandover): Promise<void> {
    const reason = handover.kind === 'accepted' ? null : text(handover.reason);
    return this.ds.transaction(async (tx) => {
      const call = await lockCall(tx, callId);
      const isFirst = await hit(
        tx,
        `update calls set handover = $2, reason = $3, updated_at = now() where id = $1 and handover = 'sending' returning 1`,
        [callId, handover.kind, reason],
      );
      if (call !== null && isFirst) await mergeHeard(tx, call, heardByAnswer(handover, call.status, await timeOf(tx)));
    });
  }

  async byCallbackToken(token: string): Promise<CalledBack | null> {
    const row = await firstRow<StoredCall & { readonly variables: CallVariables | null }>(
      this.ds,
      `select ${CALL_COLUMNS}, variables from calls where callback_token = $1`,
      [digestOfToken(token)],
    );
    if (row === null) return null;
    return {
      ...toCallRow(row),
      partnerId: row.partner_id,
      carrierId: row.carrier_id,
      variables: row.variables ?? {},
    };
  }

  noteHeard(callId: string, heard: HeardOfCall): Promise<HeardResult> {
    return this.ds.transaction(async (tx): Promise<HeardResult> => {
      const call = await lockCall(tx, callId);
      return call === null ? { kind: 'no_such_call' } : mergeHeard(tx, call, heard);
    });
  }

  async page(input: Parameters<CallContract['page']>[0]): ReturnType<CallContract['page']> {
    const { partnerId, status, agentId, connectionId, provider, limit, offset } = input;
    const filter = [partnerId, status ?? null, agentId ?? null, connectionId ?? null, provider ?? null];
    const found = await rows<ViewedCall>(
      this.ds,
      `select ${VIEW_COLUMNS} from calls where ${FILTERS} order by calls.created_at desc, id desc limit $6 offset $7`,
      [...filter, limit, offset],
    );
    const counted = await firstRow<{ total: number }>(
      this.ds,
      `select count(*)::float8 as total from calls where ${FILTERS}`,
      filter,
    );
    return { items: found.map(toCallView), total: counted?.total ?? 0 };
  }

  async find(partnerId: PartnerId, callId: string): Promise<CallView | null> {
    const row = await firstRow<ViewedCall>(
      this.ds,
      `select ${VIEW_COLUMNS} from calls where id = $1 and partner_id = $2`,
      [callId, partnerId],
    );
    return row === null ? null : toCallView(row);
  }

  async lookWithin(callId: string, ms: number): Promise<void> {
    await this.ds.query(
      `update calls set look_due_at = least(look_due_at, now() + $2::float8 * interval '1 ms')
        where id = $1 and look_due_at is not null`,
      [callId, ms],
    );
  }
}

const FILTERS = `partner_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or agent_id = $3)
  and ($4::uuid is null or connection_id = $4) and ($5::text is null or provider = $5)`;

/** Share-locks the connection: a concurrent disconnect waits, and finds this call in the history. */
const keepActive = async (tx: Queryable, input: RecordInput): Promise<TelephonyProvider | null> => {
  const found = await firstRow<{ provider: TelephonyProvider }>(
    tx,
    `select provider from connections
      where id = $1 and partner_id = $2 and status = 'ACTIVE' and deleted_at is null for share`,
    [input.connectionId, input.partnerId],
  );
  return found?.provider ?? null;
};

const hasAgent = (tx: Queryable, { partnerId, agentId }: RecordInput): Promise<boolean> =>
  hit(tx, `select 1 from agents where id = $1 and partner_id = $2 and deleted_at is null`, [agentId, partnerId]);

const chooseCallerId = (
  tx: Queryable,
  { connectionId, agentId }: RecordInput,
  provider: TelephonyProvider,
): Promise<CallerId | null> =>
  firstRow<CallerId>(
    tx,
    `select key, ${shownNumber('p')} as shown from phone_numbers p
      where connection_id = $1 and status = 'ACTIVE' and (is_default or ($3 and agent_id = $2))
      order by $3 and agent_id is not distinct from $2 desc, is_default desc, created_at, id limit 1`,
    [connectionId, agentId, CALLER_IDS[provider] === 'agent_first'],
  );

const insert = async (
  tx: Queryable,
  { partnerId, connectionId, agentId, apiKeyId, toNumber, variables }: RecordInput,
  { provider, callerId }: { readonly provider: TelephonyProvider; readonly callerId: CallerId },
): Promise<{ readonly call: NewCall; readonly callbackToken: string }> => {
  const [id, sessionId, callbackToken] = [randomUUID(), randomUUID(), newCallbackToken()];
  const call = { id, sessionId, connectionId, agentId, provider, fromNumber: callerId.shown };
  const { watch, events } = recordedTurn({ ...call, partnerId, createdAt: await timeOf(tx) });
  await tx.query(
    `insert into calls (id, session_id, partner_id, connection_id, agent_id, api_key_id, provider, from_number, to_number,
       callback_token, variables, look_due_at, active_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
       now() + $12::float8 * interval '1 ms', now() + $13::float8 * interval '1 ms')`,
    [
      ...[id, sessionId, partnerId, connectionId, agentId, apiKeyId, provider, callerId.shown, toNumber],
      digestOfToken(callbackToken),
      variables === undefined ? null : json(variables),
      ...[watch.lookInMs, watch.activeForMs],
    ],
  );
  await appendChange(tx, { events });
  return { call: { ...call, fromKey: callerId.key, toNumber, status: 'pending' }, callbackToken };
};
