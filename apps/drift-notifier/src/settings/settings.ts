import 'reflect-metadata';
import { Expose, Transform, Type } from 'class-transformer';
import { ArrayNotEmpty, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { IsHttpUrl, IsIdentifier, listOf } from './rules';
import { SettingsError } from './settings-error';
import { validate } from './validate';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const MECHANISMS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const;

const whole =
  (min: number, max: number): PropertyDecorator =>
  (target, property) => {
    const message = `must be a whole number from ${String(min)} to ${String(max)}`;
    Type(() => Number)(target, property);
    for (const rule of [IsInt({ message }), Min(min, { message }), Max(max, { message })]) rule(target, property);
  };
const oneOf = (values: readonly string[]): PropertyDecorator =>
  IsIn(values, { message: `must be one of ${values.join(', ')}` });

/** The environment of the process: each field is the variable of its name. README.md has the table. */
export class Settings {
  /** PostgreSQL; the role owns the schema below, and needs nothing else. */
  @Expose()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a URL such as postgresql://user:password@host:5432/database' })
  DATABASE_URL!: string;

  @Expose()
  @IsIdentifier()
  DATABASE_SCHEMA = 'drift_notifier';

  @Expose()
  @whole(2, 100)
  DATABASE_POOL_SIZE = 10;

  @Expose()
  @Transform(({ value }) => listOf(value))
  @ArrayNotEmpty({ message: 'must name at least one broker, as in kafka-1:9092,kafka-2:9092' })
  @IsString({ each: true })
  KAFKA_BROKERS!: string[];

  @Expose()
  @Matches(/^[A-Za-z0-9._-]{1,200}$/, { message: 'must be a name of a consumer group' })
  KAFKA_GROUP_ID = 'drift-notifier';

  @Expose()
  @Matches(/^[A-Za-z0-9._-]{0,100}$/, { message: 'must be letters, digits, dots, hyphens and underscores' })
  KAFKA_TOPIC_PREFIX = '';

  @Expose()
  @Matches(/^[A-Za-z0-9._-]{1,249}$/, { message: 'must be a name of a topic' })
  KAFKA_DEAD_LETTER_TOPIC = 'drift-notifier.dlq.v1';

  @Expose()
  @oneOf(['true', 'false'])
  KAFKA_TLS: 'true' | 'false' = 'false';

  @Expose()
  @oneOf(MECHANISMS)
  KAFKA_SASL_MECHANISM: (typeof MECHANISMS)[number] = 'none';

  @Expose()
  @IsString()
  KAFKA_SASL_USERNAME = '';

  @Expose()
  @IsString()
  KAFKA_SASL_PASSWORD = '';

  @Expose()
  @IsString()
  RECEIVERS_FILE = '';

  @Expose()
  @IsString()
  RECEIVERS = '';

  @Expose()
  @IsOptional()
  @IsHttpUrl()
  DIALTONE_API_URL?: string;

  @Expose()
  @IsString()
  DIALTONE_API_KEY = '';

  @Expose()
  @IsString()
  METRICS_HOST = '127.0.0.1';

  @Expose()
  @whole(0, 65_535)
  METRICS_PORT = 9466;

  @Expose()
  @whole(10, 60_000)
  POLL_INTERVAL_MS = 500;

  @Expose()
  @whole(1, 365)
  EVENT_ID_RETENTION_DAYS = 32;

  @Expose()
  @oneOf(LEVELS)
  LOG_LEVEL: (typeof LEVELS)[number] = 'info';
}

const NAMES = Object.keys(new Settings());
/** Without a default, so that an instance does not have them. */
const WITHOUT_DEFAULT = ['DATABASE_URL', 'KAFKA_BROKERS', 'DIALTONE_API_URL'];
export const SETTING_NAMES: readonly string[] = [...new Set([...WITHOUT_DEFAULT, ...NAMES])];

/**
 * Reads the variables; others are left alone, and an empty one counts as absent.
 *
 * @throws SettingsError with a sentence for each variable that is wrong
 */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const given = SETTING_NAMES.map((name) => [name, environment[name]] as const);
  const plain = Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ''));
  const read = validate(Settings, plain);
  const problems = read.ok ? [] : [...read.problems];
  if (plain['RECEIVERS'] === undefined && plain['RECEIVERS_FILE'] === undefined)
    problems.push('RECEIVERS_FILE must be the path of the file of receivers, or RECEIVERS its content.');
  if (!read.ok || problems.length > 0) throw new SettingsError(problems);
  return read.value;
};
