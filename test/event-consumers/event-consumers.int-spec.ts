import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { ALL_EVENT_SCHEMAS, EVENT_EXAMPLES, type StoredEvent } from '@dialtone/contracts';
import { type IncomingRecord, toKafkaRecord } from '@dialtone/messaging';
import { didEvent, sendRecords, testKafkaBrokers, uniqueName } from '@dialtone/messaging/testing';
import { pythonTools, ROOT, run } from '../generated-client/tools';

/** The first run on a machine fetches the generators and compiles what they make. */
const FIRST_RUN_MS = 600_000;
const CONSUMERS = join(ROOT, 'docs/events/consumers');
const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const READINESS = 'dialtone.readiness.changed.v1';

interface Language {
  readonly name: string;
  /** Makes types of `events.json` in the folder, and compiles or checks the consumer with them. */
  readonly build: (folder: string) => Promise<unknown>;
  readonly start: (folder: string, args: readonly string[]) => Promise<string>;
}

const pythonOf = () => pythonTools(join(CONSUMERS, 'python/requirements.txt'));
/** As docs/events/consumers/README.md says. */
const GENERATE_PYTHON =
  '--input events.json --input-file-type jsonschema --output dialtone_events.py --output-model-type pydantic_v2.BaseModel --target-python-version 3.11 --formatters builtin';
const GENERATE_GO = 'go-jsonschema --package dialtone --tags json --output dialtone/events.gen.go events.json';

const PYTHON: Language = {
  name: 'Python',
  build: async (folder) => run(join(await pythonOf(), 'datamodel-codegen'), GENERATE_PYTHON.split(' '), folder),
  start: async (folder, args) => run(join(await pythonOf(), 'python'), ['consumer.py', ...args], folder),
};

const GO: Language = {
  name: 'Go',
  build: async (folder) => {
    await mkdir(join(folder, 'dialtone'));
    await run('go', ['tool', ...GENERATE_GO.split(' ')], folder);
    await run('go', ['build', '-o', 'built', '.'], folder);
  },
  start: (folder, args) => run(join(folder, 'built'), args, folder),
};

const brokers = testKafkaBrokers();
const topic = uniqueName('consumers');
const recordOf = (key: string, seq: number, data: object = {}): IncomingRecord & { readonly value: string } => {
  const event = didEvent({ connectionId: CONNECTION, key, seq, type: READINESS });
  const stored = { ...event, data: { ...event.data, ...data }, position: 1n, created_at: new Date() } as StoredEvent;
  return toKafkaRecord(stored);
};

/** Two numbers; of the first an older record comes again. One record has more than this version knows, one is of a later type. */
const RECORDS = [
  recordOf('918000000001', 1, { state: 'READY', issues: [], action_items: [] }),
  recordOf('918000000001', 5),
  recordOf('918000000001', 1, { state: 'READY', issues: [], action_items: [] }),
  recordOf('918000000002', 2, { state: 'UNKNOWN', issues: [], reason: 'added_later', added_later: { deep: [1] } }),
  { ...recordOf('918000000002', 3), headers: { ce_type: 'dialtone.readiness.changed.v2' } },
  { ...recordOf('918000000003', 1), value: '{"state":' },
];

beforeAll(async () => {
  const admin = new Kafka({ clientId: 'test-topics', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
  await admin.disconnect();
  const messages = RECORDS.map(({ key, value, headers }) => ({ key, value, headers }));
  await sendRecords({ brokers, topic, records: messages as Parameters<typeof sendRecords>[0]['records'] });
});

it('a consumer is told how to generate its types as it is done here', async () => {
  const page = await readFile(join(CONSUMERS, 'README.md'), 'utf8');
  expect(page).toContain(`\ndatamodel-codegen ${GENERATE_PYTHON}\n`);
  expect(page).toContain(`\ngo tool ${GENERATE_GO}\n`);
});

describe.each([PYTHON, GO])('a $name consumer whose types are generated from the schemas', (language) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-consumer-'));
    await cp(join(CONSUMERS, language.name.toLowerCase()), folder, { recursive: true });
    await writeFile(join(folder, 'events.json'), JSON.stringify(ALL_EVENT_SCHEMAS));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'knows the last verdict of each number, passes over a later type, and sets aside what is broken',
    async () => {
      await language.build(folder);
      const { state, issues } = EVENT_EXAMPLES[READINESS];
      expect(JSON.parse(await language.start(folder, [brokers.join(), topic]))).toEqual({
        latest: {
          [`${CONNECTION}/918000000001`]: [state, ...issues],
          [`${CONNECTION}/918000000002`]: ['UNKNOWN'],
        },
        unknown: ['dialtone.readiness.changed.v2'],
        broken: [`${CONNECTION}/918000000003`],
      });
    },
    FIRST_RUN_MS,
  );
});
