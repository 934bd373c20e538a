import type { Bot, Client, Did, Routing } from '../../apps/voicelink-simulator/src/world/records';
import { BOT, CLIENT, DID, ROUTING, worldOf, type Records } from './documented-world';
import { DEFAULT_WEBSOCKET_URL, GatewayOnSimulator, type Tenant } from './gateway-on-simulator';

const BINDINGS = '/api/v2/voicelink/bindings';
/** More than any repair takes. */
const ROUNDS = 8;

interface Planned {
  readonly hash: string;
  readonly calls: number;
  readonly numbers: readonly { readonly key: string; readonly calls: number; readonly result: string }[];
}

let gateway: GatewayOnSimulator;
let tenant: Tenant;
let tenants = 0;
beforeAll(async () => {
  gateway = await GatewayOnSimulator.start({ VOICELINK_RATE_PER_SECOND: '0' });
});
afterAll(() => gateway.close());

const simulator = () => gateway.simulator.simulator;
const journal = (): readonly string[] => simulator().journal.entries.map(({ endpoint }) => endpoint);
const load = (records: Records): void => {
  simulator().world = worldOf(records);
};
const post = async (path: string, body: object) =>
  gateway.ask('POST', `${BINDINGS}:${path}`, { apiKey: tenant.apiKey, body });
const plan = async (body: object): Promise<Planned> => {
  const { status, json } = await post('plan', body);
  expect(status).toBe(200);
  return json.data as unknown as Planned;
};
const itemOf = ({ number }: Did, more: object = {}): object => ({ number, agent_id: tenant.agentId, ...more });

/** As the reconciler does until nothing is left to do, or only a person can do it. */
const settle = async (): Promise<void> => {
  const open = `select 1 from bindings where outcome not in ('settled', 'stalled')`;
  for (let round = 0; round < ROUNDS; round += 1) {
    await gateway.source.query(`update bindings set due_at = now() where outcome <> 'settled'`);
    await gateway.reconcile();
    if ((await gateway.source.query<unknown[]>(open)).length === 0) return;
  }
};

const arrange = async (records: Records): Promise<void> => {
  await gateway.source.query(`update connections set status = 'DISCONNECTED'`);
  await gateway.source.query('delete from bindings');
  simulator().reset({});
  load(records);
  tenants += 1;
  tenant = await gateway.addTenant(`Partner ${String(tenants)}`);
  await gateway.sweep();
  await gateway.sweep();
};

const elsewhere: Routing = { ...ROUTING, outboundBotId: 7 };

describe('a plan that has become stale', () => {
  const second: Did = { ...DID, id: 813, number: '918011223355' };
  const records: Records = { dids: [DID, second], routings: [elsewhere] };
  const asked = (): object => ({ items: [itemOf(DID), itemOf(second)] });

  it.each<{ way: string; change: () => Promise<unknown>; body?: () => object; want: string }>([
    {
      way: 'a declaration has another generation',
      change: () => post('batch', { items: [itemOf(second, { mode: 'observe' })] }),
      want: 'its declaration',
    },
    {
      way: 'VoiceLink was observed to be otherwise',
      change: async () => {
        load({ dids: [DID, second], routings: [{ ...elsewhere, forInboundCall: 3, inboundBotId: 93 }] });
        await gateway.sweep();
        await gateway.source.query('update connections set sweep_due_at = now()');
        await gateway.sweep();
      },
      want: 'its call routing',
    },
    {
      way: 'something else is to be done than was planned',
      change: () => Promise.resolve(),
      body: () => ({ items: [itemOf(DID, { bot_name: 'Another' }), itemOf(second)] }),
      want: 'what is asked for',
    },
  ])('is answered 409, and VoiceLink is not written to: $way', async ({ change, body = asked, want }) => {
    await arrange(records);
    const { hash, calls } = await plan(asked());
    expect(calls).toBe(2);
    await change();
    const before = await gateway.source.query<unknown[]>('select key, generation, mode from bindings');
    const { status, json } = await post('batch', { ...body(), plan: hash });
    expect([status, json.error.code]).toEqual([409, 'PLAN_STALE']);
    expect(json.error.details?.map(({ message }) => message.split(': ')[1])).toEqual([`${want}.`]);
    expect(await gateway.source.query('select key, generation, mode from bindings')).toEqual(before);
    await settle();
    expect(journal()).toEqual([]);
  });
});

describe('a plan that is applied in an unchanged world', () => {
  const off: Bot = { ...BOT, status: 0, websocketUrl: DEFAULT_WEBSOCKET_URL };
  const other: Client = { ...CLIENT, id: 414, username: 'nila' };
  const didsOf = (count: number, changes: Partial<Did> = {}): readonly Did[] =>
    Array.from({ length: count }, (_, nth) => ({
      ...DID,
      id: 812 + nth,
      number: String(918011223344 + nth),
      ...changes,
    }));
  const routed = (dids: readonly Did[], changes: Partial<Routing> = {}): readonly Routing[] =>
    dids.map(({ id }, nth) => ({ ...ROUTING, id: 100 + nth, didId: id, ...changes }));
  const dids = didsOf(4);
  const unmapped = didsOf(4, { clientId: null, userStatus: 1 });

  it.each<{ what: string; records: Records; more?: object; want: Readonly<Record<string, number>> }>([
    { what: 'all is in order', records: { dids, routings: routed(dids) }, want: {} },
    { what: 'routing is missing', records: { dids, routings: [] }, want: { 'routing.create': 4 } },
    {
      what: 'routing goes elsewhere',
      records: { dids, routings: routed(dids, { outboundBotId: 7 }) },
      want: { 'routing.update': 4 },
    },
    {
      what: 'several numbers need one bot',
      records: { dids, bots: [], routings: routed(dids.slice(0, 2), { outboundBotId: 7 }) },
      want: { 'bots.create': 1, 'routing.update': 2, 'routing.create': 2 },
    },
    {
      what: 'the bot is switched off',
      records: { dids, bots: [off], routings: routed(dids) },
      want: { 'bots.update': 1 },
    },
    {
      what: 'numbers are to be mapped to a client that has a bot',
      records: { dids: unmapped, routings: [] },
      more: { client_id: 415 },
      want: { 'dids.map': 4, 'routing.create': 4 },
    },
    {
      what: 'numbers are to be mapped to a client that has none',
      records: { clients: [other, CLIENT], dids: unmapped, routings: [] },
      more: { client_id: 414 },
      want: { 'dids.map': 4, 'bots.create': 1, 'routing.create': 4 },
    },
    {
      what: 'numbers are only observed',
      records: { dids, routings: [] },
      more: { mode: 'observe' },
      want: {},
    },
  ])('makes exactly the calls that it says when $what', async ({ records, more = {}, want }) => {
    await arrange(records);
    const body = { items: (records.dids ?? []).map((did) => itemOf(did, more)) };
    const { hash, calls, numbers } = await plan(body);
    expect(calls).toBe(numbers.reduce((sum, one) => sum + one.calls, 0));
    expect((await plan(body)).hash).toBe(hash);
    const { status, json } = await post('batch', { ...body, plan: hash });
    expect([status, json.data]).toMatchObject([200, { applied: true, summary: { created: 4 } }]);
    await settle();
    const made = Object.groupBy(journal(), (endpoint) => endpoint);
    expect(Object.fromEntries(Object.entries(made).map(([endpoint, all]) => [endpoint, all?.length]))).toEqual(want);
    expect(journal()).toHaveLength(calls);
    expect((await plan(body)).calls).toBe(0);
  });
});
