import { databaseRefusal, isDatabaseUnavailable } from '@dialtone/persistence';
import { CommandError } from './commands/with-stores';

const messageOf = (error: unknown): string => {
  const { message, cause, errors } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const inner: unknown = cause ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
  return inner === undefined ? String(message) : messageOf(inner);
};

/** One sentence for a failure that the user of a command can fix; null for a defect, which needs its stack. */
export const explain = (error: unknown): string | null => {
  if (error instanceof CommandError) return error.message;
  if (isDatabaseUnavailable(error)) return `The database does not answer (${messageOf(error)}): see DATABASE_URL.`;
  switch (databaseRefusal(error)) {
    case 'access':
      return `The database refuses the login (${messageOf(error)}): see DATABASE_URL.`;
    case 'rights':
      return `The role may not do this (${messageOf(error)}): migrate works as the owner of the tables, see MIGRATION_DATABASE_URL, and grants the role of DATABASE_URL what all else needs.`;
    case 'schema':
      return 'The database schema is older than this build: run migrate.';
    case null:
      return null;
  }
};

/** Runs work that needs the broker, and reports its failures as failures of Kafka. */
export const withBroker = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new CommandError(`Kafka cannot do this: ${messageOf(error)}. See KAFKA_BROKERS.`);
  }
};
