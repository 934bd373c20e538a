import { eventually, explained, startSystem, throughout, type System } from './harness';

describe('a list of DIDs that is empty for good', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: { LIST_LOSS_BELIEVED_AFTER_MS: '8000' } });
  });
  afterAll(() => system.stop());

  it(
    'is held with one event, and after one acknowledgement exactly its numbers are deleted',
    explained(async () => {
      const { simulator, gateway } = system;
      const keys = (await system.readyDids(3)).map(({ key }) => key);
      await system.delivered();
      const earlier = new Set(system.events?.all().map(({ id }) => id));
      const told = () => (system.events?.all() ?? []).filter(({ id }) => !earlier.has(id));
      await simulator.inject({ endpoint: 'dids.purchased', kind: 'short_list' });
      const holds = () => told().filter(({ type }) => type.startsWith('dialtone.writes.'));
      await eventually(() => {
        expect(holds().map(({ type, data }) => [type, data['reason']])).toEqual([
          [
            'dialtone.writes.held.v1',
            expect.stringMatching(/^all of 3 rows have vanished from the VoiceLink dids list/),
          ],
        ]);
      });
      await throughout(5_000, async () => {
        for (const key of keys)
          expect((await gateway.binding(key)).readiness).toMatchObject({ state: 'READY', stale: true });
      });
      // A process that starts in the middle goes on with what was known.
      await system.killReconcilers();
      await system.startReconciler();

      expect(await gateway.acknowledgeHold()).toMatchObject({ acknowledged: true });
      await eventually(async () => {
        for (const key of keys)
          expect((await gateway.binding(key)).readiness).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
      });
      await system.delivered();
      const deleted = told().filter(
        ({ type, data }) => type === 'dialtone.drift.detected.v1' && data.issues?.includes('REMOTE_DID_DELETED'),
      );
      expect(deleted.map(({ data }) => String(data['key'])).sort()).toEqual([...keys].sort());
      expect(holds().map(({ type }) => type)).toEqual(['dialtone.writes.held.v1', 'dialtone.writes.resumed.v1']);
    }),
  );
});
