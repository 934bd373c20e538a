import type { Section } from '@dialtone/domain';
import type { EngineFixture } from '@dialtone/testing';
import type { SyncView } from '..';
import { fixtureOfAllKinds, sync } from '../../test/sync-fixture';

/** Something that a list which can be read shows to be otherwise than when the number was judged. */
interface Refutation {
  readonly name: string;
  readonly which: 'ready' | 'unrouted' | 'noBot';
  readonly on: Section;
  readonly change: (
    fixture: EngineFixture,
    did: { readonly didId: number; readonly clientId: number | null },
  ) => unknown;
}

describe('a number that was judged before', () => {
  const reportOn = (view: SyncView, key: string) => view.keys.find(({ readiness }) => readiness.key === key);
  const shown = (view: SyncView, key: string) => reportOn(view, key)?.readiness;

  it('is shown as it is now', async () => {
    const { fixture, ready, noBot } = await fixtureOfAllKinds();
    await sync(fixture);
    fixture.remote.editRouting(ready.didId, { forOutboundCall: 4, outboundBotId: null });
    fixture.remote.addBot(fixture.remote.dids.get(noBot.didId)?.clientId ?? null);
    const view = await sync(fixture);
    expect(shown(view, ready.key)).toMatchObject({ state: 'ROUTING_CHANGED', issues: ['ROUTING_CHANGED'] });
    expect(shown(view, noBot.key)).toMatchObject({ state: 'ROUTING_MISSING' });
    expect(view.keys.filter(({ stale }) => stale !== undefined)).toEqual([]);
  });

  it.each(['dids', 'bots', 'routing'] as const)(
    'keeps its last complete verdict while the %s list leaves it open',
    async (on) => {
      const { fixture, ready, misrouted } = await fixtureOfAllKinds();
      await sync(fixture);
      fixture.upstream.inject({ on, kind: 'fail', times: Infinity });
      const view = await sync(fixture);
      expect(view.warnings).toMatchObject([{ section: on, code: 'FETCH_FAILED' }]);
      expect(shown(view, ready.key)).toMatchObject({ state: 'READY', issues: [], actionItems: [] });
      expect(shown(view, misrouted.key)).toMatchObject({
        state: 'ROUTING_CHANGED',
        actionItems: [{ code: 'ROUTING_CHANGED' }],
      });
      for (const { key } of [ready, misrouted]) expect(reportOn(view, key)?.stale).toBe(true);
    },
  );

  it.each([
    {
      name: 'READY, without its routing record',
      which: 'ready',
      on: 'bots',
      change: (fixture, did) => {
        fixture.remote.deleteRouting(did.didId);
      },
    },
    {
      name: 'READY, without its agent',
      which: 'ready',
      on: 'dids',
      change: (fixture) => fixture.world.deleteAgent(fixture.agentId),
    },
    {
      name: 'ROUTING_MISSING, with a record',
      which: 'unrouted',
      on: 'bots',
      change: (fixture, did) => fixture.remote.addRouting(did.didId),
    },
    {
      name: 'NO_BOT, with a bot',
      which: 'noBot',
      on: 'routing',
      change: (fixture, did) => fixture.remote.addBot(did.clientId),
    },
  ] as const satisfies readonly Refutation[])(
    'is UNKNOWN where what can be read speaks against its last verdict: $name',
    async ({ which, on, change }) => {
      const { fixture, ...dids } = await fixtureOfAllKinds();
      await sync(fixture);
      await change(fixture, dids[which]);
      fixture.upstream.inject({ on, kind: 'fail', times: Infinity });
      const view = await sync(fixture);
      expect(shown(view, dids[which].key)).toMatchObject({ state: 'UNKNOWN', issues: [], actionItems: [] });
      expect(reportOn(view, dids[which].key)?.stale).toBeUndefined();
    },
  );

  it('is shown by what other lists prove, rather than as it was', async () => {
    const { fixture, ready } = await fixtureOfAllKinds();
    await sync(fixture);
    fixture.remote.editDid(ready.didId, { clientId: null });
    fixture.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    expect(shown(await sync(fixture), ready.key)).toMatchObject({
      state: 'NO_CLIENT_MAPPING',
      issues: ['NO_CLIENT_MAPPING'],
    });
  });
});
