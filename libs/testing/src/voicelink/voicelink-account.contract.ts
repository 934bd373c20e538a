import {
  ROUTE_TO_BOT,
  type DidKey,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
  type RoutingFields,
  type Section,
  SECTIONS,
} from '@dialtone/domain';
import type { VoiceLinkAccount, WriteOutcome } from '@dialtone/engine';
import type { WriteOperation } from './remote-world';
import type { VoiceLinkFault } from './voicelink-faults';

/** Changes behind the caller's back, as a person in the panel makes them. */
export interface Meddler {
  unmap(did: FreeDid): Promise<void>;
  deleteDid(did: FreeDid): Promise<void>;
  expire(did: FreeDid): Promise<void>;
  deleteRouting(did: FreeDid): Promise<void>;
  /** The inbound half becomes SIP or mobile. */
  editInbound(did: FreeDid, forInboundCall: number): Promise<void>;
  deactivateBot(botId: number): Promise<void>;
  /** The bot is listed as inactive although it works. */
  misreportBot(botId: number): Promise<void>;
}

export interface FreeDid {
  readonly didId: number;
  readonly didNumber: string;
  readonly key: DidKey;
}

/** One account in a world of its own, with at least four clients, four free DIDs and a bot that has a webhook. */
export interface VoiceLinkHarness {
  readonly account: VoiceLinkAccount;
  /** The same account with dry-run on. */
  readonly dryRunAccount: VoiceLinkAccount;
  /** A live, unmapped DID without routing; another one each time. */
  freeDid(): Promise<FreeDid>;
  /** A client; another one each time. */
  clientId(): Promise<number>;
  readonly meddle: Meddler;
  /** Plans a fault of the upstream. */
  inject(fault: VoiceLinkFault): Promise<void>;
  /** Mutating calls received so far. */
  journal(): Promise<readonly { readonly operation: WriteOperation; readonly effect: boolean }[]>;
  /** Returns when every late effect has happened. */
  settleLate(): Promise<void>;
  close(): Promise<void>;
}

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
    describeFaultyWrites(current);
    describeDryRun(current);
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

/** What the caller may know of a write that did nothing. */
const NOTHING_DONE = [
  {
    kind: 'refuse',
    reason: '200 with status:false',
    want: { kind: 'refused', class: 'rejected', retryAfterMs: null },
  },
  {
    kind: 'rate_limit',
    reason: '429',
    retryAfterMs: 7000,
    want: { kind: 'refused', class: 'rate_limited', retryAfterMs: 7000 },
  },
  {
    kind: 'error',
    reason: '500 proves nothing',
    want: { kind: 'unknown', class: 'unavailable', retryAfterMs: null },
  },
  {
    kind: 'timeout_before',
    reason: 'no answer proves nothing',
    want: { kind: 'unknown', class: 'unavailable', retryAfterMs: null },
  },
];

const describeFaultyWrites = (upstream: Current): void => {
  const attempt = async (
    fault: Partial<VoiceLinkFault> & { kind: string },
  ): Promise<{ outcome: WriteOutcome; clientId: number }> => {
    const clientId = await upstream().clientId();
    await upstream().inject({ on: 'bots.create', ...fault } as VoiceLinkFault);
    const outcome = await upstream().account.createBot({ ...BOT, clientId });
    return { outcome, clientId };
  };
  const botCount = async (clientId: number): Promise<number> =>
    (await botsOf(upstream(), clientId)).filter((bot) => bot.name === BOT.name).length;

  it.each(NOTHING_DONE)(
    'calls a write that did nothing after $kind ($reason) $want.kind, and sends it once',
    async ({ want, kind, ...fault }) => {
      const { outcome, clientId } = await attempt({ kind, ...fault } as never);
      if (outcome.kind === 'accepted') throw new Error('accepted');
      const { class: errorClass, retryAfterMs } = outcome.failure;
      expect({ kind: outcome.kind, class: errorClass, retryAfterMs }).toEqual(want);
      expect(await botCount(clientId)).toBe(0);
      expect(await upstream().journal()).toEqual([{ operation: 'bots.create', effect: false }]);
    },
  );

  it('calls a write unknown whose answer was lost, though it took effect, and sends it once', async () => {
    const { outcome, clientId } = await attempt({ kind: 'timeout_after' });
    expect(outcome.kind).toBe('unknown');
    expect(await botCount(clientId)).toBe(1);
    expect(await upstream().journal()).toEqual([{ operation: 'bots.create', effect: true }]);
  });

  it('calls a write unknown that takes effect only after its time-out', async () => {
    const { outcome, clientId } = await attempt({ kind: 'late_effect', delayMs: 700 });
    expect(outcome.kind).toBe('unknown');
    expect(await botCount(clientId)).toBe(0);
    await upstream().settleLate();
    expect(await botCount(clientId)).toBe(1);
  });
};

