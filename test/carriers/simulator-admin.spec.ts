import { parseCommandLine } from '../../apps/carrier-simulator/src/command-line';
import { CALL_ID, openOn, orderOn, useSimulatedCarriers } from './simulated-carriers';

type Row = Readonly<Record<string, unknown>>;

describe('the admin API', () => {
  const { running, receiver } = useSimulatedCarriers();
  const admin = async (method: string, path: string, body?: Row): Promise<{ status: number; body: Row }> => {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${running().adminUrl}${path}`, { method, ...json });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Row };
  };
  const rows = async (path: string, name: string): Promise<readonly Row[]> =>
    (await admin('GET', path)).body[name] as readonly Row[];

  it('moves the clock and single calls, and shows both directions', async () => {
    await openOn(running(), 'plivo').placeCall(orderOn(running(), receiver(), 'plivo'));
    await openOn(running(), 'twilio').placeCall(orderOn(running(), receiver(), 'twilio'));
    const [call] = await rows('/calls?provider=plivo', 'calls');
    const id = String(call?.['id']);
    expect(call).toMatchObject({ phase: 'queued', to: '919876543210' });
    expect((await admin('POST', '/clock', { advance_ms: 300 })).status).toBe(200);
    expect((await admin('GET', `/calls/${id}`)).body).toMatchObject({ phase: 'ringing' });
    expect((await admin('POST', `/calls/${id}/move`, { phase: 'busy' })).body).toMatchObject({ phase: 'busy' });
    expect((await admin('POST', `/calls/${id}/move`, { phase: 'ringing' })).body).toMatchObject({ phase: 'busy' });
    expect(await rows('/journal?endpoint=plivo.calls.place', 'entries')).toMatchObject([
      { http_status: 201, effect: true, call_id: id, fault: null },
    ]);
    expect(await rows(`/callbacks?call_id=${id}`, 'entries')).toMatchObject([
      { phase: 'ringing', outcome: 'sent', http_status: 200 },
      { phase: 'busy', outcome: 'sent', fields: { CallStatus: 'busy', HangupCauseCode: '3010' } },
    ]);
    expect((await admin('GET', '/state')).body).toMatchObject({ counts: { calls: 2, live_calls: 1 } });
    expect((await admin('DELETE', '/state?numbers=5')).body).toMatchObject({ counts: { calls: 0 }, journal: 0 });
    expect(await openOn(running(), 'vobiz').listNumbers()).toMatchObject({ numbers: { length: 5 } });
  });

  it('changes accounts behind everyone’s back', async () => {
    const { number } = running().simulator.world.accountsOf('twilio')[0]?.numbers[0] ?? {};
    expect((await admin('DELETE', `/accounts/twilio/numbers/${String(number)}`)).status).toBe(204);
    expect((await admin('POST', '/accounts/twilio/numbers', { number: '+918011223344' })).status).toBe(201);
    const listing = await openOn(running(), 'twilio').listNumbers();
    expect(listing.kind === 'listed' && listing.numbers.map((one) => one.number)).toEqual([
      '+918040000002',
      '+918040000003',
      '+918011223344',
    ]);
    await admin('PATCH', '/accounts/twilio', { is_suspended: 'true' });
    expect(await openOn(running(), 'twilio').verify()).toMatchObject({ kind: 'refused' });
    const added = {
      provider: 'plivo',
      credentials: { auth_id: 'MA1', auth_token: 'canary-1' },
      number: '+918011223344',
    };
    expect((await admin('POST', '/accounts', added)).status).toBe(201);
    const own = { more: { auth_id: 'MA1', auth_token: 'canary-1' } };
    expect(await openOn(running(), 'plivo', own).verify()).toEqual({ kind: 'verified' });
    const { body } = await admin('GET', '/accounts');
    expect(JSON.stringify(body)).not.toContain('canary-1');
  });

  it('has a body for a connection to each carrier', async () => {
    const bodies = await rows('/connections', 'connections');
    expect(bodies.map((body) => [body['provider'], typeof body['name']])).toEqual(
      ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube', 'sip'].map((name) => [name, 'string']),
    );
  });

  it('hides tokens in the URLs of callbacks, and not the id of a call', async () => {
    const order = { ...orderOn(running(), receiver(), 'plivo') };
    const secret = 'aVeryLongUnguessableToken';
    const statusUrl = `${receiver().url}/hooks/${secret}/status?call=${CALL_ID}`;
    await openOn(running(), 'plivo').placeCall({ ...order, statusUrl, answerUrl: `${statusUrl}&token=${secret}` });
    await admin('POST', '/clock', { advance_ms: 10_000 });
    const shown = JSON.stringify([
      await rows('/journal', 'entries'),
      await rows('/callbacks', 'entries'),
      await rows('/calls', 'calls'),
    ]);
    expect(shown).not.toContain(secret);
    expect(shown).toContain(`/status?call=${CALL_ID}`);
    expect(receiver().received[0]?.path).toContain(secret);
  });

  it.each([
    ['POST', '/faults', { endpoint: 'plivo.calls.plaice', kind: 'html' }],
    ['POST', '/faults', { endpoint: '*', kind: 'htlm' }],
    ['POST', '/faults', { endpoint: '*', kind: 'latency' }],
    ['POST', '/faults', { endpoint: '*', kind: 'html', tims: 1 }],
    ['PATCH', '/options', { outcome: 'answer' }],
    ['PATCH', '/options', { talk: 1 }],
    ['PATCH', '/options', { talk_ms: 1.5 }],
    ['PATCH', '/accounts/twilio', { portal: { webhook: 'x' } }],
    ['POST', '/accounts', { provider: 'twilio', credentials: { auth_token: 'x' } }],
    ['POST', '/clock', { advance_ms: -1 }],
  ])('refuses %s %s %j', async (method, path, body) => {
    expect((await admin(method, path, body)).status).toBe(400);
  });

  it.each([
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
    [['--clock', 'fast'], '--clock must be live or manual, not "fast"'],
    [['--numbers', '0'], '--numbers must be a whole number from 1 to 100000, not "0"'],
  ])('a wrong flag is named: %j', (args, sentence) => {
    expect(parseCommandLine(args)).toEqual({
      kind: 'error',
      sentence: `${sentence}. Run with --help to see all options.`,
    });
  });
});
