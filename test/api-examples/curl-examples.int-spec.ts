import {
  CALL_READY,
  CREATE_CONNECTION,
  CREATE_ROUTING,
  DISCONNECT,
  LIST_CONNECTIONS,
  RENAME_CONNECTION,
  requestOf,
  START_CALL,
  SYNC,
  SYNC_NUMBERS,
  type CurlExample,
} from './curl-examples';
import { CALL_READY_ANSWER, SYNC_ANSWER } from './documented-answers';
import { ProvisioningWorld } from './provisioning-world';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with the form of an answer: a documented field that is missing, of another type, or in another order. */
const misfits = (actual: unknown, documented: unknown, at = ''): string[] => {
  // Null: it may be there or not.
  if (documented === null || documented === undefined) return [];
  if (Array.isArray(documented)) return misfitsOfList(actual, documented, at);
  if (isObject(documented)) return misfitsOfObject(actual, documented, at);
  return typeof actual === typeof documented ? [] : [`${at} is ${JSON.stringify(actual)}`];
};

const misfitsOfList = (actual: unknown, documented: readonly unknown[], at: string): string[] => {
  if (!Array.isArray(actual)) return [`${at} is no list`];
  const [first] = documented;
  return actual.flatMap((item, nth) => misfits(item, first, `${at}[${String(nth)}]`));
};

/** An empty object stands for whatever VoiceLink says. */
const misfitsOfObject = (actual: unknown, documented: Json, at: string): string[] => {
  if (!isObject(actual)) return [`${at} is no object`];
  const names = Object.keys(documented);
  const order = Object.keys(actual).filter((name) => names.includes(name));
  return order.join() === names.join()
    ? names.flatMap((name) => misfits(actual[name], documented[name], `${at}.${name}`))
    : [`${at} has ${Object.keys(actual).join()} and not ${names.join()}`];
};

describe('the curl commands of the public API', () => {
  let world: ProvisioningWorld;
  let host: string;
  beforeAll(async () => {
    world = await ProvisioningWorld.start();
    const [app] = world.gateways;
    if (app === undefined) throw new Error('there is no gateway');
    await app.listen(0, '127.0.0.1');
    host = (await app.getUrl()).replace(/\/$/, '');
  });
  beforeEach(() => world.reset());
  afterAll(() => world.stop());

  const run = async (
    example: CurlExample,
    connectionId: string = world.tenant.connectionId,
    change = (text: string) => text,
  ) => {
    const { apiKey, agentId } = world.tenant;
    const { url, body, ...request } = requestOf(example, { host, apiKey, connectionId, agentId });
    const response = await fetch(url, { ...request, ...(body !== undefined && { body: change(body) }) });
    return { status: response.status, json: (await response.json()) as Json };
  };
  /** As printed below the command. */
  const printed = ({ answer }: CurlExample): unknown => JSON.parse(answer ?? 'null');
  const data = ({ json }: { readonly json: Json }) => json['data'] as Json;
  const connect = async (example: CurlExample, change?: (text: string) => string) =>
    data(await run(example, undefined, change))['connection'] as { readonly id: string };
  const situation = async () => {
    await world.admin('POST', '/clients', { id: 415, username: 'client.415' });
    await world.admin('POST', '/dids', { did_id: 812, did_number: '918011223344', client_id: 415 });
  };

  it('Create VoiceLink call routing', async () => {
    await situation();
    await world.admin('POST', '/bots', { id: 93, client_id: 415 });
    const answer = await run(CREATE_ROUTING);
    expect([answer.status, misfits(answer.json, printed(CREATE_ROUTING))]).toEqual([201, []]);
    expect((await world.admin('GET', '/dids/812'))['routing']).toMatchObject({ outboundBotId: 93, status: 1 });
  });

  it('Sync VoiceLink state and readiness', async () => {
    await situation();
    const answer = await run(SYNC);
    expect([answer.status, misfits(answer.json, SYNC_ANSWER)]).toEqual([200, []]);
    expect(data(answer)['drift']).toMatchObject([
      { key: '918011223344', state: 'NO_BOT', did_id: 812, client_id: 415 },
    ]);
  });

  it('Make a VoiceLink DID call-ready', async () => {
    await situation();
    const answer = await run(CALL_READY);
    const step = { step: '', status: '', detail: '' };
    const documented = { ...CALL_READY_ANSWER, data: { ...CALL_READY_ANSWER.data, steps: [step] } };
    expect([answer.status, misfits(answer.json, documented)]).toEqual([200, []]);
    expect(data(answer)).toMatchObject({ ready: true, key: '918011223344' });
  });

  it('Create a connection, List connections', async () => {
    const created = await run(CREATE_CONNECTION);
    expect([created.status, misfits(created.json, printed(CREATE_CONNECTION))]).toEqual([201, []]);
    const listed = await run(LIST_CONNECTIONS);
    expect([listed.status, misfits(listed.json, printed(LIST_CONNECTIONS))]).toEqual([200, []]);
    expect(data(listed)['connections']).toHaveLength(1);
  });

  it('Start calls with a connection: of other carriers it is told that they cannot, of VoiceLink as printed', async () => {
    const { id } = await connect(CREATE_CONNECTION);
    const refused = await run(START_CALL, id);
    expect([refused.status, (refused.json['error'] as Json)['code']]).toEqual([422, 'PROVIDER_NOT_SUPPORTED']);
    await situation();
    await world.admin('POST', '/bots', { id: 93, client_id: 415 });
    await run(CREATE_ROUTING);
    await run(CALL_READY);
    const placed = await run(START_CALL, undefined, (body) => body.replace('plivo', 'voicelink'));
    expect([placed.status, misfits(placed.json, printed(START_CALL))]).toEqual([201, []]);
    expect(data(placed)).toMatchObject({ from_number: '+918011223344', to_number: '+919876543210', status: 'pending' });
  });

  it('Rename a connection, Disconnect a connection', async () => {
    const { id } = await connect(CREATE_CONNECTION);
    const renamed = await run(RENAME_CONNECTION, id);
    expect([renamed.status, misfits(renamed.json, printed(CREATE_CONNECTION))]).toEqual([200, []]);
    expect(data(renamed)['connection']).toMatchObject({ id, name: 'Plivo India - Support' });
    const gone = await run(DISCONNECT, id);
    expect([gone.status, misfits(gone.json, printed(CREATE_CONNECTION))]).toEqual([200, []]);
    expect(data(await run(LIST_CONNECTIONS))['connections']).toEqual([]);
  });

  it('Phone-number ownership', async () => {
    const { id } = await connect(CREATE_CONNECTION, (body) => body.replace('plivo', 'vobiz'));
    const answer = await run(SYNC_NUMBERS, id);
    expect([answer.status, data(answer)['synced']]).toEqual([200, 2]);
    await run(DISCONNECT, id);
  });
});
