import { NO_BROKER } from '@dialtone/engine';
import { ensureTopics } from './ensure-topics';
import { NoBrokerError } from './kafka-client';
import { kafkaServerOptions } from './reconcile-requests/reconcile-request-server';
import { tailTopic } from './tail-topic';

const connection = { brokers: [], clientId: 'test' };
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };

describe('without a broker', () => {
  it('there are no topics to ensure', async () => {
    await expect(ensureTopics(connection, { logger })).resolves.toEqual({ kind: NO_BROKER });
  });

  it('there is no transport to start', () => {
    expect(kafkaServerOptions({ connection, groupId: 'g', clock, logger })).toBeNull();
  });

  it('a topic cannot be read, and the error says why', async () => {
    const tail = tailTopic({
      connection,
      logger,
      topic: 't',
      fromBeginning: true,
      signal: AbortSignal.abort(),
      onRecord: () => undefined,
    });
    await expect(tail).rejects.toThrow(NoBrokerError);
    await expect(tail).rejects.toThrow('no broker configured');
  });
});