const describeDryRun = (upstream: Current): void => {
  it('with dry-run on reads everything and sends no mutating call', async () => {
    const { account, dryRunAccount } = upstream();
    const did = await upstream().freeDid();
    const bot = (await account.list('bots')).rows[0];
    const outcomes = [
      await dryRunAccount.mapDid({ didId: did.didId, clientId: await upstream().clientId(), callRecording: 0 }),
      await dryRunAccount.createBot({ ...BOT, clientId: await upstream().clientId() }),
      await dryRunAccount.updateBot(bot?.id ?? 0, BOT, bot?.raw ?? {}),
      await dryRunAccount.createRouting({ ...did, fields: toBot(bot?.id ?? 0) }),
      await dryRunAccount.updateRouting(1, toBot(bot?.id ?? 0), {}),
    ];
    for (const outcome of outcomes) expectRefused(outcome, 'dry_run');
    expect(await upstream().journal()).toEqual([]);
    expect((await dryRunAccount.list('dids')).status).toBe('complete');
  });
};

const BOT = { name: 'contract', websocketUrl: 'wss://contract.example/ws', active: true } as const;

const toBot = (botId: number): RoutingFields => ({
  forInboundCall: 1,
  forOutboundCall: ROUTE_TO_BOT,
  inboundBotId: null,
  inboundTrunkId: null,
  outboundBotId: botId,
  outboundTrunkId: null,
  active: true,
});

const without = (record: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const acceptedId = (outcome: WriteOutcome): number => {
  if (outcome.kind !== 'accepted') throw new Error(`${outcome.kind}: ${outcome.failure.message}`);
  if (outcome.id === null) throw new Error('accepted without an id');
  return outcome.id;
};

const expectRefused = (outcome: WriteOutcome, errorClass: string): void => {
  expect(outcome).toMatchObject({ kind: 'refused', failure: { class: errorClass } });
};

const createBot = async (upstream: VoiceLinkHarness, clientId: number): Promise<number> =>
  acceptedId(await upstream.account.createBot({ ...BOT, clientId }));

const mapped = async (upstream: VoiceLinkHarness): Promise<{ did: FreeDid; clientId: number }> => {
  const [did, clientId] = [await upstream.freeDid(), await upstream.clientId()];
  const outcome = await upstream.account.mapDid({ didId: did.didId, clientId, callRecording: 0 });
  expect(outcome).toEqual({ kind: 'accepted', id: null });
  return { did, clientId };
};

const withBot = async (upstream: VoiceLinkHarness): Promise<{ did: FreeDid; clientId: number; botId: number }> => {
  const { did, clientId } = await mapped(upstream);
  return { did, clientId, botId: await createBot(upstream, clientId) };
};

const didOf = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<RemoteDid | null> =>
  (await upstream.account.list('dids')).rows.find(({ key }) => key === did.key) ?? null;

const isAvailable = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<boolean> =>
  (await upstream.account.list('available_dids')).rows.some(({ didId }) => didId === did.didId);

const botsOf = async (upstream: VoiceLinkHarness, clientId: number): Promise<readonly RemoteBot[]> =>
  (await upstream.account.list('bots', { clientId })).rows;

const botById = async (upstream: VoiceLinkHarness, botId: number): Promise<RemoteBot | undefined> =>
  (await upstream.account.list('bots')).rows.find(({ id }) => id === botId);

const routingsOf = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<readonly RemoteRouting[]> =>
  (await upstream.account.list('routing')).rows.filter(({ key }) => key === did.key);
