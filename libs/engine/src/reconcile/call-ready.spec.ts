import { STEP_KINDS, type DidKey, type Section } from '@dialtone/domain';
import { BED_SETTINGS, BED_WEBSOCKET_URL, EngineBed, withCalls } from '@dialtone/testing';
import {
  clientBotsResource,
  didResource,
  sweepResource,
  type CallReadyOutcome,
  type CallReadyRequest,
  type CallReadyResult,
} from '..';

const NUMBER = '918000000001';
const { inDoubtMs } = BED_SETTINGS;

type Bed = EngineBed;

const request = (bed: Bed, overrides: Partial<CallReadyRequest> = {}): CallReadyRequest => ({
  connectionId: bed.connectionId,
  did: { key: NUMBER as DidKey },
  clientId: null,
  agentId: bed.agentId,
  botName: null,
  websocketUrl: null,
  actor: 'key-1',
  requestId: 'request-1',
  ...overrides,
});

const resultOf = (outcome: CallReadyOutcome): CallReadyResult => {
  if (outcome.kind !== 'finished') throw new Error(`it was ${outcome.kind}`);
  return outcome.result;
};

const callReady = async (
  bed: Bed,
  overrides: Partial<CallReadyRequest> = {},
  provisioner = bed.provisioner(),
): Promise<CallReadyResult> => resultOf(await bed.drive(provisioner.callReady(request(bed, overrides))));

const statuses = ({ steps }: CallReadyResult): readonly string[] => {
  expect(steps.map(({ step }) => step)).toEqual(STEP_KINDS);
  // In the documented order, also of a step that failed.
  for (const step of steps) expect(Object.keys(step).join()).toMatch(/^step,status,detail(?:,data)?$/);
  return steps.map(({ status }) => status);
};
const failedStep = ({ steps }: CallReadyResult) => steps.find(({ status }) => status === 'failed');

const placeOf = ({ connectionId, partnerId }: Bed) => ({ connectionId, partnerId, key: NUMBER as DidKey });

const mappedBed = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  return { bed, client, ...bed.did(NUMBER, { clientId: client.id }) };
};

