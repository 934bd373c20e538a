import { randomBytes, randomUUID } from 'node:crypto';
import { adminConfig } from '@dialtone/platform';
import { usePostgres } from '@dialtone/persistence/testing';
import { adminProgram } from './program';

const TOPIC = 'voicelink.drift.v1';
const postgres = usePostgres();

/** What the command printed. */
const run = async (...args: readonly string[]): Promise<unknown> => {
  const config = adminConfig({
    DATABASE_URL: postgres.database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  });
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await adminProgram(() => config, {}).parseAsync(['node', 'admin', 'pass-over', ...args]);
  } finally {
    write.mockRestore();
  }
  return JSON.parse(printed.join(''));
};

describe('pass-over', () => {
  it('gives up the event that a topic waits for, and says which one that is', async () => {
    const { cursors, sequencer } = postgres.stores;
    const ids = [randomUUID(), randomUUID()];
    await postgres.query(
      `insert into event_log (event_id, type, partner_id, connection_id, data)
       select id, 'dialtone.drift.detected.v1', gen_random_uuid(), gen_random_uuid(), '{}' from unnest($1::uuid[]) as id`,
      [ids],
    );
    await sequencer.assign(10);
    await cursors.branch('kafka', [TOPIC]);
    const next = /waits for event (\S+)/.exec(String(await run('--topic', TOPIC, '--event', 'x').catch(String)))?.[1];
    expect(ids).toContain(next);
    expect(await run('--topic', TOPIC, '--event', next ?? '')).toMatchObject({ passed_over: { event_id: next } });
    expect([await cursors.get(`kafka:${TOPIC}`), await cursors.get('kafka')]).toEqual([1n, 1n]);
  });

  it('knows the topics that events go to', async () => {
    await expect(run('--topic', 'voicelink.reconcile-requests.v1', '--event', 'x')).rejects.toThrow(
      /is no topic of events/,
    );
  });
});
