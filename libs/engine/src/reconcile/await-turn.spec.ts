import { EngineFixture, withCalls } from '@dialtone/testing';
import type { UpstreamFailure, VoiceLinkAccount } from '../ports/upstream';

type Written = 'mapDid' | 'createBot' | 'createRouting';

const notSent = (retryAfterMs: number): UpstreamFailure => ({
  class: 'rate_limited',
  httpStatus: null,
  message: 'not sent',
  retryAfterMs,
  throttled: true,
});

/** The account refuses the first writes of a kind, as its budget does, and counts its lists, each of which takes so long. */
const budgeted = (fixture: EngineFixture, call: Written, failures: readonly UpstreamFailure[], listMs = 0) => {
  const { upstream } = fixture;
  const left = [...failures];
  const lists: string[] = [];
  const write = upstream[call].bind(upstream) as (...input: unknown[]) => Promise<unknown>;
  const account = withCalls(upstream, {
    [call]: (...input: unknown[]) => {
      const failure = left.shift();
      return failure === undefined ? write(...input) : Promise.resolve({ kind: 'refused', failure });
    },
    list: (async (...input: Parameters<typeof upstream.list>) => {
      lists.push(input[0]);
      if (listMs > 0) await fixture.clock.sleep(listMs);
      return upstream.list(...input);
    }) as typeof upstream.list,
  });
  return { account: account as VoiceLinkAccount & typeof upstream, lists };
};

const unmapped = async () => {
  const fixture = await EngineFixture.make();
  const did = fixture.did('918000000001');
  await fixture.declare(did.key, { clientId: fixture.remote.addClient().id });
  return { fixture, did };
};

const listsOf = async (call: Written, failures: readonly UpstreamFailure[], listMs = 0) => {
  const { fixture, did } = await unmapped();
  const { account, lists } = budgeted(fixture, call, failures, listMs);
  const outcome = await fixture.reconcileKey(fixture.engine({ account }), did.key);
  return { fixture, outcome, lists: lists.length };
};

describe('a write that the budget has no turn for yet', () => {
  it.each([
    ['mapDid', 2],
    // The bots are listed under the client's lease again, and the records beside them.
    ['createBot', 4],
    ['createRouting', 2],
  ] as const)('%s is sent in the same run when its turn comes, after %d lists more at most', async (call, most) => {
    const without = await listsOf(call, []);
    const { outcome, lists, fixture } = await listsOf(call, [notSent(2_000), notSent(2_000)]);
    expect(outcome).toEqual({ kind: 'settled' });
    expect(lists - without.lists).toBeLessThanOrEqual(most);
    const sent = fixture.world.writes.filter(({ state }) => state === 'done').map(({ step }) => step);
    expect(sent).toEqual(['client_mapping', 'ensure_bot', 'ensure_routing']);
  });

  it('is left to another run when the lists that it was planned on would be too old', async () => {
    const { outcome } = await listsOf('mapDid', [notSent(6_000), notSent(6_000)]);
    expect(outcome).toMatchObject({ kind: 'progressing' });
  });

  it.each([
    { times: 3, kind: 'settled' },
    { times: 4, kind: 'progressing' },
  ])('waits $times times 5 s for lists that took as long: $kind', async ({ times, kind }) => {
    const failures = Array.from({ length: times }, () => notSent(5_000));
    const { outcome } = await listsOf('mapDid', failures, 5_000);
    expect(outcome).toMatchObject({ kind });
  });

  it('is left to another run when VoiceLink itself said that it is too much', async () => {
    const { outcome } = await listsOf('mapDid', [{ ...notSent(2_000), httpStatus: 429, throttled: false }]);
    expect(outcome).toMatchObject({ kind: 'progressing' });
  });

  it('is not sent when writes are held meanwhile', async () => {
    const { fixture, did } = await unmapped();
    const { account } = budgeted(fixture, 'mapDid', [notSent(2_000)]);
    const mapDid: typeof account.mapDid = async (input) => {
      const outcome = await account.mapDid(input);
      await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much vanished');
      return outcome;
    };
    const engine = fixture.engine({ account: withCalls(account, { mapDid }) });
    expect(await fixture.reconcileKey(engine, did.key)).toMatchObject({ kind: 'stalled', reason: 'WRITES_HELD' });
    expect(fixture.upstream.journal).toEqual([]);
  });
});
