import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import type { ConnectionState } from './connection-states';

const tenant = useTenant();
const { postgres, connect } = tenant;
const budgetOf: Parameters<typeof postgres.stores.connectionStates.list>[0]['budgetOf'] = ({ baseUrl, credentials }) =>
  `${baseUrl} ${credentials.username}`;

let partnerId: PartnerId;
let id: ConnectionId;
beforeEach(async () => {
  ({ partnerId } = tenant);
  id = await connect();
});

const list = (over: { readonly limit?: number; readonly cursor?: string } = {}) =>
  postgres.stores.connectionStates.list({ partnerId, status: 'ACTIVE', limit: 10, budgetOf, ...over });
const state = async (): Promise<NonNullable<ConnectionState['voicelink']>> => {
  const found = (await list()).items.find(({ connection }) => connection.id === id)?.voicelink;
  if (!found) throw new Error('The connection is not listed.');
  return found;
};
const sweep = async (warnings: readonly { section: 'bots'; code: 'FETCH_FAILED'; message: string }[]) => {
  const claimed = await postgres.stores.sweepQueue.claimSweepOf(id, 'me', 60_000);
  if (claimed === null) throw new Error('The sweep is not free.');
  const running = await state();
  const report = { warnings, error: null, credentialsRefused: false, readToEnd: warnings.length === 0 };
  await postgres.stores.sweepQueue.completeSweep(claimed, report, 60_000);
  return running;
};

describe('how connections are', () => {
  it('is listed oldest first, page by page, with what only VoiceLink has for VoiceLink', async () => {
    const plivo = await connect('plivo');
    const first = await list({ limit: 1 });
    expect(first.items).toMatchObject([{ connection: { id }, voicelink: { warnings: [] } }]);
    const second = await list({ limit: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ items: [{ connection: { id: plivo }, voicelink: null }], nextCursor: null });
  });

  it('shows a sweep while it runs, when it ended, and what it could not read', async () => {
    expect(await state()).toMatchObject({ sweep: { startedAt: null, endedAt: null, isRunning: false }, suspect: [] });
    const warning = { section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 502' } as const;
    expect(await sweep([warning])).toMatchObject({ sweep: { isRunning: true, endedAt: null, completeAt: null } });
    const incomplete = await state();
    expect(incomplete).toMatchObject({ warnings: [warning], sweep: { isRunning: false, completeAt: null } });
    await sweep([]);
    const complete = await state();
    expect(complete).toMatchObject({ warnings: [], sweep: { isRunning: false } });
    const { startedAt, endedAt, completeAt, dueAt } = complete.sweep;
    expect(completeAt).toEqual(startedAt);
    expect(endedAt?.getTime()).toBeGreaterThanOrEqual(startedAt?.getTime() ?? Infinity);
    expect(dueAt.getTime()).toBeGreaterThan(endedAt?.getTime() ?? Infinity);
  });

  it('says since when writes are held, and which list is suspect', async () => {
    expect((await state()).heldSince).toBeNull();
    await postgres.stores.voiceLinkConnections.holdWrites(id, 'Many broke');
    await postgres.query(
      `insert into account_lists (account_id, partner_id, section, memory, suspect_since)
       select account_id, partner_id, 'dids', '{"listed": [], "missing": []}', now() from connections where id = $1`,
      [id],
    );
    const { now, heldSince, suspect } = await state();
    expect(suspect).toEqual([{ section: 'dids', since: expect.any(Number) as number }]);
    expect(now - (heldSince ?? 0)).toBeLessThan(60_000);
  });

  it('notes a breaker that opened, and forgets it when it closes', async () => {
    await postgres.stores.connectionStates.noteBreaker(id, 30_000);
    const { now, unansweredUntil } = await state();
    expect((unansweredUntil ?? 0) - now).toBeGreaterThan(20_000);
    await postgres.stores.connectionStates.noteBreaker(id, null);
    expect((await state()).unansweredUntil).toBeNull();
  });

  it('says how far the budget of the login is used up, and until when VoiceLink asked to wait', async () => {
    expect((await state()).budget).toEqual({ aheadMs: 0, blockedUntil: null });
    const name = 'https://voicelink.example/api reseller';
    const request = { ratePerSecond: 0.1, burst: 4, lane: 'user', count: 2 } as const;
    await postgres.stores.rateBudget.take(name, request);
    const used = await state();
    expect(used.budget?.blockedUntil).toBeNull();
    expect(used.budget?.aheadMs).toBeGreaterThan(10_000);
    expect(used.budget?.aheadMs).toBeLessThanOrEqual(20_000);
    await postgres.stores.rateBudget.penalize(name, 60_000);
    expect(((await state()).budget?.blockedUntil ?? 0) - used.now).toBeGreaterThan(30_000);
  });

  it('is shown without a budget when the credentials cannot be opened', async () => {
    await postgres.query(`update connections set credentials = '\\x00' where id = $1`, [id]);
    expect((await state()).budget).toBeNull();
  });

  it('is not shown to another partner', async () => {
    const other = await tenant.anotherPartner();
    const page = { status: 'ACTIVE', limit: 10, budgetOf } as const;
    expect((await postgres.stores.connectionStates.list({ ...page, partnerId: other })).items).toEqual([]);
  });
});
