import {
  KafkaJSMetadataNotLoaded,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  type KafkaJSError,
} from 'kafkajs';

const causeOf = (error: unknown): unknown =>
  error instanceof KafkaJSNumberOfRetriesExceeded ? causeOf(error.cause) : error;

/** True for what a broker said, false for what a connection did. */
export const isAnswer = (error: unknown): boolean => {
  const cause = causeOf(error);
  return cause instanceof KafkaJSProtocolError || cause instanceof KafkaJSMetadataNotLoaded;
};

/** True for an answer of a broker that would come again: too large, not allowed. */
export const isFinalAnswer = (error: unknown): boolean => {
  const cause = causeOf(error);
  return cause instanceof KafkaJSProtocolError && !(cause as KafkaJSError).retriable;
};
