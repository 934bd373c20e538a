import { eventually, explained, startSystem, TraceReceiver, type ReceivedSpan, type System } from './harness';

const STRANGER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const [SERVER, CLIENT, PRODUCER] = [2, 3, 4];
const PUT = 'PUT /api/v2/voicelink/bindings/:key';

let collector: TraceReceiver;
let system: System;
beforeAll(async () => {
  collector = await TraceReceiver.start();
  system = await startSystem({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
});
afterAll(async () => {
  await system.stop();
  await collector.close();
});

const named = (name: string | RegExp): readonly ReceivedSpan[] =>
  collector.spans.filter((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
const only = (spans: readonly ReceivedSpan[], what: string): ReceivedSpan => {
  if (spans.length !== 1 || spans[0] === undefined) throw new Error(`${String(spans.length)} spans: ${what}`);
  return spans[0];
};
const childrenOf = ({ traceId, spanId }: ReceivedSpan): readonly ReceivedSpan[] =>
  collector.spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId);
const idsOf = ({ traceId, spanId }: Pick<ReceivedSpan, 'traceId' | 'spanId'>): object => ({ traceId, spanId });

/** One declaration, made with a traceparent, until it is READY and told; and its span of the request. */
const declared = async (): Promise<{ readonly key: string; readonly request: ReceivedSpan }> => {
  const clientId = await system.simulator.addClient();
  const key = await system.simulator.addDid();
  const { traceId, spanId } = STRANGER;
  const headers = { traceparent: `00-${traceId}-${spanId}-01` };
  await system.gateway.put(key, { agent_id: system.agentId, client_id: clientId }, headers);
  await system.allReady([key]);
  await system.delivered();
  return eventually(() => {
    const request = only(named(PUT), PUT);
    const [reconcile] = named('reconcile').filter((span) => span.traceId === traceId);
    if (reconcile === undefined) throw new Error('The reconcile has not come.');
    if (!named(/^send /).some((span) => span.traceId === traceId)) throw new Error('No record has come.');
    return { key, request };
  });
};

describe('a declaration, collected by OTLP', () => {
  it(
    'is one trace from the request over its transaction, its reconcile and the calls to VoiceLink to the records',
    explained(async () => {
      const { key, request } = await declared();
      const { traceId } = STRANGER;
      expect(request).toMatchObject({ traceId, parentSpanId: STRANGER.spanId, kind: SERVER });
      expect(request).toMatchObject({ service: 'dialtone-api-gateway' });

      // One that lost a race was begun again.
      const transaction = only(
        named('transaction declare').filter(({ attributes }) => attributes['dialtone.lost_race'] === undefined),
        'transaction',
      );
      expect(transaction).toMatchObject({ traceId, parentSpanId: request.spanId });
      expect(childrenOf(transaction).map(({ name, kind }) => [name, kind])).toContainEqual(['SQL WITH', CLIENT]);

      const reconcile = only(
        named('reconcile').filter((span) => span.traceId === traceId),
        'reconcile',
      );
      expect(reconcile.parentSpanId).toBe(transaction.spanId);
      expect(reconcile.links.map(idsOf)).toEqual([idsOf(transaction)]);
      expect(reconcile).toMatchObject({
        service: 'dialtone-reconciler',
        attributes: { 'dialtone.outcome': 'settled' },
      });

      const calls = childrenOf(reconcile).filter(({ name }) => name.startsWith('VoiceLink '));
      expect(calls.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['VoiceLink POST /v1/websocket-bot/create', 'VoiceLink POST /v1/call-routing/create']),
      );
      expect(calls.every(({ kind }) => kind === CLIENT)).toBe(true);

      const records = named(/^send /).filter((span) => span.traceId === traceId);
      expect(records.every(({ kind }) => kind === PRODUCER)).toBe(true);
      const parents = new Set(records.map(({ parentSpanId }) => parentSpanId));
      expect([...parents]).toEqual(expect.arrayContaining([transaction.spanId, reconcile.spanId]));
      const headers = system.events?.texts().filter((text) => text.includes(key)) ?? [];
      expect(headers.filter((text) => text.includes(`00-${traceId}-${transaction.spanId}-01`)).length).toBeGreaterThan(
        0,
      );
    }),
  );

  it(
    'is told without its number and without secrets, and its trace is in the lines of the log',
    explained(async () => {
      await eventually(() => {
        expect(named('sweep').length).toBeGreaterThan(0);
      });
      const sweeps = named('sweep');
      expect(sweeps.every(({ parentSpanId, links }) => parentSpanId === '' && links.length === 0)).toBe(true);
      expect(new Set(sweeps.map(({ traceId }) => traceId)).size).toBe(sweeps.length);
      const [{ key }] = (await system.query<{ key: string }>('select key from bindings')) as [{ key: string }];
      expect(collector.texts.some((text) => text.includes(key))).toBe(false);
      expect(system.leaks(collector.texts)).toEqual([]);
      const lines = (output: string): readonly Record<string, unknown>[] =>
        output
          .split('\n')
          .filter((line) => line.includes(STRANGER.traceId))
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines(system.gatewayChild.stdout)).toMatchObject([{ msg: 'request', trace_id: STRANGER.traceId }]);
      expect(lines(system.reconciler.stdout).length).toBeGreaterThan(0);
    }),
  );
});
