import { eventually, explained, startSystem, throughout, type System } from './harness';

const MINUTE = 60_000;

const told = (system: System, since: ReadonlySet<string>) =>
  (system.events?.all() ?? []).filter(({ id }) => !since.has(id));

const idsOf = (system: System): ReadonlySet<string> => new Set(system.events?.all().map(({ id }) => id));

describe('a bots list that is empty for a minute', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
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
  );
});
