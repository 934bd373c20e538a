import type { Section } from '@dialtone/domain';
import type { EngineBed } from '@dialtone/testing';
import type { SyncView } from '..';
import { bedOfAllKinds, sync } from '../../test/sync-bed';

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