describe('call-ready', () => {
  it('takes an unmapped, unknown number through all six steps', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER);
    const result = await callReady(bed, { clientId: client.id, botName: 'Sales' });

    const [bot] = [...bed.remote.bots.values()];
    const routing = bed.remote.routings.get(didId);
    const [local] = await bed.world.phoneNumbers.rows(bed.connectionId);
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
        detail: `Assigned +${key} to agent ${bed.agentId}`,
        data: { agent_id: bed.agentId },
      },
    ]);
    expect(result).toMatchObject({ key, ready: true });
    expect(result.before).toMatchObject({ readiness: { state: 'NOT_IMPORTED' }, local: null });
    expect(result.after).toMatchObject({ readiness: { state: 'READY' }, local });
    expect(bot).toMatchObject({ name: 'Sales', websocketUrl: BED_WEBSOCKET_URL });
    expect(bed.remote.dids.get(didId)?.callRecording).toBe(0);
  });

  it('is journalled under the key that asked, without a binding, and stores its verdicts with their events', async () => {
    const { bed, key } = await mappedBed();
    await callReady(bed);
    expect(bed.world.writes).toMatchObject([
      { step: 'ensure_bot', actor: 'key-1', requestId: 'request-1', bindingId: null, generation: 0, state: 'done' },
      { step: 'ensure_routing', actor: 'key-1', requestId: 'request-1', bindingId: null, generation: 0, state: 'done' },
    ]);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', declared: null });
    expect(bed.eventTypes(key)).toEqual([
      'dialtone.readiness.changed.v1',
      'dialtone.drift.detected.v1',
      'dialtone.readiness.changed.v1',
      'dialtone.drift.resolved.v1',
    ]);
  });

  it('names the binding of a declared number in the journal', async () => {
    const { bed, key } = await mappedBed();
    const binding = await bed.declare(key, { mode: 'observe', botName: 'Declared', websocketUrl: 'wss://own.test/ws' });
    expect((await callReady(bed)).ready).toBe(true);
    expect(bed.world.writes[0]).toMatchObject({ bindingId: binding.id, generation: binding.generation });
    expect([...bed.remote.bots.values()]).toMatchObject([{ name: 'Declared', websocketUrl: 'wss://own.test/ws' }]);
  });

  it('finds everything done when it is asked again, and sends nothing', async () => {
    const { bed } = await mappedBed();
    await callReady(bed);
    const [calls, events] = [bed.upstream.journal.length, bed.world.events.length];
    const again = await callReady(bed);
    expect(statuses(again)).toEqual(['done', 'already', 'already', 'already', 'already', 'already']);
    expect(again).toMatchObject({ ready: true, before: { readiness: { state: 'READY' } } });
    expect([bed.upstream.journal.length, bed.world.events.length]).toEqual([calls, events]);
  });

  it('resolves by did_id', async () => {
    const { bed, didId, key } = await mappedBed();
    expect(await callReady(bed, { did: { didId } })).toMatchObject({ key, ready: true });
  });

  it('keeps the inbound half of a routing record that it points to the bot', async () => {
    const { bed, client, key, didId } = await mappedBed();
    const bot = bed.remote.addBot(client.id);
    const routing = bed.remote.addRouting(didId, { forInboundCall: 2, inboundTrunkId: 7 });
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'already', 'done', 'done']);
    expect(result.steps[4]).toEqual({
      step: 'ensure_routing',
      status: 'done',
      detail: `Updated routing for DID +${key} to outbound bot_id=${String(bot.id)}`,
      data: { routing_id: routing.id },
    });
    expect(bed.remote.routings.get(didId)).toMatchObject({ forInboundCall: 2, inboundTrunkId: 7, forOutboundCall: 3 });
  });

  it('activates its own bot rather than making another', async () => {
    const { bed, client } = await mappedBed();
    const bot = bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, active: false });
    const result = await callReady(bed);
    expect(result.steps[3]).toMatchObject({ status: 'done', data: { bot_id: bot.id } });
    expect(result.steps[3]?.detail).toMatch(/^Activated bot_id=/);
    expect(bed.remote.bots.size).toBe(1);
  });

  it('without an agent does all the rest, and is not ready', async () => {
    const { bed } = await mappedBed();
    const result = await callReady(bed, { agentId: null });
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'skipped']);
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'NO_VOCOBASE_AGENT' } } });
  });

  it('without an agent is ready when the number has one', async () => {
    const { bed } = await mappedBed();
    await callReady(bed);
    expect(await callReady(bed, { agentId: null })).toMatchObject({ ready: true });
  });

  it('gives the number to another agent, unless it is declared for one', async () => {
    const { bed, key } = await mappedBed();
    await callReady(bed);
    const other = await bed.world.agent(bed.partnerId, 'Other');
    expect(await callReady(bed, { agentId: other })).toMatchObject({
      ready: true,
      after: { local: { agentId: other } },
    });
    await bed.declare(key);
    await bed.reconcile(bed.engine());
    const refused = await callReady(bed, { agentId: other });
    expect(statuses(refused)).toEqual(['done', 'already', 'already', 'already', 'already', 'failed']);
    expect(failedStep(refused)?.detail).toContain('change or withdraw the declaration');
    expect(refused).toMatchObject({ ready: false, after: { local: { agentId: bed.agentId } } });
  });

  it('judges a declared number by its declaration, whatever is asked for', async () => {
    const { bed, key } = await mappedBed();
    await bed.declare(key);
    await bed.reconcile(bed.engine());
    const events = bed.world.events.length;
    await bed.world.declare({
      connectionId: bed.connectionId,
      key,
      spec: {
        agentId: await bed.world.agent(bed.partnerId),
        clientId: null,
        botName: null,
        websocketUrl: null,
        mode: 'observe',
      },
    });
    const result = await callReady(bed, { agentId: null });
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'NO_VOCOBASE_AGENT' } } });
    await bed.sweep(bed.engine());
    expect(bed.world.events.slice(events).filter(({ type }) => type.includes('readiness'))).toHaveLength(1);
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
    const { bed } = await mappedBed();
    const result = await callReady(bed, { did });
    expect(statuses(result)).toEqual(['failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain(detail);
    expect(result.steps[1]?.detail).toBe('Not reached: resolve_did failed');
    expect(result).toMatchObject({ key, ready: false, before: null, after: null });
    expect((await bed.world.keyStates.load(bed.connectionId)).size).toBe(0);
  });

  it('because VoiceLink does not list it any more has no readiness before, and says so afterwards', async () => {
    const { bed, key, didId } = await mappedBed();
    await callReady(bed);
    bed.remote.deleteDid(didId);
    const result = await callReady(bed);
    expect(statuses(result)[0]).toBe('failed');
    expect(result).toMatchObject({ key, before: null, after: { readiness: { state: 'REMOTE_DID_DELETED' } } });
    expect(result.after?.local).toMatchObject({ key });
  });

  it.each(['fail', 'truncate'] as const)(
    'because the list is not complete (%s) is not said to be missing',
    async (kind) => {
      const bed = await EngineBed.make();
      bed.did('918000000002');
      bed.upstream.inject({ on: 'dids', kind, leaveOff: 1, times: Infinity });
      for (const did of [{ key: NUMBER as DidKey }, { didId: 4711 }]) {
        const result = await callReady(bed, { did });
        expect(failedStep(result)).toMatchObject({ step: 'resolve_did' });
        expect(failedStep(result)?.detail).toMatch(/not complete.*Call this again in a moment/);
        expect(result).toMatchObject({ before: null, ready: false });
      }
    },
  );

  it.each([
    ['known', 1],
    ['unknown', 0],
  ])('because VoiceLink refuses the credentials is no answer about the number (%s here)', async (_, before) => {
    const { bed } = await mappedBed();
    for (let count = 0; count < before; count += 1) await callReady(bed);
    bed.upstream.inject({ on: 'dids', kind: 'fail', unauthorized: true, times: Infinity });
    const provisioner = bed.provisioner();
    const refused = await bed.drive(provisioner.callReady(request(bed)));
    expect(refused).toEqual({ kind: 'unauthorized', message: 'injected 401' });
    bed.upstream.faults.clear();
    expect(await callReady(bed, {}, provisioner)).toMatchObject({ ready: true });
  });

  it('because VoiceLink stops accepting the credentials on the way is told with what was done until then', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    bed.did(NUMBER);
    const { upstream } = bed;
    const mapDid: typeof upstream.mapDid = async (input) => {
      const outcome = await upstream.mapDid(input);
      upstream.inject({ on: 'dids', kind: 'fail', unauthorized: true, times: Infinity });
      return outcome;
    };
    const provisioner = bed.provisioner({ account: withCalls(upstream, { mapDid }) });
    const result = await callReady(bed, { clientId: client.id }, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(result).toMatchObject({ ready: false, before: { readiness: { state: 'NOT_IMPORTED' } } });
  });

  it('and was READY is not ready, and its verdict stays', async () => {
    const { bed, key } = await mappedBed();
    await callReady(bed);
    bed.upstream.inject({ on: 'dids', kind: 'fail', times: Infinity });
    const result = await callReady(bed);
    expect(failedStep(result)?.step).toBe('resolve_did');
    expect(result).toMatchObject({ ready: false, before: null, after: { readiness: { state: 'UNKNOWN' } } });
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
  });
});

