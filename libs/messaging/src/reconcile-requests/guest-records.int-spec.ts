import { RECONCILE_REQUESTS_DLQ_TOPIC, RECONCILE_REQUESTS_TOPIC } from '@dialtone/contracts';
import {
  eventually,
  type PrivateKafka,
  readTopics,
  realTime,
  silentLogger,
  startPrivateKafka,
} from '@dialtone/messaging/testing';
import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CompressionCodecs, CompressionTypes, type Message } from 'kafkajs';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { ensureTopics } from '../ensure-topics';
import { createKafka } from '../kafka-client';
import { ReconcileRequestHandler } from './reconcile-request-handler';
import { kafkaServerOptions } from './reconcile-request-server';
import { ReconcileRequestsController } from './reconcile-requests.controller';

// Real: the broker, Nest's Kafka transport, controller and handler. The topic allows what Dialtone would not have allowed.
const TEN_MB = 10_000_000;
let kafka: PrivateKafka;
let app: INestMicroservice;
const triggered: string[] = [];

beforeAll(async () => {
  kafka = await startPrivateKafka();
  const connection = { brokers: kafka.brokers, clientId: 'test-guests' };
  const lax = { 'max.message.bytes': String(TEN_MB), 'compression.type': 'producer' };
  const topics = { [RECONCILE_REQUESTS_TOPIC]: { purpose: '', partitions: 1, config: lax } };
  await ensureTopics(connection, { logger: silentLogger, topics });
  const options = kafkaServerOptions({
    connection,
    groupId: 'guests',
    clock: realTime,
    logger: silentLogger,
    prepare: () => ensureTopics(connection, { logger: silentLogger }),
  });
  const trigger = ({ key }: { readonly key: string | null }): Promise<boolean> =>
    Promise.resolve(triggered.push(key ?? '') > 0);
  const handler = new ReconcileRequestHandler({ trigger: { trigger }, clock: realTime, logger: silentLogger });
  const module = await Test.createTestingModule({
    controllers: [ReconcileRequestsController],
    providers: [{ provide: ReconcileRequestHandler, useValue: handler }],
  }).compile();
  if (options === null) throw new Error('no transport');
  app = module.createNestMicroservice({ strategy: options.strategy, logger: false });
  await app.listen();
  await eventually('it consumes', () => options.strategy.state().status === 'consuming');
});
afterAll(async () => {
  await app.close();
  await kafka.dispose();
});

const send = async (messages: readonly Message[], compression = CompressionTypes.None): Promise<void> => {
  const producer = createKafka({ brokers: kafka.brokers, clientId: 'test-guest' }, silentLogger).producer();
  await producer.connect();
  await producer.send({ topic: RECONCILE_REQUESTS_TOPIC, messages: [...messages], compression });
  await producer.disconnect();
};
let keys = 0;
/** Sends a request, and resolves when it is triggered: whatever came before it in its only partition is done. */
const expectRequestServed = async (withinMs: number): Promise<void> => {
  const key = `15550${String((keys += 1))}`;
  await send([{ value: JSON.stringify({ connection_id: randomUUID(), key }) }]);
  await eventually('the next request is triggered', () => triggered.includes(key), withinMs);
};
const letters = (wanted: (headers: Readonly<Record<string, string>>) => boolean, count: number) =>
  readTopics({
    brokers: kafka.brokers,
    topics: [RECONCILE_REQUESTS_DLQ_TOPIC],
    wanted: ({ headers }) => wanted(headers),
    enough: (records) => records.length >= count,
  });

/** In another process, whose memory is its own: so many batches of gzip that inflate to so many bytes each. */
const SENDER = `
  const { Kafka, logLevel } = require('kafkajs');
  const [broker, topic, bytes, times] = process.argv.slice(1);
  const producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).producer();
  const batch = { topic, compression: 1, messages: [{ key: 'bomb', value: Buffer.alloc(Number(bytes)) }] };
  (async () => {
    await producer.connect();
    for (let nth = 0; nth < Number(times); nth += 1) await producer.send(batch);
    await producer.disconnect();
  })();`;
const sendBombs = async (bytes: number, times: number): Promise<void> => {
  const given = [kafka.brokers[0] ?? '', RECONCILE_REQUESTS_TOPIC, String(bytes), String(times)];
  await promisify(execFile)(process.execPath, ['-e', SENDER, ...given]);
};

