import { ByteWriter } from './byte-writer';
import { writeRecordBatch, type BatchProducer, type PlainRecord } from './record-batch';

/** What is sent to one broker. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly topics: readonly ProducedTopic[];
}

interface ProducedTopic {
  readonly topic: string;
  readonly partitions: readonly ProducedPartition[];
}

interface ProducedPartition {
  readonly partition: number;
  readonly records: readonly PlainRecord[];
  readonly producer: BatchProducer;
}

/** Kept, since it grows to the size of a request. */
const out = new ByteWriter();

/** The body of a Produce request, versions 3 to 8. The next call writes over it. */
export const encodeProduce = ({ acks, timeout, topics }: ProduceRequest, now: number): Buffer => {
  out.clear();
  // In no transaction.
  out.int16(-1);
  out.int16(acks);
  out.int32(timeout);
  out.int32(topics.length);
  for (const { topic, partitions } of topics) {
    out.shortText(topic);
    out.int32(partitions.length);
    for (const { partition, records, producer } of partitions) {
      out.int32(partition);
      writeRecordBatch(out, records, producer, now);
    }
  }
  return out.written();
};
