import { isDeepStrictEqual } from 'node:util';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { OutboundEventType, StoredEvent } from '@dialtone/contracts';
import { toKafkaRecord } from '@dialtone/messaging';
import {
  didEvent,
  eventually,
  readTopics,
  sendRecords,
  testKafkaBrokers,
  uniqueName,
} from '@dialtone/messaging/testing';
import { Desk } from './desk';
import { BLOCKS, namesIn } from './page';
import { type Program, Programs } from './programs';

/** Of a machine that has yet to install the Python packages. */
const FIRST_RUN_MS = 600_000;
const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const BUSY = '918000000001';
const QUIET = '918000000002';
const READINESS = 'dialtone.readiness.changed.v1';

const recordOf = (type: OutboundEventType, key: string, { seq, ...data }: { readonly seq: number }) => {
  const event = didEvent({ connectionId: CONNECTION, key, seq, type });
  const stored = { ...event, data: { ...event.data, ...data }, position: 1n, created_at: new Date() } as StoredEvent;
  const record = toKafkaRecord(stored);
  return { key: record.key, value: record.value, headers: { ...record.headers } };
};
const drift = (what: string, key: string, data: { readonly seq: number; readonly issues?: readonly string[] }) =>
  recordOf(`dialtone.drift.${what}.v1` as OutboundEventType, key, data);
const later = (record: ReturnType<typeof recordOf>) => ({
  ...record,
  headers: { ...record.headers, ce_type: record.headers['ce_type']?.replace('v1', 'v2') ?? '' },
});
const BROKEN = { ...drift('detected', QUIET, { seq: 9 }), value: '{"state":' };

/** As TypeScript and as Python tell it. */
const NOT_JSON = '(data expected JSON$|JSONDecodeError: )';

/** Of the first number an old event comes again; `seq` has gaps, as other topics have events of the number, too. */
const DRIFTS = [
  drift('detected', BUSY, { seq: 1, issues: ['NO_BOT'] }),
  drift('changed', BUSY, { seq: 3, issues: ['NO_BOT', 'ROUTING_MISSING'] }),
  drift('detected', BUSY, { seq: 1, issues: ['NO_BOT'] }),
  later(drift('detected', QUIET, { seq: 1 })),
  BROKEN,
  drift('detected', QUIET, { seq: 1, issues: ['NOT_IMPORTED'] }),
  drift('resolved', BUSY, { seq: 5 }),
];
const VERDICTS = [
  recordOf(READINESS, BUSY, { seq: 2, ...{ state: 'NO_BOT' } }),
  recordOf(READINESS, BUSY, { seq: 4, ...{ state: 'READY' } }),
  recordOf(READINESS, BUSY, { seq: 2, ...{ state: 'NO_BOT' } }),
  recordOf(READINESS, QUIET, { seq: 1, ...{ state: 'UNKNOWN' } }),
  later(recordOf(READINESS, QUIET, { seq: 2 })),
  { ...recordOf(READINESS, QUIET, { seq: 3 }), value: '{"state":' },
];

const brokers = testKafkaBrokers();
const TOPICS = {
  'voicelink.drift.v1': uniqueName('drift'),
  'voicelink.readiness.v1': uniqueName('readiness'),
  'desk.dead-letters': uniqueName('dead-letters'),
};
const settings = { KAFKA_BROKERS: brokers.join() };
let desk: Desk;
let programs: Programs;
let admin: Admin;