/** The most that buffers grow while `act` runs, in MB. */
const growthDuring = async (act: () => Promise<void>): Promise<number> => {
  const used = (): number => process.memoryUsage().arrayBuffers / 1e6;
  const before = used();
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, used())), 2);
  await act();
  clearInterval(sampling);
  return most - before;
};

describe('records of guests', () => {
  it('of a megabyte are put aside by key, length and hash, at once', async () => {
    const value = Buffer.alloc(1_048_400, 'x');
    const records = [
      { key: 'large-1', value },
      { key: 'large-2', value },
    ];
    for (const record of records) await send([record]);
    await expectRequestServed(5_000);
    const found = await letters((headers) => headers['dlq_bytes'] === String(value.length + 7), 2);
    expect(found.map(({ key, value: kept }) => [key, kept])).toEqual([
      ['large-1', null],
      ['large-2', null],
    ]);
    expect(found[0]?.headers).toMatchObject({
      dlq_reason: 'the record has more than 4096 bytes',
      dlq_value_sha256: createHash('sha256').update(value).digest('hex'),
    });
  });

  it('of nine megabytes cost no more than what is read at once', async () => {
    await send([{ key: 'huge', value: Buffer.alloc(9_000_000, 'x') }]);
    await expectRequestServed(5_000);
    const found = await letters((headers) => /larger than what is read at once/.test(headers['dlq_reason'] ?? ''), 1);
    expect(found[0]?.headers['dlq_reason']).toMatch(/^not read: a batch of 9000\d{3} bytes/);
  });

  it('of 60 KB that inflate to 60 MB are not inflated', async () => {
    const growth = await growthDuring(async () => {
      await sendBombs(60_000_000, 1);
      await expectRequestServed(10_000);
    });
    expect(growth).toBeLessThan(40);
    await letters((headers) => /inflates to more than/.test(headers['dlq_reason'] ?? ''), 1);
  });

  it('by the ten thousand in one batch count as one', async () => {
    await send(Array<Message>(20_000).fill({ value: null }), CompressionTypes.GZIP);
    await expectRequestServed(10_000);
    const found = await letters((headers) => /has too many/.test(headers['dlq_reason'] ?? ''), 1);
    expect(found[0]?.headers['dlq_reason']).toMatch(/with 20000 records/);
  });

  it('in many small batches that inflate, each within its bound, do not stop the partition', async () => {
    await sendBombs(1_000_000, 40);
    await expectRequestServed(20_000);
  });

  it('in a compression that is not read do not stop the partition', async () => {
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({
      compress: ({ buffer }: { readonly buffer: Buffer }) => Promise.resolve(zstdCompressSync(buffer)),
      decompress: () => Promise.reject(new Error('not installed')),
    });
    await send([{ key: 'zstd', value: '{}' }], CompressionTypes.ZSTD);
    await expectRequestServed(5_000);
    await letters((headers) => /compressed with zstd/.test(headers['dlq_reason'] ?? ''), 1);
  });

  it('with odd keys, headers and values are put aside as they came', async () => {
    const deep = '['.repeat(2_000) + ']'.repeat(2_000);
    const odd: readonly Message[] = [
      { key: null, value: null },
      { key: Buffer.from([0xff, 0x00, 0xfe]), value: Buffer.from([0xc3, 0x28]) },
      { key: '', value: deep },
      {
        key: 'proto',
        value: '{"__proto__": {"connection_id": "x"}}',
        headers: { ['__proto__']: 'x', constructor: 'y', '': 'z' },
      },
      {
        key: 'headers',
        value: '{}',
        headers: { dlq_topic: 'forged', kafka_replyTopic: 'other', kafka_correlationId: '1' },
      },
      { key: 'long header', value: '{}', headers: { long: 'h'.repeat(60_000) } },
      { key: 'k'.repeat(60_000), value: '{}' },
      { key: 'many headers', value: '{}', headers: { many: Array<string>(5_000).fill('x') } },
    ];
    await send(odd);
    await expectRequestServed(10_000);
    const found = await letters((headers) => headers['dlq_offset'] !== undefined, odd.length);
    const byKey = new Map(found.map((letter) => [letter.key, letter]));
    expect(byKey.get('headers')?.headers['dlq_topic']).toBe(RECONCILE_REQUESTS_TOPIC);
    expect(byKey.get('')?.value).toBe(deep);
    expect(byKey.get('long header')?.headers).toMatchObject({ dlq_bytes: '60017' });
    expect([...byKey.keys()].some((key) => key?.startsWith('60000 bytes, sha256 '))).toBe(true);
    expect(byKey.get('many headers')?.value).toBeNull();
  });
});
