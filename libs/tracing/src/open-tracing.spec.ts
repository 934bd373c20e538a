import { LoopbackServer } from '@dialtone/testing';
import { beginSpan, currentTraceparent, isTracing, traced, traceFields } from './ambient';
import { openTracing, type Tracing } from './open-tracing';
import type { TracingSettings } from './settings';

interface WireSpan {
  readonly name: string;
  readonly parentSpanId?: string;
  readonly traceId: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string }[];
}

let collector: LoopbackServer;
beforeAll(async () => {
  collector = await LoopbackServer.start();
});
afterAll(() => collector.stop());

let tracing: Tracing | undefined;
const troubles: string[] = [];
const open = async (settings: Partial<TracingSettings> = {}): Promise<void> => {
  collector.received.length = 0;
  collector.answer = () => 200;
  tracing = await openTracing(
    {
      url: `${collector.url}/v1/traces`,
      protocol: 'http/json',
      compression: 'none',
      headers: { 'x-key': 'k' },
      timeoutMs: 2_000,
      resource: { 'service.name': 'test' },
      sampler: 'parentbased_always_on',
      ratio: 1,
      batch: { delayMs: 60_000, queueSize: 100, size: 100 },
      showsNumbers: false,
      ...settings,
    },
    (message) => troubles.push(message),
  );
};
afterEach(() => tracing?.close());

/** Ends tracing, which sends what is left. */
const sent = async (): Promise<readonly WireSpan[]> => {
  await tracing?.close();
  return collector.received.flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
};

describe('without settings', () => {
  it('work is called, and no context is kept', async () => {
    await openTracing(null, () => undefined);
    const work = Promise.resolve(7);
    expect(await traced('x', {}, () => work)).toBe(7);
    const span = beginSpan('x');
    expect([isTracing(), currentTraceparent(), traceFields(), span.run(() => currentTraceparent())]).toEqual([
      false,
      null,
      {},
      null,
    ]);
    span.end();
  });
});

describe('with settings', () => {
  it('spans of asynchronous work are children, and failures say their class and no message', async () => {
    await open();
    const failing = traced('outer', {}, async () => {
      await Promise.resolve();
      await traced('inner', {}, () => Promise.reject(new TypeError('secret +9180')));
    });
    await expect(failing).rejects.toThrow('secret');
    const spans = await sent();
    expect(spans.map(({ name, status: { code, message } }) => [name, code, message])).toEqual([
      ['inner', 2, undefined],
      ['outer', 2, undefined],
    ]);
    expect(JSON.stringify(spans)).not.toContain('secret');
    expect(spans[0]?.traceId).toBe(spans[1]?.traceId);
    expect(collector.received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-key': 'k' });
  });

  it('goes on with a trace of its own, and tells log lines and events of it', async () => {
    await open();
    let told: object = {};
    let traceparent: string | null = null;
    const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await traced('later', { parent, links: [parent, 'nonsense'] }, async () => {
      await Promise.resolve();
      told = traceFields();
      traceparent = currentTraceparent();
    });
    const [span] = await sent();
    expect(span).toMatchObject({ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) });
    expect(told).toMatchObject({ trace_id: 'a'.repeat(32) });
    expect(traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
  });

  it.each([
    ['a stranger does not make it keep a trace', 'stranger', '01', 0],
    ['a trace that it keeps goes on', 'parent', '01', 1],
    ['a trace that it does not keep does not go on', 'parent', '00', 0],
  ] as const)('keeps what the sampler says: %s', async (_, kind, flags, kept) => {
    await open({ sampler: 'parentbased_always_off' });
    await traced('x', { [kind]: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` }, () => Promise.resolve());
    expect(await sent()).toHaveLength(kept);
  });

  it.each([
    [false, ['count']],
    [true, ['count', 'key']],
  ])('names numbers only when it is asked to: %s', async (showsNumbers, want) => {
    await open({ showsNumbers });
    await traced('x', { attributes: { count: 1 }, numbers: { key: '9180' } }, () => Promise.resolve());
    expect((await sent())[0]?.attributes.map(({ key }) => key)).toEqual(want);
  });

  it('sends protobuf when it is asked to', async () => {
    await open({ protocol: 'http/protobuf' });
    await traced('some-span', {}, () => Promise.resolve());
    await tracing?.close();
    expect(collector.received.map(({ headers }) => headers['content-type'])).toEqual(['application/x-protobuf']);
    expect(collector.received[0]?.bytes.includes('some-span')).toBe(true);
  });

  it('goes on, and says so, while the collector refuses', async () => {
    await open();
    collector.answer = () => 400;
    expect(await traced('x', {}, () => Promise.resolve(1))).toBe(1);
    await tracing?.close();
    expect(troubles.length).toBeGreaterThan(0);
  });
});
