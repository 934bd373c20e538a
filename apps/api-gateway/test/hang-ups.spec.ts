import { setTimeout as sleep } from 'node:timers/promises';
import { TestGateway } from './gateway';
import { eventually, RawClient, requestLines, type Line } from './raw-client';

const AGENT = '/api/v2/agent';
const SENDERS = 91;

describe('a sender that hangs up', () => {
  let gateway: TestGateway;
  /** Agents that were made, and what a test does before one is. */
  let made = 0;
  let before: () => Promise<void> = () => Promise.resolve();

  beforeEach(async () => {
    gateway = await TestGateway.start();
    await gateway.app.listen(0, '127.0.0.1');
    made = 0;
    before = () => Promise.resolve();
    const { store } = gateway.world.telephony.agents;
    const create = store.create.bind(store);
    store.create = async (...input) => {
      await before();
      made += 1;
      return create(...input);
    };
  });
  afterEach(() => gateway.close());

  const lines = (): Line[] => requestLines(gateway);
  const counted = async (status: number): Promise<number> => {
    const text = await gateway.registry.metrics();
    const series = `http_requests_total{method="POST",route="${AGENT}",status="${String(status)}"} `;
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.slice(series.length) ?? 0,
    );
  };
  const writeOf = (name: string, { length }: { length?: number } = {}): string => {
    const body = JSON.stringify({ agent_name: name });
    const head = [
      `POST ${AGENT} HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${gateway.tenant.apiKey}`,
      'Content-Type: application/json',
      `Content-Length: ${String(length ?? body.length)}`,
    ];
    return `${head.join('\r\n')}\r\n\r\n${body}`;
  };
  const send = async (text: string): Promise<RawClient> => {
    const client = await RawClient.open(gateway);
    await client.send(text);
    return client;
  };

  it('leaves a line and a count for every write that was done', async () => {
    const { promise: gone, resolve: leave } = Promise.withResolvers<undefined>();
    let waiting = 0;
    before = async () => {
      waiting += 1;
      await gone;
    };
    const names = Array.from({ length: SENDERS }, (_, nth) => `Agent ${String(nth)}`);
    const sockets = await Promise.all(names.map((name) => send(writeOf(name))));
    await eventually(() => waiting === SENDERS);
    for (const socket of sockets) socket.reset();
    await eventually(() => lines().length >= SENDERS);
    leave(undefined);
    await eventually(() => made === SENDERS);
    expect([made, lines().length, await counted(499)]).toEqual([SENDERS, SENDERS, SENDERS]);
    for (const line of lines()) {
      expect(line).toMatchObject({
        method: 'POST',
        path: AGENT,
        status: 499,
        aborted: true,
        partner_id: gateway.tenant.partnerId,
      });
    }
    expect(await gateway.registry.metrics()).toContain('http_requests_in_progress 0');
  });

  it('leaves a line for each of the requests that it sent one after the other without waiting', async () => {
    const { promise: gone, resolve: leave } = Promise.withResolvers<undefined>();
    let waiting = 0;
    before = async () => {
      waiting += 1;
      await gone;
    };
    const socket = await send([1, 2, 3].map((nth) => writeOf(`Agent ${String(nth)}`)).join(''));
    await eventually(() => waiting === 3);
    socket.reset();
    await eventually(() => lines().length >= 3);
    leave(undefined);
    await eventually(() => made === 3);
    expect(lines().map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect([made, await counted(499)]).toEqual([3, 3]);
  });

  it('before it is admitted gets nothing done', async () => {
    const { authenticate } = gateway.world.apiKeys;
    const asked = Promise.withResolvers<undefined>();
    const { promise: gone, resolve: leave } = Promise.withResolvers<undefined>();
    gateway.world.apiKeys.authenticate = async (apiKey) => {
      asked.resolve(undefined);
      await gone;
      return authenticate(apiKey);
    };
    const socket = await send(writeOf('Agent'));
    await asked.promise;
    socket.reset();
    await eventually(() => lines().length === 1);
    leave(undefined);
    await sleep(50);
    expect(made).toBe(0);
    expect(lines()).toMatchObject([{ status: 499, aborted: true }]);
  });

  it('in the middle of its body gets nothing done, and leaves one line', async () => {
    const socket = await send(writeOf('Agent', { length: 1_000 }));
    await eventually(() => gateway.world.lookups === 1);
    await sleep(20);
    socket.reset();
    await eventually(() => lines().length > 0);
    await sleep(50);
    expect(made).toBe(0);
    expect(lines()).toMatchObject([{ status: 499, aborted: true, partner_id: gateway.tenant.partnerId }]);
  });

  it('is told apart from one that speaks no HTTP in its body, which is told so, and leaves one line too', async () => {
    const head = writeOf('')
      .split('\r\n')
      .filter((line) => !/^Content-Length|^\{|^$/.test(line));
    const socket = await send([...head, 'Transfer-Encoding: chunked', '', 'no length', ''].join('\r\n'));
    await eventually(() => socket.socket.destroyed && lines().length > 0);
    expect(socket.said).toMatch(/^HTTP\/1.1 400 /);
    expect(lines()).toMatchObject([{ method: 'POST', path: AGENT, status: 400, code: 'VALIDATION_ERROR' }]);
    expect(await counted(400)).toBe(1);
  });

  it('leaves no mark on the line of a request that was answered whole', async () => {
    const socket = await send(writeOf('Agent'));
    await eventually(() => lines().length === 1);
    socket.reset();
    await sleep(20);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ status: 201 });
    expect(lines()[0]).not.toHaveProperty('aborted');
    expect(await counted(201)).toBe(1);
  });
});
