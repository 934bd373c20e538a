import type { CallReading, CallerBack } from '@dialtone/carriers';
import { PUBLIC_BASE_URL, useGateway } from './gateway';
import { placedCall, statusOf, type PlacedCall } from './placed-call';

const FAILURE = {
  reason: 'unavailable',
  httpStatus: 500,
  code: null,
  message: 'no',
  retryAfterMs: null,
  timedOut: false,
  isOwn: false,
} as const;

const known = (
  state: Extract<CallReading, { kind: 'known' }>['state'],
  durationSeconds: number | null,
): CallReading => ({
  kind: 'known',
  state,
  durationSeconds,
  reason: null,
  raw: null,
});

describe('an end that nobody signed', () => {
  const gateway = useGateway();

  /** A call whose carrier has told its id. */
  const newCall = async (provider: CallerBack): Promise<PlacedCall> => {
    const call = await placedCall(gateway, provider);
    await gateway.world.calls.noteHandover(call.id, { kind: 'accepted', carrierId: 'c-1' });
    return call;
  };
  const send = async (call: PlacedCall, body: object): Promise<number> => {
    const url = call.urls.statusUrl.replace(PUBLIC_BASE_URL, '');
    return (await gateway.ask('POST', url, { apiKey: null, body })).status;
  };
  const end = (call: PlacedCall) => send(call, { Status: 'completed', ConversationDuration: '9' });

  it.each<[string, CallReading, string, readonly string[]]>([
    ['shows it', known('completed', null), 'completed', []],
    ['does not know the call', { kind: 'not_found' }, 'completed', []],
    ['cannot be read at all', { kind: 'unsupported' }, 'completed', []],
    ['shows another end', known('busy', null), 'busy', []],
    ['shows a call that goes on', known('in_progress', null), 'pending', ['again']],
    ['cannot be read now', { kind: 'failed', failure: FAILURE }, 'pending', ['again']],
  ])("counts when the carrier's record %s, else it is looked at soon", async (_name, reading, status, looks) => {
    const call = await newCall('exotel');
    gateway.world.carriers.reading = reading;
    expect(await end(call)).toBe(200);
    expect(await statusOf(gateway, call)).toBe(status);
    expect(gateway.world.calls.lookedFor).toEqual(looks.map(() => call.id));
  });

  it('is as long as the record says, else as it was told', async () => {
    for (const [recorded, want] of [
      [12, 12],
      [null, 9],
    ] as const) {
      const call = await newCall('exotel');
      gateway.world.carriers.reading = known('completed', recorded);
      await end(call);
      expect(gateway.world.calls.known(call.id)).toMatchObject({ durationSeconds: want });
    }
  });

  it('is not waited for longer than the carrier waits for an answer', async () => {
    const call = await newCall('tata_smartflo');
    gateway.world.carriers.reading = new Promise(() => undefined) as never;
    expect(await send(call, { call_status: 'missed' })).toBe(200);
    expect(await statusOf(gateway, call)).toBe('pending');
  });

  it('is all that there is while the carrier has not told its id, and where its account cannot be opened', async () => {
    gateway.world.carriers.reading = known('in_progress', null);
    const unnamed = await placedCall(gateway, 'exotel');
    await end(unnamed);
    const closed = await newCall('exotel');
    gateway.world.carriers.closed = true;
    await end(closed);
    expect([await statusOf(gateway, unnamed), await statusOf(gateway, closed)]).toEqual(['completed', 'completed']);
  });

  it('is not asked for twice, nor is what ends nothing', async () => {
    const call = await newCall('exotel');
    let asked = 0;
    const { carriers } = gateway.world;
    Object.defineProperty(carriers, 'reading', {
      configurable: true,
      get: () => {
        asked += 1;
        return known('completed', 9);
      },
    });
    await send(call, { EventType: 'answered', Status: 'in-progress' });
    await end(call);
    await end(call);
    Object.defineProperty(carriers, 'reading', { configurable: true, writable: true, value: { kind: 'not_found' } });
    expect(asked).toBe(1);
  });

  it('is counted when it is not confirmed', async () => {
    gateway.world.carriers.reading = known('ringing', null);
    await end(await newCall('exotel'));
    const text = await gateway.registry.getSingleMetricAsString('dialtone_callbacks_total');
    expect(text).toContain('{provider="exotel",outcome="unconfirmed"} ');
  });

  it('of VoiceLink is heard: it signs nothing, and cannot be asked', async () => {
    const call = await newCall('voicelink');
    expect(await send(call, { event: 'call.ringing', call: { id: '6f0c' } })).toBe(200);
    expect(await statusOf(gateway, call)).toBe('ringing');
    const over = { id: '6f0c', answeredAt: '2026-08-02T11:04:09.000+05:30', durationSec: 7 };
    for (const event of ['call.ended', 'call.completed']) await send(call, { event, call: over });
    expect(gateway.world.calls.known(call.id)).toMatchObject({ status: 'completed', durationSeconds: 7 });
  });

  it('of VoiceLink has no document to ask for', async () => {
    const call = await newCall('voicelink');
    const url = call.urls.answerUrl.replace(PUBLIC_BASE_URL, '');
    expect((await gateway.ask('POST', url, { apiKey: null, body: {} })).status).toBe(404);
  });
});
