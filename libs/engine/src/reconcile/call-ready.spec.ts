import { type DidKey } from '@dialtone/domain';
import { FIXTURE_WEBSOCKET_URL, EngineFixture, withCalls } from '@dialtone/testing';
import { callReady, failedStep, mappedFixture, NUMBER, request, statuses } from '../../test/call-ready-requests';

describe('call-ready', () => {
  it('takes an unmapped, unknown number through all six steps', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER);
    const result = await callReady(fixture, { clientId: client.id, botName: 'Sales' });

    const [bot] = [...fixture.remote.bots.values()];
    const routing = fixture.remote.routings.get(didId);
    const [local] = await fixture.world.phoneNumbers.rows(fixture.connectionId);
    expect(result.steps).toEqual([
      {
        step: 'resolve_did',
        status: 'done',
        detail: `Resolved DID +${key}`,
        data: { did_id: didId, client_id: null },
      },
      {
        step: 'import_did',
        status: 'done',
        detail: `Imported +${key} into local phone-number inventory`,
        data: { local_phone_number_id: local?.id },
      },
      {
        step: 'client_mapping',
        status: 'done',
        detail: `Mapped DID +${key} to client_id=${String(client.id)}`,
        data: { client_id: client.id },
      },
      {
        step: 'ensure_bot',
        status: 'done',
        detail: `Created active WebSocket bot "Sales" for client ${String(client.id)}`,
        data: { bot_id: bot?.id },
      },
      {
        step: 'ensure_routing',
        status: 'done',
        detail: `Created routing for DID +${key} to outbound bot_id=${String(bot?.id)}`,
        data: { routing_id: routing?.id },
      },
      {
        step: 'assign_agent',
        status: 'done',
        detail: `Assigned +${key} to agent ${fixture.agentId}`,
        data: { agent_id: fixture.agentId },
      },
    ]);
    expect(result).toMatchObject({ key, ready: true });
    expect(result.before).toMatchObject({ readiness: { state: 'NOT_IMPORTED' }, local: null });
    expect(result.after).toMatchObject({ readiness: { state: 'READY' }, local });
    expect(bot).toMatchObject({ name: 'Sales', websocketUrl: FIXTURE_WEBSOCKET_URL });
    expect(fixture.remote.dids.get(didId)?.callRecording).toBe(0);
  });

  it('is journalled under the key that asked, without a binding, and stores its verdicts with their events', async () => {
    const { fixture, key } = await mappedFixture();
    await callReady(fixture);
    expect(fixture.world.writes).toMatchObject([
      { step: 'ensure_bot', actor: 'key-1', requestId: 'request-1', bindingId: null, generation: 0, state: 'done' },
      { step: 'ensure_routing', actor: 'key-1', requestId: 'request-1', bindingId: null, generation: 0, state: 'done' },
    ]);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', declared: null });
    expect(fixture.eventTypes(key)).toEqual([
      'dialtone.readiness.changed.v1',
      'dialtone.drift.detected.v1',
      'dialtone.readiness.changed.v1',
      'dialtone.drift.resolved.v1',
    ]);
  });

  it('names the binding of a declared number in the journal', async () => {
    const { fixture, key } = await mappedFixture();
    const binding = await fixture.declare(key, {
      mode: 'observe',
      release: 'keep',
      botName: 'Declared',
      websocketUrl: 'wss://own.test/ws',
    });
    expect((await callReady(fixture)).ready).toBe(true);
    expect(fixture.world.writes[0]).toMatchObject({ bindingId: binding.id, generation: binding.generation });
    expect([...fixture.remote.bots.values()]).toMatchObject([{ name: 'Declared', websocketUrl: 'wss://own.test/ws' }]);
  });

  it('finds everything done when it is asked again, and sends nothing', async () => {
    const { fixture } = await mappedFixture();
    await callReady(fixture);
    const [calls, events] = [fixture.upstream.journal.length, fixture.world.events.length];
    const again = await callReady(fixture);
    expect(statuses(again)).toEqual(['done', 'already', 'already', 'already', 'already', 'already']);
    expect(again).toMatchObject({ ready: true, before: { readiness: { state: 'READY' } } });
    expect([fixture.upstream.journal.length, fixture.world.events.length]).toEqual([calls, events]);
  });

  it('resolves by did_id', async () => {
    const { fixture, didId, key } = await mappedFixture();
    expect(await callReady(fixture, { did: { didId } })).toMatchObject({ key, ready: true });
  });

  it('keeps the inbound half of a routing record that it points to the bot', async () => {
    const { fixture, client, key, didId } = await mappedFixture();
    const bot = fixture.remote.addBot(client.id);
    const routing = fixture.remote.addRouting(didId, { forInboundCall: 2, inboundTrunkId: 7 });
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'already', 'done', 'done']);
    expect(result.steps[4]).toEqual({
      step: 'ensure_routing',
      status: 'done',
      detail: `Updated routing for DID +${key} to outbound bot_id=${String(bot.id)}`,
      data: { routing_id: routing.id },
    });
    expect(fixture.remote.routings.get(didId)).toMatchObject({
      forInboundCall: 2,
      inboundTrunkId: 7,
      forOutboundCall: 3,
    });
  });

  it('activates its own bot rather than making another', async () => {
    const { fixture, client } = await mappedFixture();
    const bot = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, active: false });
    const result = await callReady(fixture);
    expect(result.steps[3]).toMatchObject({ status: 'done', data: { bot_id: bot.id } });
    expect(result.steps[3]?.detail).toMatch(/^Activated bot_id=/);
    expect(fixture.remote.bots.size).toBe(1);
  });

  it('without an agent does all the rest, and is not ready', async () => {
    const { fixture } = await mappedFixture();
    const result = await callReady(fixture, { agentId: null });
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'skipped']);
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'NO_VOCOBASE_AGENT' } } });
  });

  it('without an agent is ready when the number has one', async () => {
    const { fixture } = await mappedFixture();
    await callReady(fixture);
    expect(await callReady(fixture, { agentId: null })).toMatchObject({ ready: true });
  });

  it('gives the number to another agent, unless it is declared for one', async () => {
    const { fixture, key } = await mappedFixture();
    await callReady(fixture);
    const other = await fixture.world.agent(fixture.partnerId, 'Other');
    expect(await callReady(fixture, { agentId: other })).toMatchObject({
      ready: true,
      after: { local: { agentId: other } },
    });
    await fixture.declare(key);
    await fixture.reconcile(fixture.engine());
    const refused = await callReady(fixture, { agentId: other });
    expect(statuses(refused)).toEqual(['done', 'already', 'already', 'already', 'already', 'failed']);
    expect(failedStep(refused)?.detail).toContain('change or withdraw the declaration');
    expect(refused).toMatchObject({ ready: false, after: { local: { agentId: fixture.agentId } } });
  });

  it('judges a declared number by its declaration, whatever is asked for', async () => {
    const { fixture, key } = await mappedFixture();
    await fixture.declare(key);
    await fixture.reconcile(fixture.engine());
    const events = fixture.world.events.length;
    await fixture.world.declare({
      connectionId: fixture.connectionId,
      key,
      spec: {
        agentId: await fixture.world.agent(fixture.partnerId),
        clientId: null,
        botName: null,
        websocketUrl: null,
        mode: 'observe',
        release: 'keep',
      },
    });
    const result = await callReady(fixture, { agentId: null });
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'NO_VOCOBASE_AGENT' } } });
    await fixture.sweep(fixture.engine());
    expect(fixture.world.events.slice(events).filter(({ type }) => type.includes('readiness'))).toHaveLength(1);
  });
});

