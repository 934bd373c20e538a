import { eventually, explained, startSystem, throughout, type System } from './harness';

const MINUTE = 60_000;

const start = async (env: Readonly<Record<string, string>>): Promise<System> =>
  startSystem({ env: { SWEEP_INTERVAL_MS: '1000', ...env } });

const told = (system: System, since: ReadonlySet<string>) =>
  (system.events?.all() ?? []).filter(({ id }) => !since.has(id));

const idsOf = (system: System): ReadonlySet<string> => new Set(system.events?.all().map(({ id }) => id));

describe('a bots list that is empty for a minute', () => {
  let system: System;
  beforeAll(async () => {
    system = await start({});
  }, 120_000);
  afterAll(() => system.stop());

  it(
    'makes no write and no drift, and one warning; well again, nothing has happened',
    explained(async () => {
      const { simulator, gateway } = system;
      const dids = await system.readyDids(3);
      const keys = dids.map(({ key }) => key);
      await system.delivered();
      const [earlier, before] = [idsOf(system), await simulator.now()];
      await simulator.inject({ endpoint: 'bots.list', kind: 'short_list' });
      // A first declaration of another number of a client whose bot is listed no more.
      const second = await simulator.addDid(dids[0] === undefined ? {} : { client_id: dids[0].clientId });
      await system.declare(second);
      await Promise.all(keys.map((key) => gateway.reconcile(key)));
      await throughout(MINUTE, async () => {
        const calls = await simulator.journal(before);
        expect(calls.filter(({ endpoint }) => endpoint.startsWith('bots.'))).toEqual([]);
        expect(
          told(system, earlier).filter(
            ({ type, data }) => /\.drift\./.test(type) && keys.includes(String(data['key'])),
          ),
        ).toEqual([]);
      });
      await system.delivered();
      const warned = (): unknown[] =>
        told(system, earlier)
          .filter(({ type }) => type.startsWith('dialtone.warning.'))
          .map(({ type, data }) => [type, data['section']]);
      expect(warned()).toEqual([['dialtone.warning.raised.v1', 'bots']]);

      await simulator.clearFaults();
      await system.allReady([...keys, second]);
      await eventually(() => {
        expect(warned()).toEqual([
          ['dialtone.warning.raised.v1', 'bots'],
          ['dialtone.warning.cleared.v1', 'bots'],
        ]);
      });
      await system.delivered();
      const calls = await simulator.journal(before);
      expect(calls.filter(({ endpoint }) => endpoint.startsWith('bots.'))).toEqual([]);
      const news = told(system, earlier).filter(
        ({ type, data }) => /\.(?:drift|readiness)\./.test(type) && keys.includes(String(data['key'])),
      );
      expect(news).toEqual([]);
    }),
    240_000,
  );
});

describe('a list of DIDs that is empty for good', () => {
  let system: System;
  beforeAll(async () => {
    system = await start({ LIST_LOSS_BELIEVED_AFTER_MS: '8000' });
  }, 120_000);
  afterAll(() => system.stop());

  it(
    'is held with one event, and after one acknowledgement exactly its numbers are deleted',
    explained(async () => {
      const { simulator, gateway } = system;
      const keys = (await system.readyDids(3)).map(({ key }) => key);
      await system.delivered();
      const earlier = idsOf(system);
      await simulator.inject({ endpoint: 'dids.purchased', kind: 'short_list' });
      const holds = () => told(system, earlier).filter(({ type }) => type.startsWith('dialtone.writes.'));
      await eventually(() => {
        expect(holds().map(({ type, data }) => [type, data['reason']])).toEqual([
          [
            'dialtone.writes.held.v1',
            expect.stringMatching(/^all of 3 rows have vanished from the VoiceLink dids list/),
          ],
        ]);
      }, 60_000);
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
      }, 60_000);
      await system.delivered();
      const deleted = told(system, earlier).filter(
        ({ type, data }) => type === 'dialtone.drift.detected.v1' && data.issues?.includes('REMOTE_DID_DELETED'),
      );
      expect(deleted.map(({ data }) => String(data['key'])).sort()).toEqual([...keys].sort());
      expect(holds().map(({ type }) => type)).toEqual(['dialtone.writes.held.v1', 'dialtone.writes.resumed.v1']);
    }),
    240_000,
  );
});
