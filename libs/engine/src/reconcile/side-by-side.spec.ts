import { EngineFixture, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

const unmapped = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER);
  await fixture.declare(did.key, { clientId: client.id });
  const sent = () => fixture.upstream.journal.map(({ operation }) => operation);
  return { fixture, client, did, sent };
};

/** Resolves the calls by name in the order in which they begin. */
const noted = (fixture: EngineFixture, asked: string[]): EngineFixture['upstream'] => {
  const { upstream } = fixture;
  return withCalls(upstream, {
    list: ((...input: Parameters<typeof upstream.list>) => {
      asked.push(input[0]);
      return upstream.list(...input);
    }) as typeof upstream.list,
  });
};

describe('a bot that is made beside the mapping', () => {
  it('is not made when VoiceLink refuses the mapping', async () => {
    const { fixture, did, sent } = await unmapped();
    fixture.upstream.inject({ on: 'dids.map', kind: 'refuse' });
    expect(await fixture.reconcileKey(fixture.engine(), did.key)).toMatchObject({ kind: 'stalled' });
    expect(sent()).toEqual(['dids.map']);
  });

  it('is not made when VoiceLink does not answer the mapping', async () => {
    const { fixture, did } = await unmapped();
    fixture.upstream.inject({ on: 'dids.map', kind: 'timeout_before' });
    expect(await fixture.reconcileKey(fixture.engine(), did.key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('is not made when writes are held while the mapping is sent', async () => {
    const { fixture, did, sent } = await unmapped();
    const { upstream, world } = fixture;
    const mapDid: typeof upstream.mapDid = async (input) => {
      const outcome = await upstream.mapDid(input);
      await world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much vanished');
      return outcome;
    };
    const engine = fixture.engine({ account: withCalls(upstream, { mapDid }) });
    expect(await fixture.reconcileKey(engine, did.key)).toMatchObject({ kind: 'stalled', reason: 'WRITES_HELD' });
    expect(sent()).toEqual(['dids.map']);
  });

  it('is used by the next run when no list shows the mapping, and nothing is routed', async () => {
    const { fixture, did, sent } = await unmapped();
    const { upstream } = fixture;
    const mapDid: typeof upstream.mapDid = () => Promise.resolve({ kind: 'accepted', id: null });
    const engine = fixture.engine({ account: withCalls(upstream, { mapDid }) });
    expect(await fixture.reconcileKey(engine, did.key)).toMatchObject({ kind: 'progressing' });
    expect(sent()).toEqual(['bots.create']);
    expect(fixture.world.writes.map(({ step, state }) => [step, state])).toEqual([
      ['client_mapping', 'unknown'],
      ['ensure_bot', 'done'],
    ]);
  });

  it('is seen in a list before a record that exists is changed for it', async () => {
    const { fixture, did } = await unmapped();
    fixture.remote.addRouting(did.didId, { forInboundCall: 1, forOutboundCall: 4 });
    const asked: string[] = [];
    const account = withCalls(noted(fixture, asked), {
      createBot: (input) => (asked.push('make a bot'), fixture.upstream.createBot(input)),
      updateRouting: (...input) => (asked.push('route'), fixture.upstream.updateRouting(...input)),
    });
    expect(await fixture.reconcileKey(fixture.engine({ account }), did.key)).toEqual({ kind: 'settled' });
    const [made, routed] = [asked.indexOf('make a bot'), asked.indexOf('route')];
    expect(asked.slice(made, routed)).toEqual(expect.arrayContaining(['bots', 'routing']));
  });

  it('is seen in a list before the record is made when the answer does not name it', async () => {
    const { fixture, did, sent } = await unmapped();
    const { upstream } = fixture;
    const createBot: typeof upstream.createBot = async (input) => {
      const outcome = await upstream.createBot(input);
      return outcome.kind === 'accepted' ? { ...outcome, id: null } : outcome;
    };
    const engine = fixture.engine({ account: withCalls(upstream, { createBot }) });
    expect(await fixture.reconcileKey(engine, did.key)).toEqual({ kind: 'settled' });
    expect(sent()).toEqual(['dids.map', 'bots.create', 'routing.create']);
  });
});
