import { Kafka, logLevel } from 'kafkajs';
import { startPrivateKafka, testKafkaBrokers, uniqueName } from './kafka';

const admin = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 1 } }).admin();

describe('test services', () => {
  it('shares one broker over all files', async () => {
    const client = admin(testKafkaBrokers());
    await client.connect();
    const cluster = await client.describeCluster();
    await client.disconnect();
    expect(cluster.brokers).toHaveLength(1);
  });

  it('keeps the topics of a private broker over a stop, a crash and a start', async () => {
    const kafka = await startPrivateKafka();
    try {
      const topic = uniqueName('kept');
      const before = admin(kafka.brokers);
      await before.connect();
      await before.createTopics({ topics: [{ topic, numPartitions: 1 }] });
      await before.disconnect();
      await kafka.stopBroker();
      await expect(admin(kafka.brokers).connect()).rejects.toThrow(/connect|Connection/);
      await kafka.startBroker();
      await kafka.killBroker();
      await kafka.startBroker();
      const after = admin(kafka.brokers);
      await after.connect();
      const topics = await after.listTopics();
      await after.disconnect();
      expect(topics).toContain(topic);
    } finally {
      await kafka.dispose();
    }
  });
});
