import { randomUUID } from 'node:crypto';
import type { CallStatus, HeardOfCall } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';

interface StoredCall {
  readonly status: string;
  readonly carrier_id: string | null;
  readonly duration_seconds: number | null;
  readonly error_message: string | null;
  readonly variables: unknown;
  readonly is_over: boolean;
  readonly is_watched: boolean;
  readonly is_active: boolean;
}

describe('what is heard of calls', () => {
  const postgres = usePostgres();
  const { query } = postgres;

  const record = async (): Promise<{ readonly id: string; readonly token: string }> => {
    const partner = await postgres.stores.partners.create(randomUUID());
    const credentials = { auth_id: 'MA', auth_token: 't' };
    const given = { partnerId: partner.id, provider: 'plivo', name: 'North', baseUrl: null, credentials } as const;
    const { id: connectionId } = await postgres.stores.connections.create(given);
    const agentId = await postgres.given.agent(partner.id, 'Sales');
    await query(
      `insert into phone_numbers (partner_id, connection_id, key, is_default, status) values ($1, $2, $3, true, 'ACTIVE')`,
      [partner.id, connectionId, aDidKey()],
    );
    const call = { partnerId: partner.id, connectionId, agentId, toNumber: '+919876543210', apiKeyId: 'k' };
    const recorded = await postgres.stores.calls.record({ ...call, variables: { customer: 'Asha' } });
    if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
    return { id: recorded.call.id, token: recorded.callbackToken };
  };
  const heard = (status: CallStatus, more: Partial<HeardOfCall> = {}): HeardOfCall => ({
    source: 'callback',
    status,
    at: Number.POSITIVE_INFINITY,
    ...more,
  });
  const stored = async (id: string): Promise<StoredCall | undefined> => {
    const [row] = await query<StoredCall>(
      `select status, carrier_id, duration_seconds, error_message, variables, ended_at is not null as is_over,
              look_due_at > now() as is_watched, active_until > now() as is_active from calls where id = $1`,
      [id],
    );
    return row;
  };

  it('is found by the token that the carrier was given, which is stored nowhere', async () => {
    const { id, token } = await record();
    expect(token).toMatch(/^[\w-]{43}$/);
    const found = await postgres.stores.calls.byCallbackToken(token);
    expect(found).toMatchObject({ id, provider: 'plivo', status: 'pending', variables: { customer: 'Asha' } });
    expect(await postgres.stores.calls.byCallbackToken(`${token}x`)).toBeNull();
    const [row] = await query<{ all: string }>('select calls::text as all from calls where id = $1', [id]);
    expect(row?.all).not.toContain(token);
  });

  it('is merged, told apart from what was known, and forgets the variables at the end', async () => {
    const { id, token } = await record();
    expect(await stored(id)).toMatchObject({ is_watched: true, is_active: true, is_over: false });
    expect(await postgres.stores.calls.noteHeard(id, heard('ringing', { carrierId: 'u-1' }))).toEqual({
      kind: 'noted',
      before: 'pending',
      status: 'ringing',
      end: null,
    });
    expect(await postgres.stores.calls.noteHeard(id, heard('ringing'))).toEqual({
      kind: 'known',
      before: 'ringing',
      status: 'ringing',
      end: null,
    });
    expect(await postgres.stores.calls.noteHeard(id, heard('completed', { durationSeconds: 12.4 }))).toMatchObject({
      kind: 'noted',
      end: { status: 'completed', durationSeconds: 12 },
    });
    expect(await postgres.stores.calls.noteHeard(id, heard('in_progress'))).toMatchObject({
      status: 'completed',
      end: null,
    });
    expect(await stored(id)).toEqual({
      status: 'completed',
      carrier_id: 'u-1',
      duration_seconds: 12,
      error_message: null,
      variables: null,
      is_over: true,
      is_watched: null,
      is_active: false,
    });
    expect((await postgres.stores.calls.byCallbackToken(token))?.variables).toEqual({});
  });

  it('takes texts and numbers that no column takes', async () => {
    const { id } = await record();
    const strange = { error: `no\0${'x'.repeat(9_000)}`, carrierId: 'x'.repeat(9_000), at: Number.NaN };
    await postgres.stores.calls.noteHeard(id, heard('completed', { durationSeconds: 1e300, at: -1e300 }));
    expect(await stored(id)).toMatchObject({ status: 'completed', duration_seconds: null });
    const other = await record();
    await postgres.stores.calls.noteHeard(other.id, heard('failed', strange));
    const row = await stored(other.id);
    expect([row?.error_message?.length, row?.carrier_id]).toEqual([500, null]);
  });

  it('comes to the same whether the carrier answers first or calls back first', async () => {
    const [late, early] = [await record(), await record()];
    await postgres.stores.calls.noteHandover(late.id, { kind: 'accepted', carrierId: 'u-1' });
    await postgres.stores.calls.noteHeard(late.id, heard('in_progress'));
    await postgres.stores.calls.noteHeard(early.id, heard('in_progress', { carrierId: 'u-1' }));
    await postgres.stores.calls.noteHandover(early.id, { kind: 'accepted', carrierId: 'u-1' });
    expect(await stored(early.id)).toEqual(await stored(late.id));
    expect(await stored(early.id)).toMatchObject({ status: 'in_progress', carrier_id: 'u-1' });
  });

  it('outweighs an answer that refuses a call which rings', async () => {
    const { id } = await record();
    await postgres.stores.calls.noteHeard(id, heard('ringing'));
    await postgres.stores.calls.noteHandover(id, { kind: 'refused', reason: 'HTTP 400: no' });
    expect(await stored(id)).toMatchObject({ status: 'ringing', error_message: null, is_active: true });
  });

  it('ends a refused call, with the reason', async () => {
    const { id } = await record();
    await postgres.stores.calls.noteHandover(id, { kind: 'refused', reason: 'HTTP 400: no' });
    expect(await stored(id)).toMatchObject({ status: 'failed', error_message: 'HTTP 400: no', is_over: true });
  });

  it('of a call that is not there says so', async () => {
    const { id } = await record();
    expect(await postgres.stores.calls.noteHeard(id.replace(/^.{8}/, '00000000'), heard('ringing'))).toEqual({
      kind: 'no_such_call',
    });
  });

  it('is merged one after another when it comes at once', async () => {
    const { id } = await record();
    const all: readonly CallStatus[] = ['ringing', 'in_progress', 'completed', 'ringing', 'in_progress', 'completed'];
    const results = await Promise.all(all.map((status) => postgres.stores.calls.noteHeard(id, heard(status))));
    expect(await stored(id)).toMatchObject({ status: 'completed', is_over: true });
    expect(results.filter((one) => one.kind === 'noted' && one.status !== one.before).length).toBeLessThan(4);
  });

  it('is heard on a connection whose credentials can be opened, disconnected or not', async () => {
    const { token } = await record();
    const found = await postgres.stores.calls.byCallbackToken(token);
    if (found === null) throw new Error('no call');
    const want = {
      id: found.connectionId,
      provider: 'plivo',
      baseUrl: null,
      credentials: { auth_id: 'MA', auth_token: 't' },
    };
    expect(await postgres.stores.carrierAccess.find(found.connectionId)).toEqual(want);
    await postgres.stores.connections.disconnect(found.partnerId, found.connectionId);
    expect(await postgres.stores.carrierAccess.find(found.connectionId)).toEqual(want);
    await query(`update connections set credentials = null`);
    expect(await postgres.stores.carrierAccess.find(found.connectionId)).toEqual({ ...want, credentials: null });
    await query(`update connections set provider = 'voicelink'`);
    expect(await postgres.stores.carrierAccess.find(found.connectionId)).toBeNull();
  });

  describe('falls silent', () => {
    const due = (id: string, minutes = 3) =>
      query(`update calls set look_due_at = now(), heard_at = now() - $2 * interval '1 minute' where id = $1`, [
        id,
        minutes,
      ]);
    const silence = { kind: 'again', afterMs: 60_000 } as const;

    it('and is taken by one process, until it is looked at', async () => {
      const { id } = await record();
      expect(await postgres.stores.callWatches.take()).toBeNull();
      await due(id);
      const taken = await Promise.all([1, 2, 3].map(() => postgres.stores.callWatches.take()));
      const [look] = taken.filter((one) => one !== null);
      expect(taken.filter((one) => one !== null)).toHaveLength(1);
      expect(look).toMatchObject({ id, provider: 'plivo', status: 'pending', carrierId: null, looks: 1 });
      expect(look?.silentMs).toBeGreaterThanOrEqual(180_000);
      if (look === undefined) throw new Error('none');
      expect(await postgres.stores.callWatches.noteSilence(look, silence)).toBe(true);
      await due(id);
      expect(await postgres.stores.callWatches.take()).toMatchObject({ looks: 2 });
    });

    it('but not when something is heard while it is looked at', async () => {
      const { id } = await record();
      await due(id);
      const look = await postgres.stores.callWatches.take();
      await postgres.stores.calls.noteHeard(id, heard('ringing'));
      if (look === null) throw new Error('none');
      expect(await postgres.stores.callWatches.noteSilence(look, { kind: 'lost' })).toBe(false);
      expect(await stored(id)).toMatchObject({ status: 'ringing', is_watched: true, is_active: true });
    });

    it('for good, which is shown, until it is heard of after all', async () => {
      const { id, token } = await record();
      await due(id);
      const look = await postgres.stores.callWatches.take();
      if (look === null) throw new Error('none');
      await postgres.stores.callWatches.noteSilence(look, { kind: 'lost' });
      expect(await stored(id)).toMatchObject({
        status: 'pending',
        is_watched: null,
        is_active: false,
        variables: null,
      });
      const found = await postgres.stores.calls.byCallbackToken(token);
      if (found === null) throw new Error('none');
      expect(await postgres.stores.calls.find(found.partnerId, id)).toMatchObject({ isLost: true, status: 'pending' });
      await postgres.stores.calls.noteHeard(id, heard('completed'));
      const page = await postgres.stores.calls.page({ partnerId: found.partnerId, limit: 10, offset: 0 });
      expect(page).toMatchObject({ total: 1, items: [{ id, isLost: false, status: 'completed' }] });
      const wanted = { partnerId: found.partnerId, limit: 10, offset: 0, provider: 'plivo', status: 'busy' } as const;
      expect(await postgres.stores.calls.page(wanted)).toEqual({ items: [], total: 0 });
    });

    it('and are deleted when they began long ago and are over or given up, the oldest first', async () => {
      const [over, young, watched] = [await record(), await record(), await record()];
      for (const { id } of [over, watched])
        await postgres.query(`update calls set created_at = now() - interval '3 days' where id = '${id}'`);
      await postgres.stores.calls.noteHeard(over.id, heard('completed'));
      await postgres.stores.calls.noteHeard(young.id, heard('completed'));
      const request = { olderThanMs: 2 * 86_400_000, limit: 1_000 };
      expect(await postgres.stores.callWatches.forget(request)).toBe(1);
      const left = await postgres.query<{ id: string }>('select id from calls');
      expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([young.id, watched.id]));
      expect(left.map(({ id }) => id)).not.toContain(over.id);
    });

    it('no longer than it is told to end', async () => {
      const { id } = await record();
      await postgres.stores.calls.lookWithin(id, 0);
      expect(await postgres.stores.callWatches.take()).toMatchObject({ id });
      await postgres.stores.calls.noteHeard(id, heard('completed'));
      await postgres.stores.calls.lookWithin(id, 0);
      expect(await postgres.stores.callWatches.take()).toBeNull();
    });
  });
});
