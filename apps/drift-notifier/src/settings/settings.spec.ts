import { readSettings } from './settings';
import { SettingsError } from './settings-error';

const GIVEN = { DATABASE_URL: 'postgresql://notifier@db/notifier', KAFKA_BROKERS: 'a:9092, b:9092', RECEIVERS: '{}' };

describe('readSettings', () => {
  it('reads the environment, with the defaults of what is left out or empty', () => {
    const settings = readSettings({ ...GIVEN, KAFKA_GROUP_ID: '', METRICS_PORT: '9000', PATH: '/usr/bin' });
    expect(settings).toMatchObject({
      KAFKA_BROKERS: ['a:9092', 'b:9092'],
      KAFKA_GROUP_ID: 'drift-notifier',
      DATABASE_SCHEMA: 'drift_notifier',
      METRICS_PORT: 9_000,
    });
  });

  it('names each variable that is wrong or missing', () => {
    const problems = [
      'DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database.',
      'DATABASE_SCHEMA must be a lower-case name of letters, digits and underscores, such as drift_notifier.',
      'KAFKA_BROKERS must name at least one broker, as in kafka-1:9092,kafka-2:9092.',
      'METRICS_PORT must be a whole number from 0 to 65535.',
      'RECEIVERS_FILE must be the path of the file of receivers, or RECEIVERS its content.',
    ];
    const wrong = { KAFKA_BROKERS: ',', DATABASE_SCHEMA: 'a"; drop', METRICS_PORT: 'x' };
    expect(() => readSettings(wrong)).toThrow(new SettingsError(problems));
  });
});
