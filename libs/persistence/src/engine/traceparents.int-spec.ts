import type { DidKey } from '@dialtone/domain';
import type { ClaimedBinding, Outcome, SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec } from '@dialtone/testing';
import { currentTraceparent, openTracing, traced, type Tracing } from '@dialtone/tracing';
import { gatheredStores } from '../together/gathered-stores';

const SETTLED: Outcome = { kind: 'settled' };
const WAITING: Outcome = { kind: 'progressing', requeueAfterMs: 0, reason: 'a wait' };

const postgres = usePostgres();
let connection: SweepableConnection;
let tracing: Tracing;
beforeEach(async () => {
  // Nothing is kept, so nothing is sent: the ids are those of traces all the same.
  tracing = await openTracing(
    {
      url: 'http://127.0.0.1:9/v1/traces',
      protocol: 'http/json',
      compression: 'none',
      headers: {},
      timeoutMs: 100,
      resource: {},
      sampler: 'always_off',
      ratio: 1,
      batch: { delayMs: 60_000, queueSize: 10, size: 10 },
      showsNumbers: false,
    },
    () => undefined,
  );
  connection = await postgres.given.connection();
});
afterEach(() => tracing.close());

/** Of a traceparent. */
const traceOf = (traceparent: string | null | undefined): string | undefined => traceparent?.split('-')[1];

/** Does it in a trace of its own, and says which. */
const inTrace = async <T>(work: () => Promise<T>): Promise<[T, trace: string | undefined]> =>
  traced('test', { isRoot: true }, async () => [await work(), traceOf(currentTraceparent())]);

const declare = async (): Promise<DidKey> => {
  const key = aDidKey();
  const spec = aSpec({ agentId: await postgres.given.agent(connection.partnerId) });
  await postgres.given.declare({ connectionId: connection.id, key, spec });
  return key;
};
const claim = async (count = 1): Promise<[ClaimedBinding, ...ClaimedBinding[]]> => {
  const claimed = await postgres.stores.bindingQueue.claim('worker', count, 60_000);
  expect(claimed).toHaveLength(count);
  return claimed as [ClaimedBinding, ...ClaimedBinding[]];
};
const tracesOf = async (key: DidKey): Promise<(string | undefined)[]> => {
  const rows = await postgres.query<{ traceparent: string | null }>(
    'select traceparent from event_log where key = $1 order by id',
    [key],
  );
  return rows.map(({ traceparent }) => traceOf(traceparent));
};

describe('what made a number due', () => {
  it('is the trace of its declaration until the work has settled', async () => {
    const [key, trace] = await inTrace(declare);
    const [first] = await claim();
    expect([traceOf(first.traceparent), await tracesOf(key)]).toEqual([trace, [trace]]);
    await postgres.stores.bindingQueue.complete(first, WAITING, 0);
    const [second] = await claim();
    expect(traceOf(second.traceparent)).toBe(trace);
    await postgres.stores.bindingQueue.complete(second, SETTLED, 0);
    expect((await claim())[0]).not.toHaveProperty('traceparent');
  });

  it('is the trace of what came during the work', async () => {
    await inTrace(declare);
    const [first] = await claim();
    const { connectionId, key } = first.binding;
    const [, trace] = await inTrace(() => postgres.stores.trigger.trigger({ connectionId, key }));
    await postgres.stores.bindingQueue.complete(first, SETTLED, 60_000);
    expect(traceOf((await claim())[0].traceparent)).toBe(trace);
  });

  it('is the trace of a request to look again', async () => {
    const key = await declare();
    const [, trace] = await inTrace(() => postgres.stores.bindings.trigger(connection.partnerId, key));
    expect(traceOf((await claim())[0].traceparent)).toBe(trace);
  });

  it('is nothing while nothing is traced', async () => {
    await tracing.close();
    const key = await declare();
    expect((await claim())[0]).not.toHaveProperty('traceparent');
    expect(await tracesOf(key)).toEqual([undefined]);
  });
});

describe('numbers whose outcomes are written together', () => {
  it('keep each the trace of its own work', async () => {
    const keys = [await declare(), await declare()];
    const { bindingQueue } = gatheredStores(postgres.dataSource, postgres.stores);
    const traces = await Promise.all(
      (await claim(2)).map(async (claimed) => {
        const [, trace] = await inTrace(() => bindingQueue.complete(claimed, SETTLED, 60_000));
        return [claimed.binding.key, trace] as const;
      }),
    );
    const found = await Promise.all(keys.map(async (key) => [key, (await tracesOf(key)).at(-1)] as const));
    expect(new Map(found)).toEqual(new Map(traces));
  });
});