describe('a step that fails', () => {
  it('because the DID is expired is the first, and says to renew it', async () => {
    const { bed, didId } = await mappedBed();
    bed.remote.editDid(didId, { expired: true });
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('renew it in VoiceLink');
    expect(result.before?.readiness.state).toBe('REMOTE_DID_EXPIRED');
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toEqual([]);
  });

  it('because the DID is unmapped asks for client_id; the import is done', async () => {
    const bed = await EngineBed.make();
    bed.did(NUMBER);
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('give client_id to map it');
    expect(result.after?.readiness.state).toBe('NO_CLIENT_MAPPING');
  });

  it('because the DID is mapped to another client: it is never mapped again', async () => {
    const { bed, client, didId } = await mappedBed();
    const result = await callReady(bed, { clientId: bed.remote.addClient().id });
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('never re-mapped');
    expect(bed.remote.dids.get(didId)?.clientId).toBe(client.id);
    expect(bed.upstream.journal).toEqual([]);
  });

  it('because VoiceLink refuses it says what VoiceLink says, and what to do', async () => {
    const { bed } = await mappedBed();
    bed.upstream.inject({ on: 'bots.create', kind: 'refuse' });
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/injected refusal.*Nothing was changed by this step: correct/);
    expect(result.steps[5]?.detail).toBe('Not reached: ensure_bot failed');
    expect((await callReady(bed)).ready).toBe(true);
  });

  it('because VoiceLink did not take it does not say that it was refused', async () => {
    const { bed } = await mappedBed();
    const failure = { class: 'unavailable', httpStatus: null, message: 'not sent.', retryAfterMs: null } as const;
    const createBot = () => Promise.resolve({ kind: 'refused', failure } as const);
    const account = withCalls(bed.upstream, { createBot });
    expect(failedStep(await callReady(bed, {}, bed.provisioner({ account })))?.detail).toBe(
      'VoiceLink did not take it: not sent. Nothing was changed by this step: call this again in a moment.',
    );
  });

  it('because the connection was disconnected meanwhile says so, and goes on with nothing', async () => {
    const { bed } = await mappedBed();
    const { upstream } = bed;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        await bed.world.disconnect(bed.connectionId);
        return outcome;
      },
    });
    const result = await callReady(bed, {}, bed.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/was disconnected meanwhile.*use one that is active$/);
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['bots.create']);
  });

  it('because VoiceLink is asked too often says for how long', async () => {
    const { bed } = await mappedBed();
    bed.upstream.inject({ on: 'routing.create', kind: 'rate_limit', retryAfterMs: 12_300 });
    expect(failedStep(await callReady(bed))).toMatchObject({
      step: 'ensure_routing',
      detail: expect.stringContaining('call this again in 13 s') as string,
    });
  });

  it.each(['bots', 'routing'] as const)('because the %s list is not complete decides nothing from it', async (on) => {
    const { bed, client } = await mappedBed();
    bed.remote.addBot(client.id);
    bed.upstream.inject({ on, kind: 'truncate', times: Infinity });
    const result = await callReady(bed);
    expect(failedStep(result)?.step).toBe(on === 'bots' ? 'ensure_bot' : 'ensure_routing');
    expect(failedStep(result)?.detail).toMatch(
      new RegExp(
        `^The VoiceLink ${on} list is not complete;.*Why: \\d+ rows came, total says \\d+\\. Call this again in a moment\\.$`,
      ),
    );
    expect(bed.upstream.journal).toEqual([]);
  });

  it('because a list failed says why, and not why another failed before', async () => {
    const { bed, client, didId } = await mappedBed();
    const bot = bed.remote.addBot(client.id);
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    bed.upstream.inject({ on: 'dids', kind: 'fail' });
    bed.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
    await bed.world.phoneNumbers.import({ ...placeOf(bed), friendlyName: NUMBER });
    const result = await callReady(bed);
    expect(failedStep(result)).toMatchObject({
      step: 'ensure_routing',
      detail: expect.stringMatching(/^The VoiceLink routing list.*Why: injected failure\. Call this again/) as string,
    });
  });

  it('because writes are held touches nothing of VoiceLink', async () => {
    const { bed } = await mappedBed();
    await bed.world.voiceLinkConnections.holdWrites(bed.connectionId, 'too much broke');
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/held: too much broke.*Acknowledge the hold/);
    expect(bed.upstream.journal).toEqual([]);
  });

  it('because the agent is gone says to name another', async () => {
    const { bed } = await mappedBed();
    await bed.world.deleteAgent(bed.agentId);
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'failed']);
    expect(failedStep(result)?.detail).toContain('does not exist any more');
  });

  it('is none in dry-run: what would be done is skipped and said', async () => {
    const { bed } = await mappedBed();
    const result = await callReady(bed, {}, bed.provisioner({ settings: { dryRun: true } }));
    expect(statuses(result)).toEqual(['done', 'skipped', 'already', 'skipped', 'skipped', 'skipped']);
    expect(result.steps[3]?.detail).toMatch(/^Create active WebSocket bot.*dry-run is on/);
    expect(result.ready).toBe(false);
    expect(bed.upstream.journal).toEqual([]);
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toEqual([]);
  });
});

