import { ISSUE_NEEDS, ISSUES, SECTIONS, type Issue, type Section } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import {
  didResource,
  sweepResource,
  type KeyReport,
  type Leases,
  type StoredKey,
  type SyncView,
  type Unavailable,
} from '..';
import { CONFIRM_MS } from './run-sweep';

type SyncOutcome = Awaited<ReturnType<ReturnType<EngineBed['provisioner']>['sync']>>;

const viewOf = (outcome: SyncOutcome): SyncView => {
  if (outcome.kind !== 'synced') throw new Error(`it was ${outcome.kind}`);
  return outcome.view;
};

const sync = async (bed: EngineBed, importDids = true): Promise<SyncView> =>
  viewOf(await bed.drive(bed.provisioner().sync(bed.connectionId, importDids)));

const stateOf = ({ readiness }: KeyReport) => [readiness.key, readiness.state];

/** Everything that is stored, to tell whether anything was. */
const storedIn = async (bed: EngineBed) => ({
  keys: await bed.world.keyStates.load(bed.connectionId),
  rows: await bed.world.phoneNumbers.rows(bed.connectionId),
  events: bed.world.events.length,
  connection: await bed.world.voiceLinkConnections.find(bed.connectionId),
});

/** One DID of each kind; the first is READY, the last is known here and not listed. */
const bedOfAllKinds = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const bot = bed.remote.addBot(client.id);
  const botless = bed.remote.addClient();
  const routed = { forOutboundCall: 3, outboundBotId: bot.id };
  const ready = bed.did('918000000001', { clientId: client.id });
  bed.remote.addRouting(ready.didId, routed);
  const noBot = bed.did('918000000002', { clientId: botless.id });
  const unrouted = bed.did('918000000003', { clientId: client.id });
  const misrouted = bed.did('918000000004', { clientId: client.id });
  bed.remote.addRouting(misrouted.didId, { forOutboundCall: 4 });
  const unmapped = bed.did('918000000005');
  const expired = bed.did('918000000006', { expired: true, clientId: client.id });
  bed.remote.addRouting(expired.didId, routed);
  const gone = bed.did('918000000007');
  const imported = [ready, noBot, unrouted, misrouted, unmapped, expired, gone];
  const { connectionId, partnerId, agentId } = bed;
  for (const { key } of imported) {
    await bed.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
    await bed.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
  }
  bed.remote.deleteDid(gone.didId);
  return { bed, client, bot, ready, noBot, unrouted, misrouted, unmapped, expired, gone };
};

