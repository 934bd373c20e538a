import type { ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const FACTOR = 0x5bd1e995;

/** Kafka's murmur2 of the UTF-8 of a text, as a 32-bit number. */
const murmur2 = (text: string): number => {
  const bytes = Buffer.from(text);
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), FACTOR);
    word = Math.imul(word ^ (word >>> 24), FACTOR);
    hash = Math.imul(hash, FACTOR) ^ word;
  }
  if (whole < bytes.length) hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), FACTOR);
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR);
  return hash ^ (hash >>> 15);
};

/** Where every Kafka client puts a record with a key: kafkajs' own hash of it makes a BigInt at each step. */
export const partitionByKey: ICustomPartitioner = () => {
  return ({ partitionMetadata, message }) => (murmur2(String(message.key)) & 0x7fffffff) % partitionMetadata.length;
};
