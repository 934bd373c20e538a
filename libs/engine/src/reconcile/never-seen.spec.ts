import type { DidKey } from '@dialtone/domain';
import { EngineFixture } from '@dialtone/testing';

const NUMBER = '918000000001';
const KEY = NUMBER as DidKey;

const driftsOf = (fixture: EngineFixture): readonly string[] =>
  fixture.eventTypes(KEY).filter((type) => type.startsWith('dialtone.drift.'));

/** Declared, looked at by sweep and reconcile for some minutes, and never bought. */
const neverSeen = async () => {
  const fixture = await EngineFixture.make();
  const engine = fixture.engine();
  const client = fixture.remote.addClient();
  await fixture.declare(KEY, { clientId: client.id });
  await fixture.run(engine, 300_000);
  return { fixture, engine, client };
};

describe('a declared number that VoiceLink has never listed', () => {
  it('says so, is no drift, and is never bought', async () => {
    const { fixture } = await neverSeen();
    expect(await fixture.stored(KEY)).toMatchObject({ state: 'REMOTE_DID_NEVER_SEEN', issues: [], stale: false });
    expect(driftsOf(fixture)).toEqual([]);
    expect(fixture.told.reconciled.at(-1)).toMatchObject({ outcome: 'stalled', state: 'REMOTE_DID_NEVER_SEEN' });
    expect(fixture.told.reconciled.at(-1)?.message).toContain(`+${NUMBER} was never seen`);
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('is made ready within a sweep once it is bought, by the same process', async () => {
    const { fixture, engine } = await neverSeen();
    fixture.did(NUMBER);
    await fixture.run(engine, 75_000);
    expect(await fixture.stored(KEY)).toMatchObject({ state: 'READY', drift: null });
  });

  it('is one that was deleted once it was seen and is gone, also for a process that starts then', async () => {
    const { fixture, engine } = await neverSeen();
    // A list that lacks its only row is suspect as a whole.
    fixture.did('918000000009');
    const { didId } = fixture.did(NUMBER);
    await fixture.run(engine, 75_000);
    fixture.remote.deleteDid(didId);
    await fixture.run(fixture.engine(), 75_000);
    expect(await fixture.stored(KEY)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
    expect(driftsOf(fixture).at(-1)).toBe('dialtone.drift.detected.v1');
  });

  it('is one that was deleted also when it was seen before it was declared, and by another connection', async () => {
    const fixture = await EngineFixture.make();
    const engine = fixture.engine();
    const { didId } = fixture.did(NUMBER);
    await fixture.sweep(engine);
    fixture.remote.deleteDid(didId);
    await fixture.world.disconnect(fixture.connectionId);
    const other = await fixture.world.connection({ partnerId: fixture.partnerId });
    const spec = { agentId: fixture.agentId, clientId: null, botName: null, websocketUrl: null } as const;
    await fixture.world.declare({
      connectionId: other.id,
      key: KEY,
      spec: { ...spec, mode: 'observe', release: 'keep' },
    });
    await fixture.run(engine, 75_000);
    expect(await fixture.world.keyStates.loadOne(other.id, KEY)).toMatchObject({ state: 'REMOTE_DID_DELETED' });
  });

  it('is not one that was deleted because another partner has it', async () => {
    const fixture = await EngineFixture.make();
    const engine = fixture.engine();
    fixture.did(NUMBER);
    await fixture.sweep(engine);
    fixture.remote.dids.clear();
    const stranger = await fixture.world.connection();
    const agentId = await fixture.world.agent(stranger.partnerId);
    const spec = {
      agentId,
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'observe',
      release: 'keep',
    } as const;
    await fixture.world.declare({ connectionId: stranger.id, key: KEY, spec });
    await fixture.run(engine, 75_000);
    expect(await fixture.world.keyStates.loadOne(stranger.id, KEY)).toMatchObject({ state: 'REMOTE_DID_NEVER_SEEN' });
  });

  it('has one row in sync, with nothing to do and no drift', async () => {
    const { fixture } = await neverSeen();
    for (const importDids of [false, true]) {
      const outcome = await fixture.drive(fixture.provisioner().sync(fixture.connectionId, importDids));
      expect(outcome).toMatchObject({
        view: { keys: [{ readiness: { key: KEY, state: 'REMOTE_DID_NEVER_SEEN', actionItems: [] } }] },
      });
    }
  });
});
