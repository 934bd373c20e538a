import { eventually, explained, startSystem, throughout, type DeclaredDid, type System } from './harness';

// Default guard limits: more than max(10, 1 %) of the declared DIDs.
let system: System;
beforeAll(async () => {
  // The same numbers break again just after their repair: an old list would look the same.
  system = await startSystem({ env: { VOICELINK_STALE_READS_MS: '0' } });
});
afterAll(() => system.stop());

/** At once from the reconciler's view, which is stopped meanwhile. */
const breakAll = async (dids: readonly DeclaredDid[]): Promise<void> => {
  system.reconciler.signal('SIGSTOP');
  for (const { key } of dids) await system.simulator.breakRouting(key, 'only_answer');
  system.reconciler.signal('SIGCONT');
};
const warnings = () => system.events?.of('voicelink.warnings.v1') ?? [];
const outboundOf = async (dids: readonly DeclaredDid[]): Promise<unknown[]> =>
  (await Promise.all(dids.map(({ key }) => system.simulator.did(key)))).map(({ routing }) => routing?.forOutboundCall);

describe('many READY DIDs that break at once', () => {
  it(
    'are repaired without asking while they are ten, and from eleven on only after somebody has acknowledged',
    explained(async () => {
      const { simulator, gateway } = system;
      const dids = await system.readyDids(12);
      const keys = dids.map(({ key }) => key);
      await system.delivered();
      await breakAll(dids.slice(0, 10));
      await eventually(async () => {
        expect(await outboundOf(dids)).toEqual(Array(12).fill(3));
      });
      await system.allReady(keys);
      await system.delivered();
      expect(warnings().map(({ type }) => type)).toEqual([]);

      const before = await simulator.now();
      await breakAll(dids.slice(1));
      await eventually(async () => {
        const bindings = await gateway.bindings();
        const held = bindings.filter(
          ({ status }) => status.outcome === 'stalled' && status.message?.includes('(held: '),
        );
        expect(held.map(({ key }) => key)).toEqual(keys.slice(1));
      });
      await Promise.all(keys.map((key) => expect(gateway.reconcile(key)).rejects.toThrow('WRITES_NOT_ALLOWED')));
      await throughout(2000, async () => {
        expect(await simulator.journal(before)).toEqual([]);
      });
      await system.delivered();
      const reason = '11 of 12 DIDs broke or vanished in one sweep, more than the limit of 10';
      expect(warnings()).toEqual([
        expect.objectContaining({
          type: 'dialtone.writes.held.v1',
          data: expect.objectContaining({
            connection_id: system.connectionId,
            reason: expect.stringContaining(reason) as unknown,
          }) as unknown,
        }),
      ]);
      expect(JSON.stringify(warnings())).toContain(`acknowledge-hold ${system.connectionId}`);
      expect((await gateway.plan(keys[1] ?? '')).steps.map(({ reason: why }) => why)).toContain('writes_held');

      expect(await gateway.acknowledgeHold()).toMatchObject({ acknowledged: true });
      await system.allReady(keys);
      expect(await outboundOf(dids)).toEqual(Array(12).fill(3));
      expect((await simulator.journal(before)).map(({ endpoint }) => endpoint)).toEqual(
        Array(11).fill('routing.update'),
      );
      await system.delivered();
      expect(warnings().map(({ type }) => type)).toEqual(['dialtone.writes.held.v1', 'dialtone.writes.resumed.v1']);
      expect(await gateway.acknowledgeHold()).toMatchObject({ acknowledged: false });
    }),
  );
});
