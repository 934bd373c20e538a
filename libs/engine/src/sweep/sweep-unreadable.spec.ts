import type { Section } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed } from '@dialtone/testing';
import { readyBed } from '../../test/ready-bed';

const { sweepIntervalMs } = BED_SETTINGS;

/** Three READY numbers, of which the first has a value that cannot be read, from one sweep on. */
const garbledBed = async (of: 'did' | 'routing' | 'bot', facts: readonly string[]) => {
  const made = await readyBed(3);
  const { bed, dids, bot, engine } = made;
  const [first] = dids;
  if (first === undefined) throw new Error('there are three');
  const on: Section = of === 'did' ? 'dids' : of === 'bot' ? 'bots' : 'routing';
  const routing = bed.remote.routings.get(first.didId)?.id ?? 0;
  const id = { did: first.didId, bot: bot.id, routing }[of];
  const before = { calls: bed.upstream.journal.length, events: bed.eventTypes(first.key) };
  bed.upstream.inject({ on, kind: 'garble', id, facts, times: Infinity });
  return { ...made, first, before, sweep: () => bed.sweep(engine) };
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
      const { bed, engine, dids, first, before } = await garbledBed(of, facts);
      await bed.run(engine, 3 * sweepIntervalMs);
      expect(await bed.stored(first.key)).toMatchObject({ state: 'READY', stale: true });
      for (const { key } of dids.slice(1))
        expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
      expect(bed.upstream.journal).toHaveLength(before.calls);
      expect(bed.eventTypes(first.key)).toEqual(before.events);
    },
  );

  it('does not keep another number from being found broken and repaired', async () => {
    const { bed, engine, dids } = await garbledBed('did', ['expiry']);
    const other = dids[1] ?? dids[0];
    bed.remote.editRouting(other?.didId ?? 0, { outboundBotId: null, forOutboundCall: 4 });
    await bed.run(engine, 2 * sweepIntervalMs);
    expect(bed.upstream.effects('routing.update')).toHaveLength(1);
    expect(await bed.stored(other?.key ?? ('' as never))).toMatchObject({ state: 'READY', stale: false });
  });

  it('of the only bot makes no second one, and the verdicts are back as soon as it can be read', async () => {
    const { bed, engine, dids, before, sweep } = await garbledBed('bot', ['clientId']);
    await bed.run(engine, 3 * sweepIntervalMs);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.upstream.journal).toHaveLength(before.calls);
    bed.upstream.faults.clear();
    await sweep();
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('of a bot that a declaration needs keeps it from being made again, and the outcome says why', async () => {
    const { bed, engine } = await garbledBed('bot', ['active']);
    const fresh = bed.did('918000099999', { clientId: [...bed.remote.clients.keys()][0] ?? null });
    await bed.declare(fresh.key);
    await bed.run(engine, sweepIntervalMs);
    expect(bed.upstream.effects('bots.create')).toEqual([]);
    const { told } = bed;
    expect(told.reconciled.findLast(({ key }) => key === fresh.key)).toMatchObject({
      outcome: 'retry',
      message: expect.stringContaining('a value that cannot be read') as string,
    });
  });

  it('of a new bot leaves it open whether a client without one has it now', async () => {
    const bed = await EngineBed.make();
    const [client, other] = [bed.remote.addClient(), bed.remote.addClient()];
    const { key } = bed.did('918000000001', { clientId: client.id });
    await bed.declare(key, { mode: 'observe' });
    const engine = bed.engine();
    await bed.sweep(engine);
    await bed.sweep(engine);
    expect(await bed.stored(key)).toMatchObject({
      issues: expect.arrayContaining(['NO_BOT']) as string[],
      stale: false,
    });
    const { id } = bed.remote.addBot(other.id);
    bed.upstream.inject({ on: 'bots', kind: 'garble', id, facts: ['clientId'], times: Infinity });
    await bed.sweep(engine);
    expect(await bed.stored(key)).toMatchObject({ stale: true });
  });

  it("of a bot that may be the client's makes neither an issue nor another bot, when the number is declared", async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did('918000000001', { clientId: client.id });
    const { id } = bed.remote.addBot(client.id);
    bed.upstream.inject({ on: 'bots', kind: 'garble', id, facts: ['clientId'], times: Infinity });
    await bed.declare(key);
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'retry' });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
    expect(await bed.stored(key)).toMatchObject({ state: 'UNKNOWN', issues: [], drift: null });
    expect(bed.eventTypes(key).filter((type) => type.includes('drift'))).toEqual([]);
  });
});
