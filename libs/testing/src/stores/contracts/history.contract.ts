import type { DidKey, PartnerId } from '@dialtone/domain';
import {
  didResource,
  type Course,
  type HistoryRecord,
  type HistorySelection,
  type Lease,
  type Outcome,
  type SweepableConnection,
  type WriteIntent,
} from '@dialtone/engine';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { claimOne, declareOn, declareOne, type Declared, freshHarness, LONG_MS, present, store } from './fixtures';

/** The contract of the engine's History, and of what all stores keep there; every form of it passes the same tests. */
export const describeHistory = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as History`, () => {
    const harness = freshHarness(make);
    describeDeclarations(harness);
    describeVerdicts(harness);
    describePlans(harness);
    describeHolds(harness);
    describeWrites(harness);
    describeReading(harness);
  });
};

const SETTLED: Outcome = { kind: 'settled' };
const STALLED: Outcome = { kind: 'stalled', issues: [], message: 'Set its client', reason: 'CLIENT_REQUIRED' };
const OPEN: Course = {
  taken: [],
  open: [{ step: 'client_mapping', status: 'blocked', reason: 'client_required', detail: 'Set its client' }],
};
const ALL = 1_000;

const kept = (
  { stores }: StoreHarness,
  { partnerId }: { readonly partnerId: PartnerId },
  selection: Omit<HistorySelection, 'partnerId'> = {},
): Promise<readonly HistoryRecord[]> => stores.history.read({ partnerId, limit: ALL, ...selection });

const kindsOf = (records: readonly HistoryRecord[]): readonly string[] => records.map(({ kind }) => kind);

const describeDeclarations = (harness: () => StoreHarness): void => {
  it('keeps one entry of each change of a declaration, and none of what changes nothing', async () => {
    const { given } = harness();
    const { connection, binding } = await declareOne(harness());
    const { connectionId, key, agentId, clientId, botName, websocketUrl, mode, release } = binding;
    const spec = { agentId, clientId, botName, websocketUrl, mode, release };
    await given.declare({ connectionId, key, spec });
    await given.declare({ connectionId, key, spec: { ...spec, botName: 'Other' } });
    await given.undeclare(connectionId, key);
    await given.undeclare(connectionId, key);
    const [withdrawn, updated, created] = await kept(harness(), connection);
    const author = { actor: 'partner', manager: null, requestId: null, partnerId: connection.partnerId };
    const place = { connectionId, key, outcomes: [], answer: null };
    const first = { connection_id: connectionId, generation: 1, agent_id: spec.agentId, bot_name: spec.botName };
    expect(created).toMatchObject({ ...author, ...place, kind: 'declaration_created', before: null, after: first });
    const second = { ...first, generation: 2, bot_name: 'Other' };
    expect(updated).toMatchObject({ ...author, ...place, kind: 'declaration_updated', before: first, after: second });
    expect(withdrawn).toMatchObject({
      ...author,
      ...place,
      kind: 'declaration_withdrawn',
      before: second,
      after: null,
    });
    expect(await kept(harness(), connection)).toHaveLength(3);
  });

  it('keeps no secret of an endpoint', async () => {
    const websocketUrl = 'wss://user:hidden@bots.example/ws?token=hidden#hidden';
    const { connection } = await declareOne(harness(), { websocketUrl });
    const [created] = await kept(harness(), connection);
    expect(created?.after).toMatchObject({ websocket_url: 'wss://bots.example/ws?[redacted]' });
  });
};

const describeVerdicts = (harness: () => StoreHarness): void => {
  it('keeps an entry when state or issues change, and none of facts, of age and of what is not certain', async () => {
    const { given } = harness();
    const connection = await given.connection();
    const { key } = await declareOn(harness(), connection);
    const place = { connection, key };
    await store(harness(), place, { issues: ['NO_BOT', 'ROUTING_MISSING'], at: 1 });
    await store(harness(), place, { issues: ['NO_BOT', 'ROUTING_MISSING'], at: 2, facts: 'others' });
    await store(harness(), place, { incomplete: true, at: 3 });
    await store(harness(), place, { issues: ['NO_BOT'], at: 4 });
    await store(harness(), place, { at: 5 });
    const verdicts = await kept(harness(), connection, { kinds: ['verdict_changed'] });
    expect(verdicts.map(({ before, after }) => [before?.['issues'] ?? null, after?.['issues']])).toEqual([
      [['NO_BOT'], []],
      [['NO_BOT', 'ROUTING_MISSING'], ['NO_BOT']],
      [null, ['NO_BOT', 'ROUTING_MISSING']],
    ]);
    expect(verdicts[0]).toMatchObject({
      ...{ connectionId: connection.id, key, actor: 'reconciler', requestId: null },
      after: { state: 'READY', observed_at: '1970-01-01T00:00:00.005Z' },
    });
  });

  it('keeps an entry of a verdict that ends because another connection answers', async () => {
    const { stores } = harness();
    const { connection, binding } = await declareOne(harness());
    await store(harness(), { connection, key: binding.key }, { at: 1 });
    await stores.keyStates.end(connection.id, [binding.key]);
    const [end] = await kept(harness(), connection, { kinds: ['verdict_changed'] });
    expect(end).toMatchObject({ before: { state: 'READY' }, after: { state: 'UNKNOWN', reason: 'other_connection' } });
  });
};

const describePlans = (harness: () => StoreHarness): void => {
  const reconcile = async ({ connection, binding }: Declared, outcome: Outcome, course?: Course): Promise<void> => {
    const { stores, given } = harness();
    await given.trigger(connection.id, binding.key);
    await stores.bindingQueue.complete(await claimOne(harness()), outcome, LONG_MS, course);
  };

  it('keeps an entry when the outcome or the plan is another one, or something was done', async () => {
    const declared = await declareOne(harness());
    const taken = [{ step: 'client_mapping', detail: 'Mapped' }] as const;
    await reconcile(declared, STALLED, OPEN);
    await reconcile(declared, STALLED, OPEN);
    await reconcile(declared, STALLED);
    await reconcile(declared, STALLED, { taken: [], open: [] });
    await reconcile(declared, SETTLED, { taken, open: [] });
    await reconcile(declared, SETTLED, { taken: [], open: [] });
    await reconcile(declared, SETTLED, { taken, open: [] });
    const entries = await kept(harness(), declared.connection, { kinds: ['plan_changed'] });
    expect(entries.map(({ before, after }) => [before?.['outcome'], after])).toEqual([
      ['settled', { generation: 1, outcome: 'settled', message: null, taken, open: [] }],
      ['stalled', { generation: 1, outcome: 'settled', message: null, taken, open: [] }],
      ['stalled', expect.objectContaining({ outcome: 'stalled', reason: 'CLIENT_REQUIRED', open: [] })],
      ['pending', expect.objectContaining({ outcome: 'stalled', message: 'Set its client', ...OPEN })],
    ]);
  });
};

const describeHolds = (harness: () => StoreHarness): void => {
  it('keeps when a hold begins and who acknowledges it, once each', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    await stores.voiceLinkConnections.holdWrites(connection.id, 'Too much broke');
    await stores.voiceLinkConnections.holdWrites(connection.id, 'Again');
    await given.acknowledgeHold(connection.id);
    await given.acknowledgeHold(connection.id);
    const [ended, begun, ...others] = await kept(harness(), connection);
    const reason = { reason: 'Too much broke' };
    expect(others).toEqual([]);
    expect(begun).toMatchObject({ kind: 'hold_begun', key: null, actor: 'reconciler', before: null, after: reason });
    expect(ended).toMatchObject({ kind: 'hold_acknowledged', actor: 'operator', before: reason, after: null });
  });
};

const lease = async ({ stores }: StoreHarness, { id }: SweepableConnection, key: DidKey): Promise<Lease> =>
  present(await stores.leases.acquire(didResource(id, key), 'worker', LONG_MS));

const describeWrites = (harness: () => StoreHarness): void => {
  const intentOf = ({ binding }: Declared, more: Partial<WriteIntent> = {}): WriteIntent => ({
    ...{ connectionId: binding.connectionId, key: binding.key, bindingId: binding.id },
    ...{ actor: 'key-7', requestId: 'req-1', step: 'ensure_bot', target: 'bot-create:7', generation: 1 },
    body: { bot_name: 'B', password: 'hidden', websocket_url: 'wss://b.example/?key=hidden' },
    ...more,
  });

  it('keeps exactly one entry of each write that may be sent, and none of one that may not', async () => {
    const declared = await declareOne(harness());
    const { stores } = harness();
    const held = await lease(harness(), declared.connection, declared.binding.key);
    await stores.journal.begin(intentOf(declared, { before: { status: 0 } }), [held]);
    await stores.journal.begin(intentOf(declared, { target: 'map:9', step: 'request' }), [held]);
    await stores.journal.begin(intentOf(declared), [{ ...held, epoch: held.epoch + 1n }]);
    const writes = await kept(harness(), declared.connection, { kinds: ['upstream_write'] });
    expect(writes.map(({ after }) => after?.['target'])).toEqual(['map:9', 'bot-create:7']);
    expect(writes[1]).toMatchObject({
      ...{ key: declared.binding.key, actor: 'key-7', requestId: 'req-1', outcomes: [], answer: null },
      before: { status: 0 },
      after: {
        step: 'ensure_bot',
        body: { bot_name: 'B', password: '[redacted]', websocket_url: 'wss://b.example/?[redacted]' },
      },
    });
  });

  it('shows what became of a write, and what was known of it before', async () => {
    const declared = await declareOne(harness());
    const { stores } = harness();
    const held = await lease(harness(), declared.connection, declared.binding.key);
    const begin = async (): Promise<string> => present(await stores.journal.begin(intentOf(declared), [held]));
    const ids = [await begin(), await begin(), await begin(), await begin()] as const;
    await stores.journal.finish(ids[0], 'done', { id: 5 });
    await stores.journal.finish(ids[1], 'unknown', { class: 'unavailable' });
    await stores.journal.resolve([ids[1], ids[2]], 'not_applied');
    const writes = await kept(harness(), declared.connection, { kinds: ['upstream_write'] });
    expect(writes.map(({ outcomes }) => outcomes.map(({ outcome }) => outcome))).toEqual([
      [],
      ['not_applied'],
      ['unknown', 'not_applied'],
      ['done'],
    ]);
    expect(writes[3]?.answer).toEqual({ id: 5 });
  });
};

const describeReading = (harness: () => StoreHarness): void => {
  it('reads page by page, the newest first, without a gap or a repetition, whatever is added meanwhile', async () => {
    const connection = await harness().given.connection();
    for (let nth = 0; nth < 5; nth += 1) await declareOn(harness(), connection);
    const whole = await kept(harness(), connection);
    const pages: HistoryRecord[] = [];
    for (let before: HistoryRecord | undefined, more = true; more; before = pages.at(-1)) {
      const page = await harness().stores.history.read({
        ...{ partnerId: connection.partnerId, limit: 2 },
        ...(before !== undefined && { before }),
      });
      pages.push(...page);
      more = page.length === 2;
      await declareOn(harness(), connection);
    }
    expect(pages).toEqual(whole);
    expect(pages.map(({ at }) => at)).toEqual(pages.map(({ at }) => at).sort((a, b) => b - a));
  });

  it('filters by connection, number, kind, actor and time, and shows no other partner anything', async () => {
    const { given, stores } = harness();
    const connection = await given.connection();
    const other = await given.connection({ partnerId: connection.partnerId });
    const { key } = await declareOn(harness(), connection);
    await declareOn(harness(), other);
    await harness().wait(2);
    await given.undeclare(connection.id, key);
    await stores.voiceLinkConnections.holdWrites(other.id, 'Held');
    const all = await kept(harness(), connection);
    const read = async (selection: Omit<HistorySelection, 'partnerId'>): Promise<readonly string[]> =>
      kindsOf(await kept(harness(), connection, selection));
    expect(kindsOf(all)).toEqual(['hold_begun', 'declaration_withdrawn', 'declaration_created', 'declaration_created']);
    expect(await read({ connectionId: other.id })).toEqual(['hold_begun', 'declaration_created']);
    expect(await read({ key })).toEqual(['declaration_withdrawn', 'declaration_created']);
    expect(await read({ kinds: ['hold_begun', 'declaration_withdrawn'] })).toHaveLength(2);
    expect(await read({ actor: 'reconciler' })).toEqual(['hold_begun']);
    const since = present(all[1]).at;
    expect(await read({ from: since })).toEqual(['hold_begun', 'declaration_withdrawn']);
    expect(await read({ to: since })).toEqual(['declaration_created', 'declaration_created']);
    expect(await kept(harness(), await given.connection())).toEqual([]);
  });

  it('deletes what is old, the oldest first, and no more than it may at once', async () => {
    const { stores, wait } = harness();
    const connection = await harness().given.connection();
    for (let nth = 0; nth < 3; nth += 1) await declareOn(harness(), connection);
    expect(await stores.history.prune({ olderThanMs: LONG_MS, limit: 2 })).toBe(0);
    await wait(5);
    expect(await stores.history.prune({ olderThanMs: 1, limit: 2 })).toBe(2);
    expect(await kept(harness(), connection)).toHaveLength(1);
    expect(await stores.history.prune({ olderThanMs: 1, limit: 2 })).toBe(1);
  });
};
