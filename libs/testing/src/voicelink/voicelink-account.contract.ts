import { ROUTE_TO_BOT, type Section, SECTIONS } from '@dialtone/domain';
import { describeDoubtfulWrites } from './voicelink-doubtful-writes.contract';
import type { VoiceLinkHarness } from './voicelink-harness';
import {
  acceptedId,
  botById,
  botsOf,
  createBot,
  didOf,
  expectRefused,
  isAvailable,
  mapped,
  routingsOf,
  toBot,
  withBot,
  without,
} from './voicelink-steps';

/** The port's contract; run on the in-memory form and on the adapter. `retryAfterMs` of faults must be whole seconds. */
export const describeVoiceLinkAccount = (name: string, makeHarness: () => Promise<VoiceLinkHarness>): void => {
  describe(`${name} as VoiceLinkAccount`, () => {
    let upstream: VoiceLinkHarness;
    beforeEach(async () => {
      upstream = await makeHarness();
    });
    afterEach(() => upstream.close());
    const current = (): VoiceLinkHarness => upstream;

    describeListings(current);
    describeMapping(current);
    describeBots(current);
    describeRouting(current);
    describeDoubtfulWrites(current);
  });
};

type Current = () => VoiceLinkHarness;

const describeListings = (upstream: Current): void => {
  it.each(SECTIONS)('lists %s completely, each row once, with the record as received', async (section) => {
    const listing = await upstream().account.list(section);
    expect(listing.status).toBe('complete');
    const ids = listing.rows.map((row) => ('id' in row ? row.id : row.didId));
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(listing.rows.every((row) => Object.keys(row.raw).length > 0)).toBe(true);
  });

  it.each(SECTIONS)('reports a failed listing of %s as data, without rows, and the next one works', async (section) => {
    await upstream().inject({ on: section, kind: 'fail', times: 3 });
    expect(await upstream().account.list(section)).toMatchObject({ status: 'failed', rows: [] });
    expect(await upstream().account.list(section)).toMatchObject({ status: 'complete' });
  });

  it.each<Section>(['dids', 'bots'])('calls a cut listing of %s truncated, never complete', async (section) => {
    const all = await upstream().account.list(section);
    await upstream().inject({ on: section, kind: 'truncate', times: Infinity });
    const cut = await upstream().account.list(section);
    expect(cut.status).toBe('truncated');
    expect(cut.rows.length).toBeLessThan(all.rows.length);
  });

  it('fails one section without touching the others', async () => {
    await upstream().inject({ on: 'bots', kind: 'fail', times: 3 });
    const [bots, dids] = await Promise.all([upstream().account.list('bots'), upstream().account.list('dids')]);
    expect([bots.status, dids.status]).toEqual(['failed', 'complete']);
  });

  it('lists an unmapped DID as purchased without client, and as available', async () => {
    const free = await upstream().freeDid();
    expect(await didOf(upstream(), free)).toMatchObject({ ...free, clientId: null });
    expect(await isAvailable(upstream(), free)).toBe(true);
  });

  it('shows expiry and deletion that happened behind its back', async () => {
    const [expired, deleted] = [await upstream().freeDid(), await upstream().freeDid()];
    expect(await didOf(upstream(), expired)).not.toMatchObject({ isExpired: true });
    await upstream().meddle.expire(expired);
    await upstream().meddle.deleteDid(deleted);
    expect(await didOf(upstream(), expired)).toMatchObject({ isExpired: true });
    expect(await didOf(upstream(), deleted)).toBeNull();
  });
};

const describeMapping = (upstream: Current): void => {
  it('maps a free DID to a client, and shows it when somebody unmaps it', async () => {
    const { did, clientId } = await mapped(upstream());
    expect(await didOf(upstream(), did)).toMatchObject({ clientId });
    expect(await isAvailable(upstream(), did)).toBe(false);
    await upstream().meddle.unmap(did);
    expect(await didOf(upstream(), did)).toMatchObject({ clientId: null });
  });

  it('is refused when a DID or a client does not exist, and changes nothing', async () => {
    const did = await upstream().freeDid();
    const unknownClient = { didId: did.didId, clientId: 987_654_321, callRecording: 0 } as const;
    const unknownDid = { didId: 987_654_321, clientId: await upstream().clientId(), callRecording: 0 } as const;
    expectRefused(await upstream().account.mapDid(unknownClient), 'rejected');
    expectRefused(await upstream().account.mapDid(unknownDid), 'rejected');
    expect(await isAvailable(upstream(), did)).toBe(true);
  });
};

