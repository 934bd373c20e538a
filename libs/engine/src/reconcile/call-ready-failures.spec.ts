import { type Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { type CallReadyResult } from '..';
import { callReady, failedStep, mappedFixture, NUMBER, placeOf, statuses } from '../../test/call-ready-requests';

const { inDoubtMs } = FIXTURE_SETTINGS;
type Fixture = EngineFixture;

describe('a step that fails', () => {
  it('because the DID is expired is the first, and says to renew it', async () => {
    const { fixture, didId } = await mappedFixture();
    fixture.remote.editDid(didId, { expired: true });
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('renew it in VoiceLink');
    expect(result.before?.readiness.state).toBe('REMOTE_DID_EXPIRED');
    expect(await fixture.world.phoneNumbers.rows(fixture.connectionId)).toEqual([]);
  });

  it('because the DID is unmapped asks for client_id; the import is done', async () => {
    const fixture = await EngineFixture.make();
    fixture.did(NUMBER);
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('give client_id to map it');
    expect(result.after?.readiness.state).toBe('NO_CLIENT_MAPPING');
  });

  it('because the DID is mapped to another client: it is never mapped again', async () => {
    const { fixture, client, didId } = await mappedFixture();
    const result = await callReady(fixture, { clientId: fixture.remote.addClient().id });
    expect(statuses(result)).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('never re-mapped');
    expect(fixture.remote.dids.get(didId)?.clientId).toBe(client.id);
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('because VoiceLink refuses it says what VoiceLink says, and what to do', async () => {
    const { fixture } = await mappedFixture();
    fixture.upstream.inject({ on: 'bots.create', kind: 'refuse' });
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/injected refusal.*Nothing was changed by this step: correct/);
    expect(result.steps[5]?.detail).toBe('Not reached: ensure_bot failed');
    expect((await callReady(fixture)).ready).toBe(true);
  });

  it('because VoiceLink did not take it does not say that it was refused', async () => {
    const { fixture } = await mappedFixture();
    const failure = { class: 'unavailable', httpStatus: null, message: 'not sent.', retryAfterMs: null } as const;
    const createBot = () => Promise.resolve({ kind: 'refused', failure } as const);
    const account = withCalls(fixture.upstream, { createBot });
    expect(failedStep(await callReady(fixture, {}, fixture.provisioner({ account })))?.detail).toBe(
      'VoiceLink did not take it: not sent. Nothing was changed by this step: call this again in a moment.',
    );
  });

  it('because the connection was disconnected meanwhile says so, and goes on with nothing', async () => {
    const { fixture } = await mappedFixture();
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        await fixture.world.disconnect(fixture.connectionId);
        return outcome;
      },
    });
    const result = await callReady(fixture, {}, fixture.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/was disconnected meanwhile.*use one that is active$/);
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['bots.create']);
  });

  it('because VoiceLink is asked too often says for how long', async () => {
    const { fixture } = await mappedFixture();
    fixture.upstream.inject({ on: 'routing.create', kind: 'rate_limit', retryAfterMs: 12_300 });
    expect(failedStep(await callReady(fixture))).toMatchObject({
      step: 'ensure_routing',
      detail: expect.stringContaining('call this again in 13 s') as string,
    });
  });

  it.each(['bots', 'routing'] as const)('because the %s list is not complete decides nothing from it', async (on) => {
    const { fixture, client } = await mappedFixture();
    fixture.remote.addBot(client.id);
    fixture.upstream.inject({ on, kind: 'truncate', times: Infinity });
    const result = await callReady(fixture);
    expect(failedStep(result)?.step).toBe(on === 'bots' ? 'ensure_bot' : 'ensure_routing');
    expect(failedStep(result)?.detail).toMatch(
      new RegExp(
        `^The VoiceLink ${on} list is not complete;.*Why: \\d+ rows came, total says \\d+\\. Call this again in a moment\\.$`,
      ),
    );
    expect(fixture.upstream.journal).toEqual([]);
  });

  it.each([
    { section: 'bots', step: 'ensure_bot' },
    { section: 'routing', step: 'ensure_routing' },
  ] as const)('because a row of $section cannot be read names the row', async ({ section, step }) => {
    const { fixture, client } = await mappedFixture();
    if (section === 'routing') fixture.remote.addBot(client.id);
    fixture.upstream.odd.set(section, [{ identity: 21, why: 'no did_number' }]);
    const result = await callReady(fixture);
    expect(failedStep(result)).toMatchObject({
      step,
      detail: expect.stringContaining('Why: a row could not be read (no did_number, id 21).') as string,
    });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('because a list failed says why, and not why another failed before', async () => {
    const { fixture, client, didId } = await mappedFixture();
    const bot = fixture.remote.addBot(client.id);
    fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    fixture.upstream.inject({ on: 'dids', kind: 'fail' });
    fixture.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
    await fixture.world.phoneNumbers.import({ ...placeOf(fixture), friendlyName: NUMBER });
    const result = await callReady(fixture);
    expect(failedStep(result)).toMatchObject({
      step: 'ensure_routing',
      detail: expect.stringMatching(/^The VoiceLink routing list.*Why: injected failure\. Call this again/) as string,
    });
  });

  it('because writes are held touches nothing of VoiceLink', async () => {
    const { fixture } = await mappedFixture();
    await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much broke');
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/held: too much broke.*Acknowledge the hold/);
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('because the agent is gone says to name another', async () => {
    const { fixture } = await mappedFixture();
    await fixture.world.deleteAgent(fixture.agentId);
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'failed']);
    expect(failedStep(result)?.detail).toContain('does not exist any more');
  });

  it('is none in dry-run: what would be done is skipped and said', async () => {
    const { fixture } = await mappedFixture();
    const result = await callReady(fixture, {}, fixture.provisioner({ settings: { dryRun: true } }));
    expect(statuses(result)).toEqual(['done', 'skipped', 'already', 'skipped', 'skipped', 'skipped']);
    expect(result.steps[3]?.detail).toMatch(/^Create active WebSocket bot.*dry-run is on/);
    expect(result.ready).toBe(false);
    expect(fixture.upstream.journal).toEqual([]);
    expect(await fixture.world.phoneNumbers.rows(fixture.connectionId)).toEqual([]);
  });
});

