import { Kafka, logLevel } from 'kafkajs';
import { createTestDatabase, type TestDatabase } from './database';
import { startPrivateKafka, testKafkaBrokers, uniqueName } from './kafka';

const admin = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 1 } }).admin();

describe('test services', () => {
  const databases: TestDatabase[] = [];
  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  it('gives every caller a database of its own with the same schema', async () => {
    databases.push(...(await Promise.all([createTestDatabase(), createTestDatabase()])));
    const [first, second] = await Promise.all(databases.map((database) => database.connect(2)));
    const tables = "select count(*)::int as n from pg_tables where schemaname = 'public'";
    const counts = [await first?.query<{ n: number }[]>(tables), await second?.query<{ n: number }[]>(tables)];
    expect(counts[0]?.[0]?.n).toBeGreaterThan(5);
    expect(counts[1]).toEqual(counts[0]);
    await first?.query('create table only_here (id int)');
    await expect(second?.query('select * from only_here')).rejects.toThrow(/does not exist/);
  });

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
