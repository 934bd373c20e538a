import { kafkaConnectionOf, tailTopic, type TailOptions } from '@dialtone/messaging';
import { createLogger, type AdminConfig } from '@dialtone/platform';
import { withBroker } from '../explain';
import { print } from './with-stores';

export interface TailEventsOptions {
  readonly topic: string;
  readonly key?: string;
  readonly fromBeginning: boolean;
}

/** Ends on SIGINT and SIGTERM. Prints the event as consumers see it, or the bare record when it is none of ours. */
export const tailEvents = async (config: AdminConfig, options: TailEventsOptions): Promise<void> => {
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const tail: TailOptions = {
    ...options,
    connection: kafkaConnectionOf(config, 'dialtone-admin'),
    logger: createLogger({ name: 'admin', level: 'silent' }),
    signal: stopping.signal,
    onRecord: ({ event, ...record }) => {
      print(event ?? record);
    },
  };
  await withBroker(() => tailTopic(tail));
};
