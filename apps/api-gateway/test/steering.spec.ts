import type { BindingDto } from '../src/bindings/bindings.dto';
import type { PauseDto, PausesDto, SteeringDto } from '../src/steering/steering.dto';
import { useGateway } from './gateway';
import { KEY } from './observations';

const ROOT = '/api/v2/voicelink';
const ONE = `${ROOT}/bindings/${KEY}`;
const WINDOW = { kind: 'deny', cron: '0 22 * * *', duration_seconds: 3_600, time_zone: 'Europe/Berlin' };
const ALWAYS = { ...WINDOW, cron: '0 0 * * *', duration_seconds: 86_399, time_zone: 'UTC' };
const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('steering', () => {
  const gateway = useGateway();
  const read = async (): Promise<SteeringDto> =>
    (await gateway.ask('GET', `${ROOT}/steering?connection_id=${gateway.tenant.connectionId}`)).json.data;
  const steer = (body: object) => gateway.ask('PUT', `${ROOT}/steering`, { body });
  const ofConnection = (body: object) => steer({ connection_id: gateway.tenant.connectionId, ...body });
  const declare = () =>
    gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId, labels: { team: 'sales' } } });
  const pause = (body: object) =>
    gateway.ask('POST', `${ROOT}/pauses`, { body: { reason: 'Moving', until: soon(), ...body } });
  const writes = async (): Promise<string> => {
    const binding: BindingDto = (await gateway.ask('GET', ONE)).json.data;
    const found = binding.status.conditions.find(({ type }) => type === 'WritesAllowed');
    return `${found?.status ?? ''} ${found?.reason ?? ''}: ${found?.message ?? ''}`;
  };

  it('of a connection is its mode and its windows; what is left out stays', async () => {
    await declare();
    expect(await read()).toEqual({ mode: 'enforce', windows: [] });
    await ofConnection({ windows: [WINDOW] });
    const set: SteeringDto = (await ofConnection({ mode: 'create-only' })).json.data;
    expect(set).toEqual({ mode: 'create-only', windows: [WINDOW] });
    await ofConnection({ windows: [] });
    expect(await writes()).toBe(
      'True MODE_CREATE_ONLY: Dialtone creates what is missing and changes nothing that exists',
    );
    await ofConnection({ mode: 'observe' });
    expect(await writes()).toBe('False MODE_OBSERVE: Dialtone only reports: the mode of the connection is observe');
  });

  it.each([
    ['cron', { cron: '61 * * * *' }, 'windows[1].cron'],
    ['cron with seconds', { cron: '0 0 22 * * *' }, 'windows[1].cron'],
    ['time that never comes', { cron: '0 0 31 2 *' }, 'windows[1].cron'],
    ['time zone', { time_zone: 'Mars/Base' }, 'windows[1].time_zone'],
    ['offset for a time zone', { time_zone: '+02:00' }, 'windows[1].time_zone'],
    ['duration', { duration_seconds: 0 }, 'windows[1].duration_seconds'],
    ['duration that reaches the next begin', { duration_seconds: 86_400 }, 'windows[1].duration_seconds'],
    ['kind', { kind: 'maybe' }, 'windows[1].kind'],
    ['field', { timezone: 'UTC' }, 'windows[1].timezone'],
  ])('refuses a wrong %s of a window, and names the field', async (_, wrong, field) => {
    for (const put of [steer, ofConnection]) {
      const refused = await put({ windows: [WINDOW, { ...WINDOW, ...wrong }] });
      expect([refused.status, refused.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(refused.json.error.details?.[0]?.field).toBe(field);
      expect(refused.json.error.message).toContain(field);
    }
  });

  it('of the partner has a mode that only the operator sets', async () => {
    expect((await steer({ mode: 'observe' })).json.error.details?.[0]?.field).toBe('mode');
    const stranger = { connection_id: '00000000-0000-4000-8000-000000000001', windows: [] };
    expect((await steer(stranger)).json.error.code).toBe('CONNECTION_NOT_FOUND');
  });

  it('refuses a window without a field, what is no list, and too many', async () => {
    const { kind, cron } = WINDOW;
    for (const windows of [[{ kind, cron }], {}, 'none', [7], Array.from({ length: 9 }, () => WINDOW)]) {
      const refused = await steer({ windows });
      expect([refused.status, refused.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    }
  });

  it('by a window of the partner closes all of its numbers, and reconcile-now says so', async () => {
    await declare();
    await steer({ windows: [ALWAYS] });
    expect(await writes()).toMatch(
      /^False WINDOW_CLOSED: Waits: the maintenance window 0 0 \* \* \* UTC of the partner is on/,
    );
    const refused = await gateway.ask('POST', `${ONE}/reconcile`);
    expect([refused.status, refused.json.error.code]).toEqual([409, 'WRITES_NOT_ALLOWED']);
    expect(refused.json.error.message).toContain('WINDOW_CLOSED');
    await steer({ windows: [] });
    expect((await gateway.ask('POST', `${ONE}/reconcile`)).status).toBe(202);
  });

  it.each([
    ['a number', { number: KEY }],
    ['a label', { labels: { team: 'sales' } }],
    ['everything', {}],
  ])('pauses %s until it is ended, and says why', async (_, scope) => {
    await declare();
    const begun = await pause(scope);
    const made: PauseDto = begun.json.data;
    expect(begun.status).toBe(201);
    expect(await writes()).toBe('False PAUSED: Paused: Moving');
    const refused = await gateway.ask('POST', `${ONE}/reconcile`, { body: { token: 'a' } });
    expect([refused.status, refused.json.error.code]).toEqual([409, 'WRITES_NOT_ALLOWED']);
    expect(refused.json.error.message).toContain('(PAUSED). Paused: Moving.');
    const listed: PausesDto = (await gateway.ask('GET', `${ROOT}/pauses`)).json.data;
    expect(listed.pauses).toEqual([made]);
    expect((await gateway.ask('DELETE', `${ROOT}/pauses/${made.pause_id}`)).json.data).toEqual(made);
    expect((await gateway.ask('DELETE', `${ROOT}/pauses/${made.pause_id}`)).status).toBe(404);
    expect(await writes()).toMatch(/^True ALLOWED/);
  });

  it.each([
    ['what is not declared', { number: '+918099999999' }, 404, 'NOT_FOUND'],
    ['what is no number', { number: 'number' }, 400, 'VALIDATION_ERROR'],
    ['another connection', { connection_id: '00000000-0000-4000-8000-000000000001' }, 404, 'CONNECTION_NOT_FOUND'],
    ['the past', { until: '2020-01-01T00:00:00Z' }, 400, 'VALIDATION_ERROR'],
    ['more than 90 days', { until: '2999-01-01T00:00:00Z' }, 400, 'VALIDATION_ERROR'],
    ['a time without a zone', { until: '2026-12-01T00:00:00' }, 400, 'VALIDATION_ERROR'],
    ['a day that is none', { until: '2026-13-41T00:00:00Z' }, 400, 'VALIDATION_ERROR'],
    ['no reason', { reason: ' ' }, 400, 'VALIDATION_ERROR'],
    ['labels that are none', { labels: ['team'] }, 400, 'VALIDATION_ERROR'],
  ])('refuses to pause %s', async (_, wrong, status, code) => {
    const refused = await pause(wrong);
    expect([refused.status, refused.json.error.code]).toEqual([status, code]);
  });
});
