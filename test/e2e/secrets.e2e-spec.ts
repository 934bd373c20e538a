import { randomBytes } from 'node:crypto';
import { eventually, explained, request, startSystem, type System } from './harness';

// Every system of every file is searched when it stops; here it is provoked.
let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { VOICELINK_TIMEOUT_MS: '1000', VOICELINK_LATE_EFFECT_MS: '200' } });
});
afterAll(() => system.stop());

describe('secrets', () => {
  it(
    'are recognised by the search',
    explained(async () => {
      const { bearer } = await system.voicelink();
      expect(system.leaks([`token ${bearer}`, 'nothing'])).toEqual(['token ']);
      expect(system.secrets).toHaveLength(4);
      expect(system.leaks(system.secrets.map((secret) => `a${secret}b`))).toEqual(['a', 'a', 'a', 'a']);
    }),
  );

  it(
    'never appear in logs, answers, metrics, records or rows, even when VoiceLink quotes them',
    explained(async () => {
      const { simulator, gateway } = system;
      const [, , password] = system.secrets;
      const message = `Invalid credentials: reseller / ${password ?? ''}`;
      const botSecret = randomBytes(12).toString('hex');
      const did = await system.readyDid();
      await simulator.inject(
        // Until it is seen: what is tried again soon may else be settled by then.
        { endpoint: 'bots.create', kind: 'status_false', message },
        { endpoint: 'login', kind: 'status', status: 403, message, times: 1 },
        { endpoint: 'dids.purchased', kind: 'token_revoked', times: 1 },
        { endpoint: 'routing.list', kind: 'status', status: 500, message, times: 2 },
      );
      const refused = await system.declaredDid({ websocket_url: `wss://bots.example.com/ws?token=${botSecret}` });
      await eventually(async () => {
        const { status } = await gateway.binding(refused.key);
        expect(status).toMatchObject({
          outcome: 'stalled',
          message: expect.stringContaining('Invalid cred') as unknown,
        });
      });
      await simulator.clearFaults();
      await simulator.inject({ endpoint: 'routing.create', kind: 'status', status: 500, message, times: 1 });
      await gateway.reconcile(refused.key);
      await system.allReady([did.key, refused.key]);
      const answers = [
        ...(await Promise.all(['/openapi.json', '/health/ready', '/nothing'].map((path) => gateway.send(path)))),
        await request(`${gateway.url}/metrics`),
        await gateway.send('/api/v2/voicelink/bindings', { headers: { authorization: `Bearer ${password ?? ''}` } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404, 401]);
      await system.delivered();
      const records = system.events?.texts() ?? [];
      expect(records.length).toBeGreaterThan(10);
      const logs = system.children.map(({ output }) => output);
      const metrics = [await system.metrics(system.gatewayChild), await system.metrics(system.reconciler)];
      const rows = await system.query<{ row: string }>(
        `select w::text as row from upstream_writes w union all select e::text from event_log e
         union all select b::text from bindings b union all select c::text from connections c
         union all select k::text from api_keys k`,
      );
      const texts = [
        ...records,
        ...logs,
        ...metrics,
        ...answers.map(({ text }) => text),
        ...rows.map(({ row }) => row),
      ];
      expect(system.leaks(texts)).toEqual([]);
      expect([...records, ...logs, ...metrics].filter((text) => text.includes(botSecret))).toEqual([]);
    }),
  );
});
