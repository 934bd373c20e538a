import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import type { Stores } from '../store-types';

interface StoredCall {
  readonly status: string;
  readonly handover: string;
  readonly carrier_id: string | null;
  readonly reason: string | null;
}

describe('calls', () => {
  const postgres = usePostgres();
  let partnerId: PartnerId;
  let connectionId: ConnectionId;
  let agentId: AgentId;
  beforeEach(async () => {
    ({ partnerId, connectionId, agentId } = await tenant('Acme'));
  });

  const tenant = async (name: string) => {
    const partner = await postgres.stores.partners.create(name);
    const credentials = { username: 'u', password: 'p' };
    const connection = await postgres.stores.connections.create({
      partnerId: partner.id,
      name: 'North',
      baseUrl: 'https://voicelink.example',
      credentials,
    });
    const agent = await postgres.given.agent(partner.id, 'Sales');
    return { partnerId: partner.id, connectionId: connection.id, agentId: agent };
  };
  const { query } = postgres;
  /** `age` in seconds: how long ago the row was made. */
  const addNumber = async (
    key: DidKey,
    number: { agent?: AgentId; isDefault?: boolean; status?: string; age?: number; on?: ConnectionId },
  ): Promise<void> => {
    const { agent = null, isDefault = false, status = 'ACTIVE', age = 0, on = connectionId } = number;
    await query(
      `insert into phone_numbers (partner_id, connection_id, key, agent_id, is_default, status, created_at)
       values ($1, $2, $3, $4, $5, $6, now() - $7 * interval '1 second')`,
      [partnerId, on, key, agent, isDefault, status, age],
    );
  };
  const record = (overrides: Partial<Parameters<Stores['calls']['record']>[0]> = {}) =>
    postgres.stores.calls.record({
      partnerId,
      connectionId,
      agentId,
      toNumber: '+919876543210',
      apiKeyId: 'k',
      ...overrides,
    });
  const stored = async (): Promise<readonly StoredCall[]> =>
    query<StoredCall>('select status, handover, carrier_id, reason from calls');

  it('are recorded as pending before anything is known of them', async () => {
    const key = aDidKey();
    await addNumber(key, { agent: agentId });
    const result = await record();
    expect(result).toEqual({
      kind: 'recorded',
      callbackToken: expect.stringMatching(/^[\w-]{43}$/) as string,
      call: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        connectionId,
        provider: 'voicelink',
        agentId,
        fromNumber: `+${key}`,
        fromKey: key,
        toNumber: '+919876543210',
        status: 'pending',
      },
    });
    expect(await stored()).toEqual([{ status: 'pending', handover: 'sending', carrier_id: null, reason: null }]);
  });

  it('are not recorded on a connection that is being disconnected', async () => {
    await addNumber(aDidKey(), { agent: agentId });
    const disconnecting = postgres.dataSource.createQueryRunner();
    await disconnecting.startTransaction();
    await disconnecting.query(`update connections set status = 'DISCONNECTED' where id = $1`, [connectionId]);
    const state = { isRecorded: false };
    const recording = record().finally(() => (state.isRecorded = true));
    const isWaiting = async () =>
      (await query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
        .length > 0;
    while (!state.isRecorded && !(await isWaiting())) await sleep(5);
    await disconnecting.commitTransaction();
    await disconnecting.release();
    expect(await recording).toEqual({ kind: 'connection_not_found' });
  });

  it.each([
    {
      handover: { kind: 'accepted', carrierId: '4401' } as const,
      want: { status: 'pending', handover: 'accepted', carrier_id: '4401', reason: null },
    },
    {
      handover: { kind: 'accepted', carrierId: null } as const,
      want: { status: 'pending', handover: 'accepted', carrier_id: null, reason: null },
    },
    {
      handover: { kind: 'refused', reason: 'HTTP 422: no' } as const,
      want: { status: 'failed', handover: 'refused', carrier_id: null, reason: 'HTTP 422: no' },
    },
    {
      handover: { kind: 'unknown', reason: 'time-out' } as const,
      want: { status: 'pending', handover: 'unknown', carrier_id: null, reason: 'time-out' },
    },
  ])('keep how they were handed over: $handover.kind', async ({ handover, want }) => {
    await addNumber(aDidKey(), { agent: agentId });
    const result = await record();
    if (result.kind !== 'recorded') throw new Error(result.kind);
    await postgres.stores.calls.noteHandover(result.call.id, handover);
    expect(await stored()).toEqual([want]);
    await postgres.stores.calls.noteHandover(result.call.id, { kind: 'refused', reason: 'too late' });
    expect(await stored()).toEqual([want]);
  });
});