describe('a sync', () => {
  it('imports what VoiceLink lists, and judges every key with its row in place', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const one = bed.did('918000000002', { clientId: client.id });
    const other = bed.did('918000000001');
    const view = await sync(bed);
    expect(view.localNumbers.map(({ key, friendlyName }) => [key, friendlyName])).toEqual([
      [other.key, other.key],
      [one.key, one.key],
    ]);
    expect(view.keys.map(({ readiness }) => [readiness.key, readiness.issues])).toEqual([
      [other.key, ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING', 'NO_VOCOBASE_AGENT']],
      [one.key, ['NO_BOT', 'ROUTING_MISSING', 'NO_VOCOBASE_AGENT']],
    ]);
    expect(view.keys.map(({ local }) => local?.id)).toEqual(view.localNumbers.map(({ id }) => id));
    expect(view.snapshot.clients.rows.map(({ id }) => id)).toEqual([client.id]);
    expect(view.snapshot.available_dids.rows.map(({ key }) => key)).toEqual([other.key]);
    expect(view.warnings).toEqual([]);
    expect(bed.upstream.journal).toEqual([]);
  });

  it('stores verdicts and events as a sweep does, makes bound keys due, and counts as the sweep', async () => {
    const bed = await EngineBed.make();
    const bound = bed.did('918000000001');
    const free = bed.did('918000000002');
    await bed.declare(bound.key, { mode: 'observe' });
    await bed.reconcile(bed.engine());
    await sync(bed);
    expect(await bed.stored(free.key)).toMatchObject({ state: 'NO_CLIENT_MAPPING', stale: false });
    expect(bed.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
    expect(bed.eventTypes(bound.key).at(-1)).toBe('dialtone.drift.changed.v1');
    expect((await bed.engine().claim(10)).map(({ binding }) => binding.key)).toEqual([bound.key]);
    expect(await bed.engine().claimSweep()).toBeNull();
    expect(bed.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
  });

  it('writes nothing when nothing has changed', async () => {
    const { bed } = await bedOfAllKinds();
    await sync(bed);
    const before = await storedIn(bed);
    await sync(bed);
    expect(await storedIn(bed)).toEqual(before);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('leaves rows as they are that exist, and deletes none', async () => {
    const { bed, gone } = await bedOfAllKinds();
    const before = await bed.world.phoneNumbers.rows(bed.connectionId);
    const view = await sync(bed);
    expect(view.localNumbers).toEqual(before);
    expect(view.keys.find(({ readiness }) => readiness.key === gone.key)?.local).toMatchObject({ key: gone.key });
  });

  it('imports a number once that was purchased twice', async () => {
    const bed = await EngineBed.make();
    bed.did('918000000001', { expired: true });
    const { key } = bed.did('918000000001');
    const view = await sync(bed);
    expect(view.localNumbers).toMatchObject([{ key }]);
    expect(view.keys.map(stateOf)).toEqual([[key, 'NO_CLIENT_MAPPING']]);
    expect(view.snapshot.dids.rows).toHaveLength(2);
  });

  it('knows all nine states from one look', async () => {
    const { bed, ...dids } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    expect((await sync(bed, false)).keys.map(stateOf)).toEqual([
      [dids.ready.key, 'READY'],
      [dids.noBot.key, 'NO_BOT'],
      [dids.unrouted.key, 'ROUTING_MISSING'],
      [dids.misrouted.key, 'ROUTING_CHANGED'],
      [dids.unmapped.key, 'NO_CLIENT_MAPPING'],
      [dids.expired.key, 'REMOTE_DID_EXPIRED'],
      [dids.gone.key, 'REMOTE_DID_DELETED'],
      [late.key, 'NOT_IMPORTED'],
    ]);
    const agentless = (await sync(bed)).keys.at(-1);
    expect(agentless?.readiness.issues).toContain('NO_VOCOBASE_AGENT');
  });

  it('judges a declared key by the agent that is declared', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await bed.declare(ready.key, { agentId: await bed.world.agent(bed.partnerId, 'Another') });
    expect((await sync(bed)).keys.map(stateOf)[0]).toEqual([ready.key, 'NO_VOCOBASE_AGENT']);
  });

  it.each([true, false])('lets others run while it looks at very many (import: %s)', async (importDids) => {
    const bed = await EngineBed.make();
    for (let nth = 0; nth < 1_600; nth += 1) bed.did(String(918000000000 + nth));
    let turns = 0;
    const clock = withCalls(bed.clock, {
      nextTurn: () => {
        turns += 1;
        return Promise.resolve();
      },
    });
    const view = viewOf(await bed.drive(bed.provisioner({ clock }).sync(bed.connectionId, importDids)));
    expect(view.keys.map(stateOf)).toHaveLength(1_600);
    // Observing, judging, and comparing with what is stored in one go, a turn after every five hundred.
    expect(turns).toBe(3);
  });

  it('does not show a number that neither side has any more', async () => {
    const bed = await EngineBed.make();
    const { didId } = bed.did('918000000001');
    await bed.sweep(bed.engine());
    bed.remote.deleteDid(didId);
    expect((await sync(bed)).keys).toEqual([]);
  });
});

describe('a check without import', () => {
  it('answers the same and stores nothing: no row, no verdict, no event', async () => {
    const { bed } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    const before = await storedIn(bed);
    const leases: string[] = [];
    const provisioner = bed.provisioner({
      leases: withCalls<Leases>(bed.world.leases, {
        acquire: (resource, owner, ttlMs) => {
          leases.push(resource);
          return bed.world.leases.acquire(resource, owner, ttlMs);
        },
      }),
    });
    const view = viewOf(await bed.drive(provisioner.sync(bed.connectionId, false)));
    expect(await storedIn(bed)).toEqual(before);
    expect(leases).toEqual([]);
    expect(view.keys.find(({ readiness }) => readiness.key === late.key)).toMatchObject({
      readiness: { state: 'NOT_IMPORTED' },
      local: null,
    });
  });

  it('is not kept waiting by a sweep', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 60_000);
    expect((await sync(bed, false)).keys).toHaveLength(7);
  });
});

describe('something that is missing', () => {
  const dids = (bed: EngineBed, onList: (nth: number) => void) => {
    let nth = 0;
    const list = (async (section: Section) => {
      nth += section === 'dids' ? 1 : 0;
      if (section === 'dids') onList(nth);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    return withCalls(bed.upstream, { list });
  };

  it('is looked for in a second listing before it is said to be gone', async () => {
    const { bed, gone } = await bedOfAllKinds();
    let listed = 0;
    const provisioner = bed.provisioner({ account: dids(bed, (nth) => (listed = nth)) });
    const view = viewOf(await bed.drive(provisioner.sync(bed.connectionId, true)));
    expect(listed).toBe(2);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'REMOTE_DID_DELETED']);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
    expect(bed.told.swept.at(-1)).toMatchObject({ warnings: [] });
  });

  it('needs no second listing when it was gone before', async () => {
    const { bed } = await bedOfAllKinds();
    await sync(bed);
    let listed = 0;
    const provisioner = bed.provisioner({ account: dids(bed, (nth) => (listed = nth)) });
    await bed.drive(provisioner.sync(bed.connectionId, true));
    expect(listed).toBe(1);
  });

  it('is not said to be gone when the second listing has it again', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await sync(bed);
    const did = bed.remote.dids.get(ready.didId);
    const routing = bed.remote.routings.get(ready.didId);
    if (did === undefined || routing === undefined) throw new Error('nothing is there');
    const account = dids(bed, (nth) => {
      if (nth === 1) bed.remote.dids.delete(did.didId);
      else bed.remote.dids.set(did.didId, did);
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.warnings).toEqual([]);
  });

  it.each([
    ['fails', 'fail', 'FETCH_FAILED'],
    ['is cut', 'truncate', 'TRUNCATED'],
  ] as const)('is left open with a warning when the second listing %s', async (_, kind, code) => {
    const { bed, ready, gone } = await bedOfAllKinds();
    const account = dids(bed, (nth) => {
      if (nth === 2) bed.upstream.inject({ on: 'dids', kind });
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'UNKNOWN']);
    expect(view.warnings).toMatchObject([{ section: 'dids', code }]);
    expect(view.snapshot.dids.status).toBe('complete');
    // The next sweep settles it, and comes soon for that.
    await bed.clock.advance(CONFIRM_MS);
    expect(await bed.engine().claimSweep()).not.toBeNull();
  });

  it('is looked for once more when the second listing misses something else: three agree on nothing that is gone', async () => {
    const { bed, ready, noBot } = await bedOfAllKinds();
    await sync(bed);
    let listed = 0;
    const hidden = [ready.didId, noBot.didId];
    const rows = new Map(bed.remote.dids);
    const account = dids(bed, (nth) => {
      listed = nth;
      for (const [id, row] of rows) bed.remote.dids.set(id, row);
      bed.remote.dids.delete(hidden[nth - 1] ?? 0);
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(listed).toBe(3);
    expect(view.warnings).toEqual([]);
    expect(view.keys.slice(0, 2).map(({ readiness }) => readiness.state)).toEqual(['READY', 'NO_BOT']);
  });

  it('is left open with a warning while rows come and go with every listing', async () => {
    const { bed } = await bedOfAllKinds();
    const rows = [...bed.remote.dids.values()];
    const account = dids(bed, (nth) => {
      bed.remote.dids.clear();
      for (const row of rows.filter((_, index) => (index + nth) % 2 === 0)) bed.remote.dids.set(row.didId, row);
    });
    await sync(bed);
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, false)));
    expect(view.warnings.map(({ section, code }) => `${section} ${code}`)).toContain('dids TRUNCATED');
    expect(view.keys.filter(({ readiness }) => readiness.state === 'REMOTE_DID_DELETED')).toHaveLength(1);
  });
});

