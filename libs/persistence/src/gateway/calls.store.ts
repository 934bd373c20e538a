import { randomUUID } from 'node:crypto';
import type { DidKey } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import type { CallHandover, CallRow, CallStore as CallContract, CallStatus, RecordedCall } from './call-store';
import type { TelephonyProvider } from './telephony-providers';
import { firstRow, hit, type Queryable, text } from '../db';
import { refuseCall } from './call-limits';
import { shownNumber } from './phone-number-rows';

type RecordInput = Parameters<CallContract['record']>[0];

interface CallerId {
  readonly key: DidKey;
  readonly shown: string;
}

const STATUS: Readonly<Record<CallHandover['kind'], CallStatus>> = {
  accepted: 'pending',
  refused: 'failed',
  unknown: 'pending',
};

export class CallStore implements CallContract {
  constructor(private readonly ds: DataSource) {}

  record(input: RecordInput): Promise<RecordedCall> {
    return this.ds.transaction(async (tx): Promise<RecordedCall> => {
      const provider = await keepActive(tx, input);
      if (provider === null) return { kind: 'connection_not_found' };
      if (!(await hasAgent(tx, input))) return { kind: 'agent_not_found' };
      const callerId = await chooseCallerId(tx, input);
      if (callerId === null) return { kind: 'no_caller_id' };
      const asked = { ...input, callerId: callerId.key };
      const refusal = input.limits === undefined ? null : await refuseCall(tx, asked, input.limits);
      if (refusal !== null) return refusal;
      return { kind: 'recorded', call: await insert(tx, input, { provider, callerId }) };
    });
  }

  async noteHandover(callId: string, handover: CallHandover): Promise<void> {
    const carrierId = handover.kind === 'accepted' ? handover.carrierId : null;
    const reason = handover.kind === 'accepted' ? null : text(handover.reason);
    await this.ds.query(
      `update calls set handover = $2, status = $3, carrier_id = $4, reason = $5, updated_at = now()
        where id = $1 and handover = 'sending'`,
      [callId, handover.kind, STATUS[handover.kind], carrierId, reason],
    );
  }
}

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

const chooseCallerId = (tx: Queryable, { connectionId, agentId }: RecordInput): Promise<CallerId | null> =>
  firstRow<CallerId>(
    tx,
    `select key, ${shownNumber('p')} as shown from phone_numbers p
      where connection_id = $1 and status = 'ACTIVE' and (agent_id = $2 or is_default)
      order by agent_id is not distinct from $2 desc, is_default desc, created_at, id limit 1`,
    [connectionId, agentId],
  );

const insert = async (
  tx: Queryable,
  { partnerId, connectionId, agentId, apiKeyId, toNumber }: RecordInput,
  { provider, callerId }: { readonly provider: TelephonyProvider; readonly callerId: CallerId },
): Promise<CallRow> => {
  const [id, sessionId] = [randomUUID(), randomUUID()];
  await tx.query(
    `insert into calls (id, session_id, partner_id, connection_id, agent_id, api_key_id, provider, from_number, to_number)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, sessionId, partnerId, connectionId, agentId, apiKeyId, provider, callerId.shown, toNumber],
  );
  const [fromNumber, fromKey] = [callerId.shown, callerId.key];
  return { id, sessionId, connectionId, provider, agentId, fromNumber, fromKey, toNumber, status: 'pending' };
};
