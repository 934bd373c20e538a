import { type LogEntry, logLevel } from 'kafkajs';
import type { Log } from '@dialtone/engine';

/** Errors that only the consumer's log reports; elsewhere kafkajs logs at ERROR what it then retries with success. */
const CONSUMER = new Set(['Consumer', 'Runner', 'ConsumerGroup', 'FetchManager']);

type Level = keyof Log;

/**
 * kafkajs logs every refused connection, and "coordinator loading" on a fresh cluster, at ERROR. Each user of a client
 * reports its failure once, in its own words, so the client's lines are for debugging.
 */
export const levelOf = (level: logLevel, namespace: string): Level =>
  level === logLevel.ERROR && CONSUMER.has(namespace) ? 'warn' : 'debug';

/** Fields that our logger adds itself, or that need kafkajs' sources to be understood. */
const LEFT_OUT = new Set(['message', 'timestamp', 'logger', 'stack']);

/** A kafkajs `logCreator` that writes to our logger. */
export const kafkaLogCreator =
  (logger: Log) =>
  () =>
  ({ namespace, level, log }: LogEntry): void => {
    const fields = Object.fromEntries(Object.entries(log).filter(([name]) => !LEFT_OUT.has(name)));
    logger[levelOf(level, namespace)]({ kafka: namespace, ...fields }, `kafkajs: ${log.message}`);
  };