describe('a write without an answer', () => {
  it('whose effect shows is done', async () => {
    const { bed } = await mappedBed();
    bed.upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
    bed.upstream.inject({ on: 'routing.create', kind: 'late_effect', delayMs: 2_500 });
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'done']);
    expect(result).toMatchObject({ ready: true, before: { readiness: { state: 'NOT_IMPORTED' } } });
    expect(result.steps[3]?.data).toEqual({ bot_id: [...bed.remote.bots.keys()][0] });
    expect(bed.remote.bots.size).toBe(1);
  });

  it('whose effect does not show says that it is unknown and what to do, and is not sent again before it is certain', async () => {
    const { bed } = await mappedBed();
    bed.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    const startedAt = bed.clock.now();
    const result = await callReady(bed);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/outcome is unknown: call this again.*22 s from now/);
    expect(bed.clock.now() - startedAt).toBeLessThan(10_000);

    const again = await callReady(bed);
    expect(failedStep(again)?.detail).toMatch(/An earlier ensure_bot.*outcome is unknown/);
    expect(bed.upstream.journal).toHaveLength(1);

    await bed.clock.advance(inDoubtMs);
    expect((await callReady(bed)).ready).toBe(true);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.world.writes.map(({ state }) => state)).toEqual(['not_applied', 'done', 'done']);
  });

  it.each(['dids', 'bots'] as const)('after which the %s list fails is told as it is', async (on) => {
    const { bed } = await mappedBed();
    const { upstream } = bed;
    const account = withCalls(upstream, {
      createBot: (...input: Parameters<typeof upstream.createBot>) => {
        upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
        upstream.inject({ on, kind: 'fail', times: Infinity });
        return upstream.createBot(...input);
      },
    });
    const result = await callReady(bed, {}, bed.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/did not answer.*outcome is unknown: call this again/);
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'UNKNOWN' } } });
  });

  it('whose effect shows is done also when a list fails that the next step needs', async () => {
    const { bed } = await mappedBed();
    const { upstream } = bed;
    const account = withCalls(upstream, {
      createBot: (...input: Parameters<typeof upstream.createBot>) => {
        upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
        upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
        return upstream.createBot(...input);
      },
    });
    const result = await callReady(bed, {}, bed.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toContain('The VoiceLink routing list is not complete');
  });

  it('of an earlier call, whose effect shows now, was done already', async () => {
    const { bed } = await mappedBed();
    bed.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: 10_000 });
    expect((await callReady(bed)).ready).toBe(false);
    const again = await callReady(bed);
    expect(statuses(again)).toEqual(['done', 'already', 'already', 'already', 'done', 'done']);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('that was accepted and is not listed yet is not called done', async () => {
    const { bed } = await mappedBed();
    const routing: (typeof bed.upstream)['createRouting'] = () => Promise.resolve({ kind: 'accepted', id: 1 });
    const provisioner = bed.provisioner({ account: withCalls(bed.upstream, { createRouting: routing }) });
    const result = await callReady(bed, {}, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/does not list its effect yet.*outcome is unknown/);
  });
});

