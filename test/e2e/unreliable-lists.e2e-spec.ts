import { eventually, explained, startSystem, throughout, type System } from './harness';

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { SWEEP_INTERVAL_MS: '400' } });
});
afterAll(() => system.stop());

afterEach(() => system.simulator.clearFaults());

const sections = (type: string): unknown[] =>
  (system.events?.of('voicelink.warnings.v1') ?? [])
    .filter((event) => event.type === type)
    .map(({ data }) => data['section']);

const warningsOpen = (): number =>
  sections('dialtone.warning.raised.v1').length - sections('dialtone.warning.cleared.v1').length;

describe('while the bots list cannot be read', () => {
  it.each([
    { what: 'is an error 500', fault: { kind: 'status', status: 500 } },
    { what: 'is an HTML page', fault: { kind: 'html' } },
    { what: 'is cut off', fault: { kind: 'truncated_list', rows: 1 } },
  ])(
    'because its answer $what: no NO_BOT anywhere, no bot is created, and the verdict is stale until it is right again',
    ({ fault }) =>
      explained(async () => {
        const { simulator, gateway } = system;
        const ready = await system.readyDid();
        const others = await simulator.addClient();
        await simulator.addBot(others);
        const servedKey = await simulator.addDid({ client_id: others });
        // A sweep that is under way may have listed the bots before this one was there.
        await eventually(async () => {
          const served = (await gateway.readiness()).find(({ key }) => key === servedKey);
          expect(served?.issues).not.toContain('NO_BOT');
          expect(served).toBeDefined();
        });
        await system.delivered();
        const earlier = new Set(system.events?.all().map(({ id }) => id));
        const sayNoBot = (...keys: readonly string[]) =>
          system.events
            ?.all()
            .filter(({ id, data }) => !earlier.has(id) && keys.includes(String(data['key'])))
            .filter(({ data }) => data.issues?.includes('NO_BOT'));
        const before = await simulator.now();
        await simulator.inject({ endpoint: 'bots.list', ...fault });
        await eventually(() => {
          expect(warningsOpen()).toBe(1);
        });
        await system.declare(servedKey);
        const bare = await system.declaredDid();
        await eventually(async () => {
          expect((await gateway.binding(ready.key)).readiness).toMatchObject({ state: 'READY', stale: true });
          for (const key of [servedKey, bare.key]) {
            const { status } = await gateway.binding(key);
            expect(status.outcome).toBe('retry');
            expect(status.message).toContain('The VoiceLink bots list is not complete');
          }
        });
        await throughout(1500, async () => {
          const verdicts = (await gateway.bindings()).map(({ key, readiness }) => ({ key, ...readiness }));
          const said = [...verdicts, ...(await gateway.readiness()), ...(await gateway.drift())];
          expect(said.filter(({ issues }) => issues.includes('NO_BOT')).map(({ key }) => key)).toEqual([]);
        });
        const calls = await simulator.journal(before);
        expect(calls.filter(({ endpoint }) => endpoint.startsWith('bots.'))).toEqual([]);
        await system.delivered();
        expect(sayNoBot(ready.key, servedKey, bare.key)).toEqual([]);
        expect(sections('dialtone.warning.raised.v1')).toContain('bots');

        await simulator.clearFaults();
        await system.allReady([ready.key, servedKey, bare.key]);
        const later = await simulator.journal(before);
        expect(later.filter(({ endpoint }) => endpoint === 'bots.create').map(({ body }) => body['client_id'])).toEqual(
          [bare.clientId],
        );
        await eventually(() => {
          expect(warningsOpen()).toBe(0);
        });
        await system.delivered();
        expect(sayNoBot(ready.key, servedKey)).toEqual([]);
      })(),
  );
});