/** Something that a list which can be read shows to be otherwise than when the number was judged. */
interface Refutation {
  readonly name: string;
  readonly which: 'ready' | 'unrouted' | 'noBot';
  readonly on: Section;
  readonly change: (bed: EngineBed, did: { readonly didId: number; readonly clientId: number | null }) => unknown;
}

describe('a number that was judged before', () => {
  const shown = (view: SyncView, key: string) => view.keys.find(({ readiness }) => readiness.key === key)?.readiness;

  it('is shown as it is now', async () => {
    const { bed, ready, noBot } = await bedOfAllKinds();
    await sync(bed);
    bed.remote.editRouting(ready.didId, { forOutboundCall: 4, outboundBotId: null });
    bed.remote.addBot(bed.remote.dids.get(noBot.didId)?.clientId ?? null);
    const view = await sync(bed);
    expect(shown(view, ready.key)).toMatchObject({ state: 'ROUTING_CHANGED', issues: ['ROUTING_CHANGED'] });
    expect(shown(view, noBot.key)).toMatchObject({ state: 'ROUTING_MISSING' });
  });

  it.each(['dids', 'bots', 'routing'] as const)(
    'keeps its last complete verdict while the %s list leaves it open',
    async (on) => {
      const { bed, ready, misrouted } = await bedOfAllKinds();
      await sync(bed);
      bed.upstream.inject({ on, kind: 'fail', times: Infinity });
      const view = await sync(bed);
      expect(view.warnings).toMatchObject([{ section: on, code: 'FETCH_FAILED' }]);
      expect(shown(view, ready.key)).toMatchObject({ state: 'READY', issues: [], actionItems: [] });
      expect(shown(view, misrouted.key)).toMatchObject({
        state: 'ROUTING_CHANGED',
        actionItems: [{ code: 'ROUTING_CHANGED' }],
      });
    },
  );

  it.each([
    {
      name: 'READY, without its routing record',
      which: 'ready',
      on: 'bots',
      change: (bed, did) => {
        bed.remote.deleteRouting(did.didId);
      },
    },
    {
      name: 'READY, without its agent',
      which: 'ready',
      on: 'dids',
      change: (bed) => bed.world.deleteAgent(bed.agentId),
    },
    {
      name: 'ROUTING_MISSING, with a record',
      which: 'unrouted',
      on: 'bots',
      change: (bed, did) => bed.remote.addRouting(did.didId),
    },
    {
      name: 'NO_BOT, with a bot',
      which: 'noBot',
      on: 'routing',
      change: (bed, did) => bed.remote.addBot(did.clientId),
    },
  ] as const satisfies readonly Refutation[])(
    'is UNKNOWN where what can be read speaks against its last verdict: $name',
    async ({ which, on, change }) => {
      const { bed, ...dids } = await bedOfAllKinds();
      await sync(bed);
      await change(bed, dids[which]);
      bed.upstream.inject({ on, kind: 'fail', times: Infinity });
      expect(shown(await sync(bed), dids[which].key)).toMatchObject({ state: 'UNKNOWN', issues: [], actionItems: [] });
    },
  );

  it('is shown by what other lists prove, rather than as it was', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await sync(bed);
    bed.remote.editDid(ready.didId, { clientId: null });
    bed.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    expect(shown(await sync(bed), ready.key)).toMatchObject({
      state: 'NO_CLIENT_MAPPING',
      issues: ['NO_CLIENT_MAPPING'],
    });
  });
});

