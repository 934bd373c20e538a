import type { Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture } from '@dialtone/testing';
import { readyFixture } from '../../test/ready-fixture';

const { sweepIntervalMs } = FIXTURE_SETTINGS;

/** Three READY numbers; from one sweep on the first has an unreadable value. */
const garbledBed = async (of: 'did' | 'routing' | 'bot', facts: readonly string[]) => {
  const made = await readyFixture(3);
  const { fixture, dids, bot, engine } = made;
  const [first] = dids;
  if (first === undefined) throw new Error('there are three');
  const on: Section = of === 'did' ? 'dids' : of === 'bot' ? 'bots' : 'routing';
  const routing = fixture.remote.routings.get(first.didId)?.id ?? 0;
  const id = { did: first.didId, bot: bot.id, routing }[of];
  const before = { calls: fixture.upstream.journal.length, events: fixture.eventTypes(first.key) };
  fixture.upstream.inject({ on, kind: 'garble', id, facts, times: Infinity });
  return { ...made, first, before, sweep: () => fixture.sweep(engine) };
};

describe('a value that cannot be read', () => {
  it.each([
    { of: 'did', facts: ['expiry'] },
    { of: 'did', facts: ['clientId'] },
    { of: 'routing', facts: ['outboundBotId'] },
    { of: 'routing', facts: ['forOutboundCall'] },
  ] as const)(
    'makes the verdict on its own number stale, without event and write: $facts of its $of',
    async ({ of, facts }) => {
      const { fixture, engine, dids, first, before } = await garbledBed(of, facts);
      await fixture.run(engine, 3 * sweepIntervalMs);
      expect(await fixture.stored(first.key)).toMatchObject({ state: 'READY', stale: true });
      for (const { key } of dids.slice(1))
        expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
      expect(fixture.upstream.journal).toHaveLength(before.calls);
      expect(fixture.eventTypes(first.key)).toEqual(before.events);
    },
  );

  it('does not keep another number from being found broken and repaired', async () => {
    const { fixture, engine, dids } = await garbledBed('did', ['expiry']);
    const other = dids[1] ?? dids[0];
    fixture.remote.editRouting(other?.didId ?? 0, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.run(engine, 2 * sweepIntervalMs);
    expect(fixture.upstream.effects('routing.update')).toHaveLength(1);
    expect(await fixture.stored(other?.key ?? ('' as never))).toMatchObject({ state: 'READY', stale: false });
  });

  it('of the only bot makes no second one, and the verdicts are back as soon as it can be read', async () => {
    const { fixture, engine, dids, before, sweep } = await garbledBed('bot', ['clientId']);
    await fixture.run(engine, 3 * sweepIntervalMs);
    for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.upstream.journal).toHaveLength(before.calls);
    fixture.upstream.faults.clear();
    await sweep();
    for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('of a bot that a declaration needs keeps it from being made again, and the outcome says why', async () => {
    const { fixture, engine } = await garbledBed('bot', ['active']);
    const fresh = fixture.did('918000099999', { clientId: [...fixture.remote.clients.keys()][0] ?? null });
    await fixture.declare(fresh.key);
    await fixture.run(engine, sweepIntervalMs);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    const { told } = fixture;
    expect(told.reconciled.findLast(({ key }) => key === fresh.key)).toMatchObject({
      outcome: 'retry',
      message: expect.stringContaining('a value that cannot be read') as string,
    });
  });

  it('of a new bot leaves it open whether a client without one has it now', async () => {
    const fixture = await EngineFixture.make();
    const [client, other] = [fixture.remote.addClient(), fixture.remote.addClient()];
    const { key } = fixture.did('918000000001', { clientId: client.id });
    await fixture.declare(key, { mode: 'observe' });
    const engine = fixture.engine();
    await fixture.sweep(engine);
    await fixture.sweep(engine);
    expect(await fixture.stored(key)).toMatchObject({
      issues: expect.arrayContaining(['NO_BOT']) as string[],
      stale: false,
    });
    const { id } = fixture.remote.addBot(other.id);
    fixture.upstream.inject({ on: 'bots', kind: 'garble', id, facts: ['clientId'], times: Infinity });
    await fixture.sweep(engine);
    expect(await fixture.stored(key)).toMatchObject({ stale: true });
  });

  it("of a bot that may be the client's makes neither an issue nor another bot, when the number is declared", async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did('918000000001', { clientId: client.id });
    const { id } = fixture.remote.addBot(client.id);
    fixture.upstream.inject({ on: 'bots', kind: 'garble', id, facts: ['clientId'], times: Infinity });
    await fixture.declare(key);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'retry' });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    expect(await fixture.stored(key)).toMatchObject({ state: 'UNKNOWN', issues: [], drift: null });
    expect(fixture.eventTypes(key).filter((type) => type.includes('drift'))).toEqual([]);
  });
});
