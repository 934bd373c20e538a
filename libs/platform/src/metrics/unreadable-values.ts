import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging';

/** The shape of the VoiceLink client's UnreadableValue. */
interface UnreadableValue {
  readonly section: string;
  readonly field: string;
  readonly id: number | null;
  readonly shape: string;
}

/**
 * Counts the values in VoiceLink's lists that are not understood, and logs the first of each field once per account: a field that
 * changed its form does so in all records at once.
 */
export const unreadableValues = (
  registry: Registry,
  logger: Pick<Logger, 'warn'>,
): ((connectionId: string) => (value: UnreadableValue) => void) => {
  const values = new Counter({
    name: 'dialtone_upstream_unreadable_values_total',
    help: 'Values in new or changed records of VoiceLink that are not understood, by list and field',
    labelNames: ['section', 'field'],
    registers: [registry],
  });
  return (connectionId) => {
    const told = new Set<string>();
    return ({ section, field, id, shape }) => {
      values.inc({ section, field });
      if (told.has(`${section} ${field}`)) return;
      told.add(`${section} ${field}`);
      logger.warn(
        { connection_id: connectionId, section, field, row_id: id, value: shape },
        'VoiceLink lists a value that is not understood; what depends on it is unknown, and nothing is decided from it',
      );
    };
  };
};