const subsets = Array.from({ length: 2 ** SECTIONS.length }, (_, mask) =>
  SECTIONS.filter((_section, index) => (mask >> index) % 2 === 1),
);
const needsAny = (issue: Issue, failing: readonly Section[]): boolean =>
  ISSUE_NEEDS[issue].some((section) => failing.includes(section));
const JUDGED: readonly Section[] = ['dids', 'bots', 'routing'];

describe.each(['fail', 'truncate'] as const)('when sections %s, a', (kind) => {
  const failing = (bed: EngineBed, sections: readonly Section[]): void => {
    for (const on of sections) bed.upstream.inject({ on, kind, times: Infinity });
  };

  it.each(subsets.map((sections) => ({ name: sections.join(', ') || 'none', sections })))(
    'sync derives nothing from them, of keys that were never judged: $name',
    async ({ sections }) => {
      const { bed } = await bedOfAllKinds();
      const rows = (await bed.world.phoneNumbers.rows(bed.connectionId)).length;
      const late = bed.did('918000000008');
      // What a cut list leaves off is the last row: not the one that is looked for.
      bed.did('918000000009');
      failing(bed, sections);
      const view = await sync(bed);

      const code = kind === 'fail' ? 'FETCH_FAILED' : 'TRUNCATED';
      expect(view.warnings.map((warning) => [warning.section, warning.code])).toEqual(
        sections.map((section) => [section, code]),
      );
      for (const section of SECTIONS) {
        const isFailing = sections.includes(section);
        expect([section, view.snapshot[section].status === 'complete']).toEqual([section, !isFailing]);
        if (isFailing && kind === 'fail') expect(view.snapshot[section].rows).toEqual([]);
      }
      const said = new Set(view.keys.flatMap(({ readiness }) => readiness.issues));
      expect([...said].filter((issue) => needsAny(issue, sections))).toEqual([]);
      const isBlind = JUDGED.some((section) => sections.includes(section));
      const states = view.keys.map(({ readiness }) => readiness.state);
      expect(states.includes('READY')).toBe(!isBlind);
      expect(states.includes('UNKNOWN')).toBe(isBlind);
      const isImported = view.localNumbers.some(({ key }) => key === late.key);
      expect([isImported, view.localNumbers.length]).toEqual(
        sections.includes('dids') ? [false, rows] : [true, rows + 2],
      );
      const judged = [...(await bed.world.keyStates.load(bed.connectionId)).values()].filter(
        ({ observedAt }) => observedAt > 0,
      );
      expect(judged.length > 0).toBe(!isBlind);
      expect(bed.world.events.filter(({ key }) => key !== null).length > 0).toBe(!isBlind);
    },
  );

  it.each(subsets.map((sections) => ({ name: sections.join(', ') || 'none', sections })))(
    'sweep derives nothing from them, of keys that were never judged: $name',
    async ({ sections }) => {
      const { bed } = await bedOfAllKinds();
      failing(bed, sections);
      await sweepTwice(bed);
      const isBlind = JUDGED.some((section) => sections.includes(section));
      const judged = [...(await bed.world.keyStates.load(bed.connectionId)).values()].filter(
        ({ observedAt, drift, state }) => observedAt > 0 || drift !== null || state !== 'UNKNOWN',
      );
      expect([judged.length, bed.world.events.filter(({ key }) => key !== null).length > 0]).toEqual(
        isBlind ? [0, false] : [7, true],
      );
    },
  );

  it.each(
    subsets.flatMap((sections) =>
      (['sync', 'sweep'] as const).map((pass) => ({ name: sections.join(', ') || 'none', sections, pass })),
    ),
  )('$pass leaves verdicts, drift and rows alone that it cannot judge: $name', async ({ sections, pass }) => {
    const { bed, ...dids } = await bedOfAllKinds();
    await sync(bed);
    const before = await storedIn(bed);
    // Everything that each section could tell is different now.
    bed.remote.bots.clear();
    bed.remote.routings.clear();
    bed.remote.editDid(dids.ready.didId, { clientId: null });
    bed.remote.deleteDid(dids.unrouted.didId);
    failing(bed, sections);
    const view = pass === 'sync' ? await sync(bed) : await sweepTwice(bed);

    const isBlind = JUDGED.some((section) => sections.includes(section));
    const after = await storedIn(bed);
    expect(after.rows).toEqual(before.rows);
    const told = bed.world.events.slice(before.events).filter(({ key }) => key !== null);
    expect(told.length > 0).toBe(!isBlind);
    if (!isBlind) return;
    const verdicts = (keys: typeof before.keys) => [...keys.values()].map((key) => ({ ...key, stale: 0, presence: 0 }));
    expect(verdicts(after.keys)).toEqual(verdicts(before.keys));
    expect((view?.keys ?? []).filter((report) => !isKeptOrProven(report, before.keys, sections))).toEqual([]);
  });
});

