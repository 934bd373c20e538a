import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';

/** Writes to a topic as another service would: acknowledged by all replicas, in the given order. */
export const sendRecords = async (input: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: readonly Message[];
}): Promise<void> => {
  const client = new Kafka({ clientId: 'test-sender', brokers: [...input.brokers], logLevel: logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    await producer.send({ topic: input.topic, messages: [...input.records] });
  } finally {
    await producer.disconnect();
  }
};