describe('a VoiceLink that answers slowly', () => {
  /** Every list takes so long. */
  const slow = (bed: Bed, ms: number, failing = false) => {
    const list = (async (section: Section) => {
      await bed.clock.sleep(ms);
      if (failing) return { status: 'failed', rows: [], message: 'time-out' };
      return bed.upstream.list(section);
    }) as Bed['upstream']['list'];
    // Of a client's bots the lease is not renewed: it must outlast a list and a write.
    return bed.provisioner({ account: withCalls(bed.upstream, { list }), settings: { leaseTtlMs: 60_000 } });
  };
  const timed = async (bed: Bed, provisioner: ReturnType<typeof slow>) => {
    const startedAt = bed.clock.now();
    const result = await callReady(bed, {}, provisioner);
    return { result, seconds: (bed.clock.now() - startedAt) / 1_000 };
  };

  it('is not waited for without end: the step that is not begun any more says to call again, which gets on', async () => {
    const { bed } = await mappedBed();
    const provisioner = slow(bed, 7_000);
    const first = await timed(bed, provisioner);
    expect(statuses(first.result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(first.result)?.detail).toMatch(
      /answers slowly.*what was done stays done\. Call this again in 1 s\.$/,
    );
    expect(first.result).toMatchObject({ ready: false, after: { readiness: { state: 'ROUTING_MISSING' } } });
    const second = await timed(bed, provisioner);
    expect(statuses(second.result)).toEqual(['done', 'already', 'already', 'already', 'done', 'done']);
    expect(second.result.ready).toBe(true);
    expect(Math.max(first.seconds, second.seconds)).toBeLessThan(45);
  });

  it('gets one step further with every call, however slow it is', async () => {
    const { bed } = await mappedBed();
    const provisioner = slow(bed, 20_000);
    const results: CallReadyResult[] = [];
    while (results.length < 6 && results.at(-1)?.ready !== true) results.push(await callReady(bed, {}, provisioner));
    expect(results.map(({ steps }) => steps.filter(({ status }) => status === 'done').length)).toEqual([2, 2, 2, 2]);
    expect(results.at(-1)?.ready).toBe(true);
  });

  it('is not asked for everything twice when it does not answer in time', async () => {
    const { bed, key } = await mappedBed();
    await bed.world.phoneNumbers.import({ ...placeOf(bed), friendlyName: key });
    const { result, seconds } = await timed(bed, slow(bed, 15_000, true));
    expect(failedStep(result)).toMatchObject({ step: 'resolve_did' });
    expect(seconds).toBeLessThan(45);
  });
});

describe('the lease of the DID', () => {
  it('is waited for, because its holder works on the same thing', async () => {
    const { bed, key } = await mappedBed();
    await bed.world.leases.acquire(didResource(bed.connectionId, key), 'reconciler', 4_000);
    expect((await callReady(bed)).ready).toBe(true);
    expect(await bed.world.leases.acquire(didResource(bed.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { bed, key } = await mappedBed();
    await bed.world.leases.acquire(didResource(bed.connectionId, key), 'reconciler', 600_000);
    const outcome = await bed.drive(bed.provisioner().callReady(request(bed)));
    expect(outcome).toEqual({ kind: 'busy', retryAfterMs: 5_000 });
    expect(bed.upstream.journal).toEqual([]);
  });

  it('that was lost meanwhile: nothing is sent any more', async () => {
    const { bed } = await mappedBed();
    const list = (async (section: Section) => {
      await bed.clock.sleep(2 * BED_SETTINGS.leaseTtlMs);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const provisioner = bed.provisioner({
      account: withCalls(bed.upstream, { list }),
      leases: withCalls(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const result = await callReady(bed, {}, provisioner);
    expect(failedStep(result)).toMatchObject({
      detail: expect.stringContaining('lease of this DID was lost') as string,
    });
    expect(bed.upstream.journal).toEqual([]);
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toEqual([]);
  });

  it('that was lost on the way: what is left is not sent and not waited for', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    bed.did(NUMBER);
    const { upstream, clock } = bed;
    const list = (async (section: Section) => {
      await clock.sleep(10);
      return upstream.list(section);
    }) as typeof upstream.list;
    const mapDid: typeof upstream.mapDid = async (input) => {
      await clock.sleep(BED_SETTINGS.leaseTtlMs / 2);
      return upstream.mapDid(input);
    };
    const provisioner = bed.provisioner({
      account: withCalls(upstream, { list, mapDid }),
      leases: withCalls(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const startedAt = clock.now();
    const result = await callReady(bed, { clientId: client.id }, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'done', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('lease of this DID was lost');
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
    expect(clock.now() - startedAt).toBeLessThan(BED_SETTINGS.leaseTtlMs / 2 + 1_000);
  });

  it('is let go when a store fails', async () => {
    const { bed, key } = await mappedBed();
    const broken = withCalls(bed.world.phoneNumbers, { find: () => Promise.reject(new Error('away')) });
    await expect(bed.drive(bed.provisioner({ phoneNumbers: broken }).callReady(request(bed)))).rejects.toThrow('away');
    expect(await bed.world.leases.acquire(didResource(bed.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('does not wait for a sweep', async () => {
    const { bed } = await mappedBed();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 600_000);
    expect((await callReady(bed)).ready).toBe(true);
  });
});

describe('at the same time', () => {
  it('as the reconciler, one bot and one routing record are made', async () => {
    const { bed, key } = await mappedBed();
    await bed.declare(key);
    const engine = bed.engine();
    const [outcome] = await bed.drive(
      Promise.all([
        bed.provisioner().callReady(request(bed)),
        engine.claim(1).then((claimed) => Promise.all(claimed.map((one) => engine.reconcile(one)))),
      ]),
    );
    await bed.run(engine, 2_000);
    expect(resultOf(outcome).ready).toBe(true);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as another for the same DID, one bot and one routing record are made, and both say so', async () => {
    const { bed } = await mappedBed();
    const both = await bed.drive(
      Promise.all(['a', 'b'].map((owner) => bed.provisioner({ owner }).callReady(request(bed)))),
    );
    expect(both.map((outcome) => resultOf(outcome).ready)).toEqual([true, true]);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as many for other DIDs of the same client, one bot is made for all of them', async () => {
    const { bed, client } = await mappedBed();
    const keys = ['918000000002', '918000000003', '918000000004'].map(
      (number) => bed.did(number, { clientId: client.id }).key,
    );
    const outcomes = await bed.drive(
      Promise.all(
        keys.map((key, nth) =>
          bed.provisioner({ owner: `gateway-${String(nth)}` }).callReady(request(bed, { did: { key } })),
        ),
      ),
    );
    expect(outcomes.map((outcome) => resultOf(outcome).ready)).toEqual([true, true, true]);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('as somebody who makes a bot of the client and does not finish, it says that it waits', async () => {
    const { bed, client } = await mappedBed();
    await bed.world.leases.acquire(clientBotsResource(bed.connectionId, client.id), 'reconciler', 600_000);
    const result = await callReady(bed);
    expect(failedStep(result)).toMatchObject({ step: 'ensure_bot' });
    expect(failedStep(result)?.detail).toMatch(/is getting its bot\. Call this again in 1 s\.$/);
  });
});

describe('a gateway that is killed', () => {
  type Call = (...input: readonly unknown[]) => Promise<unknown>;
  const NEVER = new Promise<never>(() => undefined);

  const OPERATION = { mapDid: 'dids.map', createBot: 'bots.create', createRouting: 'routing.create' } as const;

  /** It dies at the `nth` of its effects, or while VoiceLink still works on it; the dead renew, release and write nothing. */
  const mortal = (bed: Bed, nth: number, dies: 'before' | 'after' | 'during') => {
    const life = { effects: 0, isOver: false };
    const alive = async (call: () => Promise<unknown>): Promise<unknown> => {
      const answer: unknown = life.isOver ? NEVER : await call();
      return life.isOver ? NEVER : answer;
    };
    const lastEffect = async (name: string, call: () => Promise<unknown>): Promise<unknown> => {
      const on = Object.entries(OPERATION).find(([method]) => method === name)?.[1];
      if (dies === 'during' && on !== undefined) {
        bed.upstream.inject({ on, kind: 'late_effect', delayMs: inDoubtMs - 1_000 });
      }
      if (dies !== 'before') await call();
      life.isOver = true;
      return NEVER;
    };
    const effect = (name: string, call: () => Promise<unknown>): Promise<unknown> => {
      if (!life.isOver) life.effects += 1;
      return !life.isOver && life.effects === nth ? lastEffect(name, call) : alive(call);
    };
    const port = <Port extends object>(
      real: Port,
      effects: readonly (keyof Port & string)[],
      others: readonly (keyof Port & string)[],
    ): Port => {
      const bound = (name: keyof Port) => (real[name] as Call).bind(real);
      const calls = [
        ...effects.map((name) => [name, (...input: unknown[]) => effect(name, () => bound(name)(...input))] as const),
        ...others.map((name) => [name, (...input: unknown[]) => alive(() => bound(name)(...input))] as const),
      ];
      return withCalls(real, Object.fromEntries(calls) as Partial<Port>);
    };
    const { world, upstream } = bed;
    const provisioner = bed.provisioner({
      owner: 'killed',
      account: port(upstream, ['mapDid', 'createBot', 'createRouting'], ['list']),
      journal: port(world.journal, ['begin', 'finish'], []),
      phoneNumbers: port(world.phoneNumbers, ['import', 'assignAgent'], []),
      keyStates: port(world.keyStates, ['apply'], []),
      leases: port(world.leases, [], ['acquire', 'renew', 'release']),
    });
    return { provisioner, life };
  };

  it.each(['before', 'after', 'during'] as const)(
    '%s any of its effects leaves nothing that the next call does not bring to its end, once',
    async (dies) => {
      let points = 0;
      for (let isOver = true; isOver; points += 1) {
        const bed = await EngineBed.make();
        const clientId = bed.remote.addClient().id;
        bed.did(NUMBER);
        const { provisioner, life } = mortal(bed, points + 1, dies);
        await bed.drive(provisioner.callReady(request(bed, { clientId }))).catch(() => null);
        isOver = life.isOver;
        // At once, when the lease is still held and nobody knows what became of a write; then when that can be told.
        await bed.drive(bed.provisioner({ owner: 'second' }).callReady(request(bed, { clientId })));
        await bed.clock.advance(inDoubtMs + 2 * BED_SETTINGS.leaseTtlMs);
        const last = await callReady(bed, { clientId }, bed.provisioner({ owner: 'third' }));
        expect([points, last.ready, failedStep(last)]).toEqual([points, true, undefined]);
        const effects = Object.values(OPERATION).map((on) => bed.upstream.effects(on).length);
        expect([points, ...effects]).toEqual([points, 1, 1, 1]);
        expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toHaveLength(1);
      }
      expect(points).toBeGreaterThan(12);
    },
  );
});

describe('a connection that is disconnected', () => {
  it('is not worked on', async () => {
    const { bed } = await mappedBed();
    await bed.world.disconnect(bed.connectionId);
    expect(await bed.provisioner().callReady(request(bed))).toEqual({ kind: 'disconnected' });
  });
});
