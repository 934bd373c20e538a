import type { TopicName } from '@dialtone/contracts';
import type { Log, ToldRecord, TopicReader } from '@dialtone/engine';
import { createKafka, type KafkaConnection } from './kafka-client';
import { type TailedRecord, tailTopic } from './tail-topic';

/** Offset of the last record by partition; partitions without records are left out. */
type Ends = ReadonlyMap<number, bigint>;

const toldIn = ({ event }: TailedRecord): ToldRecord | null =>
  event?.type === 'dialtone.readiness.changed.v1'
    ? { seq: event.data.seq, state: event.data.state, issues: event.data.issues }
    : null;

/** Reads whole topics with a consumer group of its own, which other consumers do not notice. */
export class KafkaTopicReader implements TopicReader {
  constructor(
    private readonly connection: KafkaConnection,
    private readonly logger: Log,
  ) {}

  async readAll(topic: TopicName, onRecord: Parameters<TopicReader['readAll']>[1]): Promise<void> {
    const ends = new Map(await this.endsOf(topic));
    if (ends.size === 0) return;
    const done = new AbortController();
    await tailTopic({
      connection: this.connection,
      logger: this.logger,
      topic,
      fromBeginning: true,
      signal: done.signal,
      onRecord: (record) => {
        const end = ends.get(record.partition);
        if (end === undefined) return;
        onRecord(record.key ?? '', toldIn(record));
        // The last record of a partition is never compacted away.
        if (BigInt(record.offset) >= end) ends.delete(record.partition);
        if (ends.size === 0) done.abort();
      },
    });
  }

  private async endsOf(topic: TopicName): Promise<Ends> {
    const admin = createKafka(this.connection, this.logger).admin();
    await admin.connect();
    try {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(
        offsets.filter(({ low, high }) => BigInt(high) > BigInt(low)).map((at) => [at.partition, BigInt(at.high) - 1n]),
      );
    } finally {
      await admin.disconnect();
    }
  }
}