/** What is missing is believed by the second sweep. */
const sweepTwice = async (bed: EngineBed): Promise<null> => {
  await bed.sweep(bed.engine());
  await bed.sweep(bed.engine());
  return null;
};

/** Shown as it was judged last, or by issues that the failing sections have no say in. */
const isKeptOrProven = (
  { readiness }: KeyReport,
  before: ReadonlyMap<string, StoredKey>,
  failing: readonly Section[],
): boolean => {
  const was = before.get(readiness.key);
  const isKept = readiness.state === was?.state && readiness.issues.join() === was.issues.join();
  return isKept || (readiness.state !== 'READY' && !readiness.issues.some((issue) => needsAny(issue, failing)));
};

describe('the table of failing sections', () => {
  it('would notice a verdict that needs a section: each issue that needs one is said when it is there', async () => {
    const { bed } = await bedOfAllKinds();
    bed.did('918000000008');
    const said = new Set((await sync(bed, false)).keys.flatMap(({ readiness }) => readiness.issues));
    const needing = ISSUES.filter((issue) => ISSUE_NEEDS[issue].length > 0);
    expect(needing.filter((issue) => !said.has(issue))).toEqual([]);
  });
});

describe('a connection', () => {
  it('whose credentials VoiceLink refuses is an error, told like one of a sweep', async () => {
    const { bed } = await bedOfAllKinds();
    for (const on of SECTIONS) bed.upstream.inject({ on, kind: 'fail', unauthorized: true, times: Infinity });
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, true))).toMatchObject({ kind: 'unauthorized' });
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, false))).toMatchObject({ kind: 'unauthorized' });
    expect(bed.told.swept).toMatchObject([{ warnings: { length: 5 } }]);
  });

  it('of which one list is not allowed is not refused', async () => {
    const { bed } = await bedOfAllKinds();
    bed.upstream.inject({ on: 'clients', kind: 'fail', unauthorized: true });
    expect((await sync(bed)).warnings).toMatchObject([{ section: 'clients', code: 'FETCH_FAILED' }]);
  });

  it('that is disconnected is not looked at', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.disconnect(bed.connectionId);
    expect(await bed.provisioner().sync(bed.connectionId, true)).toEqual({ kind: 'disconnected' });
  });

  it('of which very much broke at once has its writes held, as by a sweep', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const bot = bed.remote.addBot(client.id);
    const dids = Array.from({ length: 12 }, (_, nth) => bed.did(`9180000001${String(nth).padStart(2, '0')}`));
    for (const { key, didId } of dids) {
      bed.remote.editDid(didId, { clientId: client.id });
      bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      await bed.declare(key);
    }
    await bed.reconcile(bed.engine());
    bed.did('918111100001');
    await sync(bed);
    bed.remote.routings.clear();
    await sync(bed);
    expect((await bed.world.voiceLinkConnections.find(bed.connectionId))?.writesHeld).toContain('12 of 12');
  });
});

