import { eventually, explained, startSystem, throughout, type System } from './harness';

// 150 seeded DIDs of every kind, so that every kind of inbound routing occurs beside a wrong outbound half.
const SEEDED = 150;
let system: System;
beforeAll(async () => {
  system = await startSystem({ dids: SEEDED, seed: 7 });
});
afterAll(() => system.stop());

describe('what is not ours to change', () => {
  it(
    'a DID that is mapped to another client than the declared one is left alone and reported',
    explained(async () => {
      const { simulator, gateway } = system;
      const [declared, actual] = [await simulator.addClient(), await simulator.addClient()];
      const key = await simulator.addDid({ client_id: actual });
      const before = await simulator.now();
      await system.declare(key, declared);
      const message = `DID +${key} is mapped to client_id=${String(actual)}, not to client_id=${String(declared)}; it is never re-mapped: change the mapping in VoiceLink or give client_id=${String(actual)}`;
      await eventually(async () => {
        const { status } = await gateway.binding(key);
        expect(status).toMatchObject({ outcome: 'stalled', message });
      });
      const { steps } = await gateway.plan(key);
      expect(steps.map(({ step, status, reason }) => [step, reason ?? status]).slice(2)).toEqual([
        ['client_mapping', 'client_mismatch'],
        ['ensure_bot', 'blocked_by_earlier_step'],
        ['ensure_routing', 'blocked_by_earlier_step'],
        ['assign_agent', 'blocked_by_earlier_step'],
      ]);
      await gateway.reconcile(key);
      await throughout(2500, async () => {
        expect(await simulator.journal(before)).toEqual([]);
      });
      await system.delivered();
      const stalled = system.events?.of('voicelink.bindings.v1', key).at(-1);
      expect(stalled).toMatchObject({ type: 'dialtone.binding.status.v1', data: { outcome: 'stalled', message } });
      expect((await simulator.did(key)).did.clientId).toBe(actual);

      await system.declare(key, actual);
      await system.allReady([key]);
    }),
  );

  it(
    'an unmapped DID declared without a client is not mapped to any',
    explained(async () => {
      const { simulator, gateway } = system;
      const key = await simulator.addDid();
      const before = await simulator.now();
      await system.declare(key);
      await eventually(async () => {
        const { status } = await gateway.binding(key);
        expect(status).toMatchObject({
          outcome: 'stalled',
          message: expect.stringContaining('give client_id') as unknown,
        });
      });
      expect(await simulator.journal(before)).toEqual([]);
    }),
  );

  it(
    'the inbound half of every routing record is byte-equal before and after a repair of the outbound half',
    explained(async () => {
      const { simulator } = system;
      const seeded = await simulator.allDids(SEEDED);
      const toOwnBot = seeded.filter(({ routing }) => routing?.forInboundCall === 3);
      for (const { did } of toOwnBot) await simulator.breakRouting(did.number, 'only_answer');
      const broken = (await simulator.allDids(SEEDED)).filter(
        ({ did, routing, bots }) =>
          !did.isExpired &&
          did.clientId !== null &&
          routing !== null &&
          !(
            routing.forOutboundCall === 3 && bots.some(({ id, status }) => id === routing.outboundBotId && status === 1)
          ),
      );
      const before = await inboundHalves();
      const keys = broken.map(({ did }) => did.number);
      const kinds = new Set(broken.map(({ routing }) => routing?.forInboundCall));
      expect(kinds).toEqual(new Set([1, 2, 3]));
      await Promise.all(keys.map((key) => system.declare(key)));
      await system.allReady(keys);
      const after = await inboundHalves();
      expect(keys.map((key) => after.get(key))).toEqual(keys.map((key) => before.get(key)));
      const updated = await simulator.journal();
      expect(updated.filter(({ endpoint, effect }) => endpoint === 'routing.update' && effect)).toHaveLength(
        keys.length,
      );
    }),
  );

  it(
    'what somebody makes of the inbound half later stays as well, of every kind',
    explained(async () => {
      const { simulator } = system;
      const { key, clientId } = await system.readyDid();
      const [bot] = await simulator.bots(clientId);
      const trunk = await simulator.addTrunk(key);
      await system.allReady([key]);
      const halves = [
        { for_inbound_call: 3, inbound_websocket_bot_id: bot?.id ?? 0 },
        { for_inbound_call: 2, inbound_sip_trunk_id: trunk },
        { for_inbound_call: 1 },
      ];
      for (const half of halves) {
        await simulator.editInbound(key, half);
        const before = (await inboundHalves()).get(key);
        expect(before).toContain(`"for_inbound_call":${String(half.for_inbound_call)}`);
        const journalled = await simulator.now();
        await simulator.breakRouting(key, 'only_answer');
        await eventually(async () => {
          expect((await simulator.journal(journalled)).map(({ endpoint }) => endpoint)).toEqual(['routing.update']);
        });
        await system.allReady([key]);
        expect((await inboundHalves()).get(key)).toBe(before);
      }
    }),
  );
});

/** The inbound half of every routing record, by number, as VoiceLink's own list shows it. */
const inboundHalves = async (): Promise<ReadonlyMap<string, string>> => {
  const rows = await (await system.voicelink()).all('/v1/call-routing/list', 1000);
  return new Map(
    rows.map(({ did_number, for_inbound_call, inbound_websocket_bot_id, inbound_sip_trunk_id }) => [
      String(did_number),
      JSON.stringify({ for_inbound_call, inbound_websocket_bot_id, inbound_sip_trunk_id }),
    ]),
  );
};