describe('a write without an answer', () => {
  it('whose effect shows is done', async () => {
    const { fixture } = await mappedFixture();
    fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
    fixture.upstream.inject({ on: 'routing.create', kind: 'late_effect', delayMs: 2_500 });
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'done', 'done']);
    expect(result).toMatchObject({ ready: true, before: { readiness: { state: 'NOT_IMPORTED' } } });
    expect(result.steps[3]?.data).toEqual({ bot_id: [...fixture.remote.bots.keys()][0] });
    expect(fixture.remote.bots.size).toBe(1);
  });

  it('whose effect does not show says that it is unknown and what to do, and is not sent again before it is certain', async () => {
    const { fixture } = await mappedFixture();
    fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    const startedAt = fixture.clock.now();
    const result = await callReady(fixture);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/outcome is unknown: call this again.*22 s from now/);
    expect(fixture.clock.now() - startedAt).toBeLessThan(10_000);

    const again = await callReady(fixture);
    expect(failedStep(again)?.detail).toMatch(/An earlier ensure_bot.*outcome is unknown/);
    expect(fixture.upstream.journal).toHaveLength(1);

    await fixture.clock.advance(inDoubtMs);
    expect((await callReady(fixture)).ready).toBe(true);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(fixture.world.writes.map(({ state }) => state)).toEqual(['not_applied', 'done', 'done']);
  });

  it.each(['dids', 'bots'] as const)('after which the %s list fails is told as it is', async (on) => {
    const { fixture } = await mappedFixture();
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      createBot: (...input: Parameters<typeof upstream.createBot>) => {
        upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
        upstream.inject({ on, kind: 'fail', times: Infinity });
        return upstream.createBot(...input);
      },
    });
    const result = await callReady(fixture, {}, fixture.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/did not answer.*outcome is unknown: call this again/);
    expect(result).toMatchObject({ ready: false, after: { readiness: { state: 'UNKNOWN' } } });
  });

  it('whose effect shows is done also when a list fails that the next step needs', async () => {
    const { fixture } = await mappedFixture();
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      createBot: (...input: Parameters<typeof upstream.createBot>) => {
        upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
        upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
        return upstream.createBot(...input);
      },
    });
    const result = await callReady(fixture, {}, fixture.provisioner({ account }));
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toContain('The VoiceLink routing list is not complete');
  });

  it('of an earlier call, whose effect shows now, was done already', async () => {
    const { fixture } = await mappedFixture();
    fixture.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: 10_000 });
    expect((await callReady(fixture)).ready).toBe(false);
    const again = await callReady(fixture);
    expect(statuses(again)).toEqual(['done', 'already', 'already', 'already', 'done', 'done']);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('that was accepted and is not listed yet is not called done', async () => {
    const { fixture } = await mappedFixture();
    const routing: (typeof fixture.upstream)['createRouting'] = () => Promise.resolve({ kind: 'accepted', id: 1 });
    const provisioner = fixture.provisioner({ account: withCalls(fixture.upstream, { createRouting: routing }) });
    const result = await callReady(fixture, {}, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'already', 'done', 'failed', 'skipped']);
    expect(failedStep(result)?.detail).toMatch(/does not list its effect yet.*outcome is unknown/);
  });
});

