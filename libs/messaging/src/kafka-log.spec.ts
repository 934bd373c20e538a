import { logLevel } from 'kafkajs';
import { kafkaLogCreator } from './kafka-log';

describe('kafkaLogCreator', () => {
  it.each([
    { level: logLevel.ERROR, namespace: 'Connection', want: 'debug', reason: 'a refused connection is retried' },
    { level: logLevel.WARN, namespace: 'Producer', want: 'debug', reason: 'limited retries are on purpose' },
    { level: logLevel.ERROR, namespace: 'Consumer', want: 'warn', reason: 'a crash of a consumer' },
    { level: logLevel.INFO, namespace: 'ConsumerGroup', want: 'debug', reason: 'joining a group' },
  ])('says $level of $namespace at $want: $reason', ({ level, namespace, want }) => {
    const lines: unknown[] = [];
    const line = (at: string) => (fields: object, message: string) => lines.push([at, fields, message]);
    const logger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
    const log = { message: 'said', timestamp: '', logger: 'kafkajs', stack: 'at …', broker: 'b:1' };
    kafkaLogCreator(logger)()({ namespace, level, label: '', log });
    expect(lines).toEqual([[want, { kafka: namespace, broker: 'b:1' }, 'kafkajs: said']]);
  });
});
