import type { PlainRecord } from './record-batch';
import { encodeProduce } from './encode-produce';
import { type Asked, Encoder, produce } from './kafkajs-internals';

/** A message whose request is encoded here and not by kafkajs. */
export class QuickMessage implements PlainRecord {
  constructor(
    readonly key: string,
    readonly value: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** The first version with record batches of magic 2. */
const BATCHES_SINCE = 3;

const areQuick = (messages: readonly unknown[]): messages is readonly QuickMessage[] =>
  messages[0] instanceof QuickMessage;

/** Null when it is not one of `QuickMessage`s alone, outside a transaction and not compressed. */
const quickly = ({
  acks,
  timeout,
  transactionalId,
  compression,
  producerId,
  producerEpoch,
  topicData,
}: Asked): Buffer | null => {
  if (transactionalId !== undefined || compression) return null;
  const [id, epoch] = [BigInt(producerId.toString()), producerEpoch];
  const topics = [];
  for (const { topic, partitions } of topicData) {
    const quick = [];
    for (const { partition, firstSequence, messages } of partitions) {
      if (!areQuick(messages)) return null;
      quick.push({ partition, records: messages, producer: { id, epoch, firstSequence } });
    }
    topics.push({ topic, partitions: quick });
  }
  return encodeProduce({ acks, timeout, topics }, Date.now());
};

const kafkajs = produce.protocol;
produce.protocol = ({ version }) => {
  const usual = kafkajs({ version });
  if (version < BATCHES_SINCE) return usual;
  return (asked) => {
    const { request, response } = usual(asked);
    const encode: typeof request.encode = () => {
      const bytes = quickly(asked);
      return bytes === null ? request.encode() : Promise.resolve(new Encoder(bytes.length).writeBuffer(bytes));
    };
    return { request: { ...request, encode }, response };
  };
};