describe('a VoiceLink that answers slowly', () => {
  /** Every list takes so long. */
  const slow = (fixture: Fixture, ms: number, failing = false) => {
    const list = (async (section: Section) => {
      await fixture.clock.sleep(ms);
      if (failing) return { status: 'failed', rows: [], message: 'time-out' };
      return fixture.upstream.list(section);
    }) as Fixture['upstream']['list'];
    // Of a client's bots the lease is not renewed: it must outlast a list and a write.
    return fixture.provisioner({ account: withCalls(fixture.upstream, { list }), settings: { leaseTtlMs: 60_000 } });
  };
  const timed = async (fixture: Fixture, provisioner: ReturnType<typeof slow>) => {
    const startedAt = fixture.clock.now();
    const result = await callReady(fixture, {}, provisioner);
    return { result, seconds: (fixture.clock.now() - startedAt) / 1_000 };
  };

  it('is not waited for without end: the step that is not begun any more says to call again, which gets on', async () => {
    const { fixture } = await mappedFixture();
    const provisioner = slow(fixture, 7_000);
    const first = await timed(fixture, provisioner);
    expect(statuses(first.result)).toEqual(['done', 'done', 'already', 'done', 'done', 'failed']);
    expect(failedStep(first.result)?.detail).toMatch(
      /answers slowly.*what was done stays done\. Call this again in 1 s\.$/,
    );
    expect(first.result).toMatchObject({ ready: false, after: { readiness: { state: 'NO_VOCOBASE_AGENT' } } });
    const second = await timed(fixture, provisioner);
    expect(statuses(second.result)).toEqual(['done', 'already', 'already', 'already', 'already', 'done']);
    expect(second.result.ready).toBe(true);
    expect(Math.max(first.seconds, second.seconds)).toBeLessThan(45);
  });

  it('gets one step further with every call, however slow it is', async () => {
    const { fixture } = await mappedFixture();
    const provisioner = slow(fixture, 20_000);
    const results: CallReadyResult[] = [];
    while (results.length < 6 && results.at(-1)?.ready !== true)
      results.push(await callReady(fixture, {}, provisioner));
    expect(results.map(({ steps }) => steps.filter(({ status }) => status === 'done').length)).toEqual([2, 2, 2, 2]);
    expect(results.at(-1)?.ready).toBe(true);
  });

  it('is not asked for everything twice when it does not answer in time', async () => {
    const { fixture, key } = await mappedFixture();
    await fixture.world.phoneNumbers.import({ ...placeOf(fixture), friendlyName: key });
    const { result, seconds } = await timed(fixture, slow(fixture, 15_000, true));
    expect(failedStep(result)).toMatchObject({ step: 'resolve_did' });
    expect(seconds).toBeLessThan(45);
  });
});
