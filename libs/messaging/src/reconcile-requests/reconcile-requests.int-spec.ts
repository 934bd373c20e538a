import { RECONCILE_REQUESTS_DLQ_TOPIC, RECONCILE_REQUESTS_TOPIC } from '@dialtone/contracts';
import {
  eventually,
  type PrivateKafka,
  readTopics,
  realTime,
  silentLogger,
  startPrivateKafka,
  uniqueName,
} from '@dialtone/messaging/testing';
import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Message } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { ensureTopics } from '../ensure-topics';
import { createKafka } from '../kafka-client';
import type { ReconcileRequest, WorkTrigger } from '@dialtone/engine';
import { ReconcileRequestHandler } from './reconcile-request-handler';
import { type ConsumerStatus, kafkaServerOptions, type ReconcileRequestServer } from './reconcile-request-server';
import { ReconcileRequestsController } from './reconcile-requests.controller';

// Real: the broker (its own, because it is stopped), Nest's Kafka transport, controller and handler. The trigger is a list.
let kafka: PrivateKafka;
const running: INestMicroservice[] = [];
beforeAll(async () => {
  kafka = await startPrivateKafka();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});
afterAll(() => kafka.dispose());

const start = async (input: { readonly brokers: readonly string[]; readonly trigger: WorkTrigger }) => {
  const connection = { brokers: input.brokers, clientId: 'test-requests' };
  const states: ConsumerStatus[] = [];
  const options = kafkaServerOptions({
    connection,
    groupId: uniqueName('requests'),
    clock: realTime,
    logger: silentLogger,
    prepare: () => ensureTopics(connection, { logger: silentLogger }),
    onState: ({ status }) => states.push(status),
  });
  if (options === null) throw new Error('no transport');
  const handler = new ReconcileRequestHandler({ trigger: input.trigger, clock: realTime, logger: silentLogger });
  const module = await Test.createTestingModule({
    controllers: [ReconcileRequestsController],
    providers: [{ provide: ReconcileRequestHandler, useValue: handler }],
  }).compile();
  const app = module.createNestMicroservice({ strategy: options.strategy, logger: false });
  running.push(app);
  await app.listen();
  return { app, server: options.strategy, states };
};
const consuming = (server: ReconcileRequestServer): Promise<void> =>
  eventually('it consumes', () => server.state().status === 'consuming');

const send = async (...messages: readonly Message[]): Promise<void> => {
  const producer = createKafka({ brokers: kafka.brokers, clientId: 'test-asker' }, silentLogger).producer();
  await producer.connect();
  await producer.send({ topic: RECONCILE_REQUESTS_TOPIC, messages: [...messages] });
  await producer.disconnect();
};
const requestFor = (connectionId: string, key: string, recordKey = connectionId): Message => ({
  key: recordKey,
  value: JSON.stringify({ connection_id: connectionId, key }),
});
const deadLettersOf = (topicKey: string) =>
  readTopics({
    brokers: kafka.brokers,
    topics: [RECONCILE_REQUESTS_DLQ_TOPIC],
    wanted: ({ key }) => key === topicKey,
    enough: (records) => records.length > 0,
  });
/** Remembers the requests for one connection; others are of other tests. */
const triggerFor = (connectionId: string, act: (seen: number) => Promise<boolean> = () => Promise.resolve(true)) => {
  const seen: ReconcileRequest[] = [];
  const trigger = (request: ReconcileRequest): Promise<boolean> => {
    if (request.connectionId !== connectionId) return Promise.resolve(true);
    seen.push(request);
    return act(seen.length);
  };
  return { seen, trigger: { trigger } };
};

describe('reconcile requests over Kafka', () => {
  it('are triggered, and a poison record before them goes to the dead letters as it came', async () => {
    const connectionId = randomUUID();
    const { seen, trigger } = triggerFor(connectionId);
    const { server } = await start({ brokers: kafka.brokers, trigger });
    await consuming(server);
    // Same record key, so the same partition: a blocked partition would hold the request back.
    const poison = Buffer.from([0, 1, 2, 255]);
    await send(
      { key: connectionId, value: poison, headers: { traceparent: '{"json": "like"}' } },
      requestFor(connectionId, '15550001'),
    );
    await eventually('the request is triggered', () => seen.length === 1);
    expect(seen).toEqual([{ connectionId, key: '15550001' }]);
    const letters = await deadLettersOf(connectionId);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.value).toBe(poison.toString());
    expect(letters[0]?.headers).toMatchObject({
      traceparent: '{"json": "like"}',
      dlq_reason: 'the value is not a JSON object',
      dlq_topic: RECONCILE_REQUESTS_TOPIC,
    });
  });

  it('wait, in order, while the store is away', async () => {
    const connectionId = randomUUID();
    const { seen, trigger } = triggerFor(connectionId, (attempt) =>
      attempt < 4 ? Promise.reject(new Error('the store is away')) : Promise.resolve(true),
    );
    const { server } = await start({ brokers: kafka.brokers, trigger });
    await consuming(server);
    await send(requestFor(connectionId, '1'), requestFor(connectionId, '2'));
    await eventually('both are triggered', () => seen.length === 5);
    expect(seen.map(({ key }) => key)).toEqual(['1', '1', '1', '1', '2']);
  });

  it('are consumed again after the broker was away, by a consumer that crashed meanwhile', async () => {
    const connectionId = randomUUID();
    const { seen, trigger } = triggerFor(connectionId);
    const { server, states } = await start({ brokers: kafka.brokers, trigger });
    await consuming(server);
    await kafka.stopBroker();
    await eventually('the crash is noticed', () => server.state().crashes > 0);
    expect(server.state().lastError).not.toBeNull();
    await kafka.startBroker();
    await consuming(server);
    await send(requestFor(connectionId, '15550001'));
    await eventually('the request is triggered', () => seen.length === 1);
    expect(states.slice(0, 3)).toEqual(['connecting', 'consuming', 'backing_off']);
    expect(states.at(-1)).toBe('consuming');
  });

  it('keep nothing from starting or stopping when there is no broker at the address', async () => {
    const { app, server } = await start({ brokers: ['127.0.0.1:1'], trigger: triggerFor('').trigger });
    await eventually('it backs off', () => server.state().status === 'backing_off');
    const started = realTime.now();
    await app.close();
    expect(realTime.now() - started).toBeLessThan(8_000);
  });
});