describe('the lease of the sweep', () => {
  const busy = { kind: 'busy', retryAfterMs: 5_000 } satisfies Unavailable;

  it('is waited for, and let go afterwards', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 4_000);
    const startedAt = bed.clock.now();
    await sync(bed);
    expect(bed.clock.now() - startedAt).toBeGreaterThanOrEqual(4_000);
    expect(await bed.world.leases.acquire(sweepResource(bed.connectionId), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 600_000);
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, true))).toEqual(busy);
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toHaveLength(7);
  });

  it('that was lost meanwhile: nothing is stored any more', async () => {
    const { bed } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    const before = await storedIn(bed);
    const list = (async (section: Section) => {
      await bed.clock.sleep(2 * BED_SETTINGS.leaseTtlMs);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const provisioner = bed.provisioner({
      account: withCalls(bed.upstream, { list }),
      leases: withCalls<Leases>(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await bed.drive(provisioner.sync(bed.connectionId, true))).toEqual(busy);
    expect(await storedIn(bed)).toEqual(before);
    expect(await bed.world.phoneNumbers.find(bed.connectionId, late.key)).toBeNull();
  });

  it('that was lost while it was judged: no verdict is stored any more', async () => {
    const { bed } = await bedOfAllKinds();
    const { keyStates, leases } = bed.world;
    const before = await keyStates.load(bed.connectionId);
    const load: typeof keyStates.load = async (...input) => {
      await bed.clock.sleep(BED_SETTINGS.leaseTtlMs);
      return keyStates.load(...input);
    };
    const provisioner = bed.provisioner({
      keyStates: withCalls(keyStates, { load }),
      leases: withCalls<Leases>(leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await bed.drive(provisioner.sync(bed.connectionId, true))).toEqual(busy);
    expect(await keyStates.load(bed.connectionId)).toEqual(before);
    expect(bed.told.swept).toEqual([]);
  });

  it('is let go when a store fails', async () => {
    const { bed } = await bedOfAllKinds();
    const broken = withCalls(bed.world.keyStates, { load: () => Promise.reject(new Error('away')) });
    const provisioner = bed.provisioner({ keyStates: broken });
    await expect(bed.drive(provisioner.sync(bed.connectionId, true))).rejects.toThrow('away');
    expect(await bed.world.leases.acquire(sweepResource(bed.connectionId), 'other', 1)).not.toBeNull();
  });

  it('keeps a sweep away meanwhile, and does not touch DIDs that are being repaired', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await bed.world.leases.acquire(didResource(bed.connectionId, ready.key), 'reconciler', 60_000);
    const list = (async (section: Section) => {
      expect(await bed.engine().claimSweep()).toBeNull();
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const account = withCalls(bed.upstream, { list });
    expect(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true))).toMatchObject({
      kind: 'synced',
    });
  });
});