const describeBots = (upstream: Current): void => {
  it('makes a second bot of the same create: creating is not idempotent', async () => {
    const clientId = await upstream().clientId();
    const first = await createBot(upstream(), clientId);
    const second = await createBot(upstream(), clientId);
    expect(second).not.toBe(first);
    const twins = (await botsOf(upstream(), clientId)).filter((bot) => bot.name === 'contract');
    expect(twins.map(({ id }) => id).sort((a, b) => a - b)).toEqual([first, second]);
    expect(twins[0]).toMatchObject({ websocketUrl: 'wss://contract.example/ws', clientId, active: true });
  });

  it('narrows bots to a client when asked to', async () => {
    const [clientId, other] = [await upstream().clientId(), await upstream().clientId()];
    const [mine, theirs] = [await createBot(upstream(), clientId), await createBot(upstream(), other)];
    const ids = (await botsOf(upstream(), clientId)).map(({ id }) => id);
    expect(ids).toContain(mine);
    expect(ids).not.toContain(theirs);
  });

  it('updates a bot without losing the fields it does not own', async () => {
    const bot = (await upstream().account.list('bots')).rows.find(({ raw }) => typeof raw['webhook_url'] === 'string');
    if (bot === undefined) throw new Error('the harness has no bot with a webhook');
    const fields = { name: 'renamed', websocketUrl: 'wss://renamed.example/ws', active: true };
    expect(await upstream().account.updateBot(bot.id, fields, bot.raw)).toEqual({ kind: 'accepted', id: bot.id });
    const after = await botById(upstream(), bot.id);
    expect(after).toMatchObject({ ...fields, clientId: bot.clientId });
    const owned = ['bot_name', 'websocket_url', 'status'];
    expect(without(after?.raw ?? {}, owned)).toEqual(without(bot.raw, owned));
  });

  it('is refused as not found when the bot to update does not exist', async () => {
    const fields = { name: 'x', websocketUrl: 'wss://x.example/ws', active: true };
    expectRefused(await upstream().account.updateBot(987_654_321, fields, {}), 'not_found');
  });

  it('may list a working bot as inactive', async () => {
    const { did, botId } = await withBot(upstream());
    await upstream().meddle.misreportBot(botId);
    expect(await botById(upstream(), botId)).toMatchObject({ active: false });
    expect(await upstream().account.createRouting({ ...did, fields: toBot(botId) })).toMatchObject({
      kind: 'accepted',
    });
  });
};

const describeRouting = (upstream: Current): void => {
  it('creates one routing record per DID and refuses a second', async () => {
    const { did, botId } = await withBot(upstream());
    const created = await upstream().account.createRouting({ ...did, fields: toBot(botId) });
    expectRefused(await upstream().account.createRouting({ ...did, fields: toBot(botId) }), 'rejected');
    const records = await routingsOf(upstream(), did);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ ...toBot(botId), didId: did.didId });
    expect(created).toEqual({ kind: 'accepted', id: records[0]?.id });
  });

  it('is refused when the bot is inactive or belongs to another client', async () => {
    const { did, botId } = await withBot(upstream());
    const foreign = await createBot(upstream(), await upstream().clientId());
    await upstream().meddle.deactivateBot(botId);
    expectRefused(await upstream().account.createRouting({ ...did, fields: toBot(botId) }), 'rejected');
    expectRefused(await upstream().account.createRouting({ ...did, fields: toBot(foreign) }), 'rejected');
    expect(await routingsOf(upstream(), did)).toEqual([]);
  });

  it('replaces both halves on update, and drops a handler that is null', async () => {
    const { did, botId } = await withBot(upstream());
    const both = { ...toBot(botId), forInboundCall: ROUTE_TO_BOT, inboundBotId: botId };
    const created = await upstream().account.createRouting({ ...did, fields: both });
    const id = acceptedId(created);
    expect((await routingsOf(upstream(), did))[0]).toMatchObject(both);
    expect(await upstream().account.updateRouting(id, toBot(botId), {})).toEqual({ kind: 'accepted', id });
    expect((await routingsOf(upstream(), did))[0]).toMatchObject({ ...toBot(botId), id });
  });

  it('is refused as not found when the record to update does not exist', async () => {
    const { botId } = await withBot(upstream());
    expectRefused(await upstream().account.updateRouting(987_654_321, toBot(botId), {}), 'not_found');
  });

  it('shows what somebody else did to the record', async () => {
    const { did, botId } = await withBot(upstream());
    await upstream().account.createRouting({
      ...did,
      fields: { ...toBot(botId), forInboundCall: ROUTE_TO_BOT, inboundBotId: botId },
    });
    await upstream().meddle.editInbound(did, 1);
    expect((await routingsOf(upstream(), did))[0]).toMatchObject({ forInboundCall: 1, outboundBotId: botId });
    await upstream().meddle.deleteRouting(did);
    expect(await routingsOf(upstream(), did)).toEqual([]);
  });
};