beforeAll(async () => {
  admin = new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = Object.values(TOPICS).map((topic) => ({ topic, numPartitions: 3 }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await sendRecords({ brokers, topic: TOPICS['voicelink.drift.v1'], records: DRIFTS });
  await sendRecords({ brokers, topic: TOPICS['voicelink.readiness.v1'], records: VERDICTS });
  desk = await Desk.open('ROUTING_MISSING');
  programs = await Programs.copied(TOPICS);
}, FIRST_RUN_MS);
afterAll(async () => {
  await programs.end();
  await desk.close();
  await admin.disconnect();
});

describe('the page on consuming events', () => {
  it('has programs and commands under these titles, all of which have a name', () => {
    expect([...new Set(BLOCKS.map(({ section }) => section))]).toEqual([
      ...['What every consumer does', 'Kafka', 'A stream', 'Webhooks'],
    ]);
    expect(namesIn('What every consumer does')).toEqual(['desk.ts', 'desk.py']);
    expect(namesIn('Kafka')).toEqual([
      'record.ts',
      'consume-kafkajs.ts',
      'consume-nest.ts',
      'consume.py',
      'rebuild.ts',
    ]);
  });

  it('has TypeScript that the strictest compiler takes', async () => {
    expect(await programs.compiled()).toBe('');
  });
});

describe('a consumer of Kafka, as the page has it', () => {
  /** By partition; 0 where nothing was read. */
  const committed = async (groupId: string): Promise<Readonly<Record<number, number>>> => {
    const topic = TOPICS['voicelink.drift.v1'];
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return Object.fromEntries(
      (offsets?.partitions ?? []).map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]),
    );
  };
  const ends = async (): Promise<Readonly<Record<number, number>>> => {
    const found = await admin.fetchTopicOffsets(TOPICS['voicelink.drift.v1']);
    return Object.fromEntries(found.map(({ partition, high }) => [partition, Number(high)]));
  };

  it.each([
    { name: 'kafkajs', file: 'consume-kafkajs.ts', groupId: 'desk' },
    { name: 'NestJS', file: 'consume-nest.ts', groupId: 'desk-nest-server' },
    { name: 'Python', file: 'consume.py', groupId: 'desk-python' },
  ])(
    'does the work of each event once in order, waits while it cannot, passes over what is later and sets aside what is broken: $name',
    async ({ name, file, groupId }) => {
      const program: Program = programs.start(file, { ...settings, DESK_URL: desk.urlOf(name) });
      const isDone = (): boolean =>
        desk.heard(name).some((text) => text.endsWith('no drift')) &&
        desk.heard(name, QUIET).length > 0 &&
        program.lines.length >= 2;
      await program.until(isDone);
      // It commits after it has told.
      await eventually('all is committed', async () => isDeepStrictEqual(await committed(groupId), await ends()));
      await program.stop();

      const [busy, quiet] = [`+${BUSY} has`, `+${QUIET} has`];
      const changed = `${busy} NO_BOT, ROUTING_MISSING`;
      expect(desk.heard(name, BUSY)).toEqual([`${busy} NO_BOT`, `refused: ${changed}`, changed, `${busy} no drift`]);
      expect(desk.heard(name, QUIET)).toEqual([`${quiet} NOT_IMPORTED`]);
      // A record may come again, as Kafka's clients commit after the work: told twice, done once.
      expect([...new Set(program.lines)]).toEqual([
        'passed over: dialtone.drift.detected.v2',
        expect.stringMatching(new RegExp(`^set aside: ${NOT_JSON}`)),
      ]);
    },
  );

  it('leaves what is broken as it came, with the reason', async () => {
    const letters = await readTopics({
      brokers,
      topics: [TOPICS['desk.dead-letters']],
      wanted: () => true,
      enough: ({ length }) => length >= 3,
    });
    const { key, value, headers } = BROKEN;
    for (const letter of letters) {
      expect(letter).toMatchObject({ key, value, headers });
      expect(letter.headers['reason']).toMatch(new RegExp(`^${NOT_JSON}`));
    }
  });

  it('that has lost its data knows the verdict of each number again', async () => {
    const program = programs.start('rebuild.ts', settings);
    await program.until(() => program.lines.length >= 2);
    expect(new Set(program.lines)).toEqual(
      new Set([`${CONNECTION}/${BUSY} is READY at 4`, `${CONNECTION}/${QUIET} is UNKNOWN at 1`]),
    );
  });
});