describe('a number that cannot be resolved', () => {
  it.each([
    [
      'a number',
      { key: '918999999999' as DidKey },
      '+918999999999 is not among the purchased VoiceLink DIDs',
      '918999999999',
    ],
    ['a did_id', { didId: 4711 }, 'did_id=4711 is not among the purchased VoiceLink DIDs', null],
  ] as const)('because nobody has heard of it: %s', async (_, did, detail, key) => {
    const { fixture } = await mappedFixture();
    const result = await callReady(fixture, { did });
    expect(statuses(result)).toEqual(['failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain(detail);
    expect(result.steps[1]?.detail).toBe('Not reached: resolve_did failed');
    expect(result).toMatchObject({ key, ready: false, before: null, after: null });
    expect((await fixture.world.keyStates.load(fixture.connectionId)).size).toBe(0);
  });

  it('because VoiceLink does not list it any more has no readiness before, and says so afterwards', async () => {
    const { fixture, key, didId } = await mappedFixture();
    fixture.did('918000000002');
    await callReady(fixture);
    fixture.remote.deleteDid(didId);
    const result = await callReady(fixture);
    expect(statuses(result)[0]).toBe('failed');
    expect(result).toMatchObject({ key, before: null, after: { readiness: { state: 'REMOTE_DID_DELETED' } } });
    expect(result.after?.local).toMatchObject({ key });
  });

  it.each(['fail', 'truncate'] as const)(
    'because the list is not complete (%s) is not said to be missing',
    async (kind) => {
      const fixture = await EngineFixture.make();
      fixture.did('918000000002');
      fixture.upstream.inject({ on: 'dids', kind, leaveOff: 1, times: Infinity });
      for (const did of [{ key: NUMBER as DidKey }, { didId: 4711 }]) {
        const result = await callReady(fixture, { did });
        expect(failedStep(result)).toMatchObject({ step: 'resolve_did' });
        expect(failedStep(result)?.detail).toMatch(/not complete.*Call this again in a moment/);
        expect(result).toMatchObject({ before: null, ready: false });
      }
    },
  );

  it.each([
    { row: { identity: 8 }, did: { key: NUMBER as DidKey }, isDoubted: true },
    { row: { identity: 8 }, did: { didId: 8 }, isDoubted: true },
    { row: { identity: 8 }, did: { didId: 4711 }, isDoubted: false },
    { row: { key: '918099999999' as DidKey }, did: { key: NUMBER as DidKey }, isDoubted: false },
  ])('beside a row that cannot be read is said to be missing only when it is not that row (%j)', async (given) => {
    const fixture = await EngineFixture.make();
    fixture.upstream.odd.set('dids', [{ why: 'no did_number', ...given.row }]);
    const detail = failedStep(await callReady(fixture, { did: given.did }))?.detail;
    expect(detail).toMatch(given.isDoubted ? /cannot be read \(.*no did_number/ : /is not among the purchased/);
  });

  it.each([
    ['known', 1],
    ['unknown', 0],
  ])('because VoiceLink refuses the credentials is no answer about the number (%s here)', async (_, before) => {
    const { fixture } = await mappedFixture();
    for (let count = 0; count < before; count += 1) await callReady(fixture);
    fixture.upstream.inject({ on: 'dids', kind: 'fail', unauthorized: true, times: Infinity });
    const provisioner = fixture.provisioner();
    const refused = await fixture.drive(provisioner.callReady(request(fixture)));
    expect(refused).toEqual({ kind: 'unauthorized', message: 'injected 401' });
    fixture.upstream.faults.clear();
    expect(await callReady(fixture, {}, provisioner)).toMatchObject({ ready: true });
  });

  it('because VoiceLink stops accepting the credentials on the way is told with what was done until then', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    fixture.did(NUMBER);
    const { upstream } = fixture;
    const mapDid: typeof upstream.mapDid = async (input) => {
      const outcome = await upstream.mapDid(input);
      upstream.inject({ on: 'dids', kind: 'fail', unauthorized: true, times: Infinity });
      return outcome;
    };
    const provisioner = fixture.provisioner({ account: withCalls(upstream, { mapDid }) });
    const result = await callReady(fixture, { clientId: client.id }, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(result).toMatchObject({ ready: false, before: { readiness: { state: 'NOT_IMPORTED' } } });
  });

  it('and was READY is not ready, and its verdict stays', async () => {
    const { fixture, key } = await mappedFixture();
    await callReady(fixture);
    fixture.upstream.inject({ on: 'dids', kind: 'fail', times: Infinity });
    const result = await callReady(fixture);
    expect(failedStep(result)?.step).toBe('resolve_did');
    expect(result).toMatchObject({ ready: false, before: null, after: { readiness: { state: 'UNKNOWN' } } });
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
  });
});
