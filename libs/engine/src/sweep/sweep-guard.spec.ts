import { SECTIONS } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import { readyBed } from '../../test/ready-bed';

const { sweepIntervalMs } = BED_SETTINGS;

describe('the guard', () => {
  it('holds all writes when more than it allows broke in one sweep, tells it once, and resumes on request', async () => {
    const { bed, engine, dids } = await readyBed(11);
    const calls = bed.upstream.journal.length;
    for (const { didId } of dids) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.run(engine, 3 * sweepIntervalMs);
    expect(bed.upstream.journal).toHaveLength(calls);
    expect(bed.told.swept.filter(({ held }) => held !== null)).toHaveLength(1);
    expect(bed.world.events.filter(({ type }) => type === 'dialtone.writes.held.v1')).toHaveLength(1);
    expect((await bed.stored(dids[0]?.key ?? ('' as never))).state).toBe('ROUTING_CHANGED');

    await bed.world.acknowledgeHold(bed.connectionId);
    await bed.run(engine, sweepIntervalMs);
    for (const { key } of dids) expect((await bed.stored(key)).state).toBe('READY');
  });

  it('holds once: what breaks while writes are held is no other hold', async () => {
    const { bed, engine, dids } = await readyBed(22);
    const breakSome = async (some: typeof dids) => {
      for (const { didId } of some) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
      await bed.sweep(engine);
    };
    await breakSome(dids.slice(0, 11));
    const hold = await bed.world.voiceLinkConnections.find(bed.connectionId);
    await breakSome(dids.slice(11));
    expect(bed.told.swept.slice(-2)).toMatchObject([
      { changed: 11, held: hold?.writesHeld },
      { changed: 11, held: null },
    ]);
    expect(await bed.world.voiceLinkConnections.find(bed.connectionId)).toEqual(hold);
  });

  it('holds before anybody can act on what the sweep found', async () => {
    const { bed, engine, dids } = await readyBed(11);
    bed.did('918111100001');
    await bed.sweep(engine);
    for (const { didId } of dids) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    const { keyStates } = bed.world;
    let heldBefore: string | null = null;
    const apply: typeof keyStates.apply = async (...input) => {
      heldBefore = (await bed.world.voiceLinkConnections.find(bed.connectionId))?.writesHeld ?? null;
      return keyStates.apply(...input);
    };
    const watching = withCalls(keyStates, { apply });
    await bed.sweep(bed.engine({ owner: 'two', keyStates: watching }));
    expect(heldBefore).toContain('11 of 11');
  });

  it('lets ten broken DIDs be repaired', async () => {
    const { bed, engine, dids } = await readyBed(11);
    for (const { didId } of dids.slice(1)) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect((await bed.stored(key)).state).toBe('READY');
  });

  it.each(['fail', 'truncate'] as const)('does not take for broken what a list does not tell (%s)', async (kind) => {
    const { bed, engine, dids } = await readyBed(11);
    for (const section of SECTIONS) bed.upstream.inject({ on: section, kind });
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 11, held: null });
    expect(await bed.stored(dids[0]?.key ?? ('' as never))).toMatchObject({ state: 'READY', stale: true });
  });

  it('counts only what was declared and READY', async () => {
    const bed = await EngineBed.make();
    const { connectionId, partnerId, agentId } = bed;
    const client = bed.remote.addClient();
    const bot = bed.remote.addBot(client.id);
    const engine = bed.engine();
    const keys = Array.from({ length: 30 }, (_, index) => {
      const { key, didId } = bed.did(`91800000${String(1000 + index)}`, { clientId: client.id });
      bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      return key;
    });
    const [undeclared, unready] = [keys.slice(0, 15), keys.slice(15)];
    for (const key of undeclared) {
      await bed.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
      await bed.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
    }
    for (const key of unready) await bed.declare(key);
    await bed.sweep(engine);
    const states = await Promise.all(keys.map(async (key) => (await bed.stored(key)).state));
    expect(new Set(states)).toEqual(new Set(['READY', 'NOT_IMPORTED']));

    bed.remote.editBot(bot.id, { active: false });
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 30, held: null });
  });
});
