import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import {
  type AnyLoggedEvent,
  EVENT_EXAMPLES,
  OUTBOUND_EVENT_TYPES,
  OUTBOUND_TOPICS,
  type OutboundEventType,
} from '@dialtone/contracts';
import { ensureTopics, KafkaEventPublisher } from '@dialtone/messaging';
import { silentLogger, testKafkaBrokers } from '@dialtone/messaging/testing';
import { InMemoryEventLog } from '@dialtone/testing';
import { pythonTools, ROOT, run } from '../generated-client/tools';

/** Of a machine that has yet to install the Python packages. */
const FIRST_RUN_MS = 600_000;
const DOCUMENTS = join(ROOT, 'docs/events');
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const REPLAYED_AT = '2026-11-30T12:00:00.000Z';

interface Schema {
  readonly properties: Readonly<Record<string, object>>;
}
interface Document {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, unknown>> }>
  >;
  readonly components: {
    readonly messages: Readonly<
      Record<
        string,
        {
          readonly headers: Schema;
          readonly bindings: { readonly kafka: { readonly key: { readonly description: string } } };
        }
      >
    >;
  };
}

interface ReadRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly value: string;
}

const [connectionId, webhookId] = [randomUUID(), randomUUID()];
const brokers = testKafkaBrokers();

/** The type's example, of a connection or webhook of its own. */
const eventOf = (type: OutboundEventType): AnyLoggedEvent => {
  const example = EVENT_EXAMPLES[type] as unknown as Readonly<Record<string, unknown>>;
  const about = 'webhook_id' in example ? { webhook_id: webhookId } : { connection_id: connectionId };
  const { key = null, seq = null, connection_id = null } = { ...example, ...about } as Record<string, unknown>;
  return {
    event_id: randomUUID(),
    type,
    connection_id,
    key,
    seq,
    data: { ...example, ...about },
  } as unknown as AnyLoggedEvent;
};

/** In the order of the types: each as it comes first, and each once more with a trace, sent again by an operator. */
const FIRST = OUTBOUND_EVENT_TYPES.map(eventOf);
const AGAIN = OUTBOUND_EVENT_TYPES.map((type) => ({ ...eventOf(type), traceparent: TRACEPARENT }));

const publish = async (events: readonly AnyLoggedEvent[], marks?: Readonly<Record<string, string>>): Promise<void> => {
  const connection = { brokers, clientId: 'test-independent-reader' };
  const prepare = () => ensureTopics(connection, { logger: silentLogger });
  const options = { connection, logger: silentLogger, prepare };
  const publisher = new KafkaEventPublisher(marks === undefined ? options : { ...options, marks });
  const log = new InMemoryEventLog();
  log.append(...events);
  await publisher.publish(log.events);
  await publisher.close();
};

/** By `ce_id`. */
let records: ReadonlyMap<string, ReadRecord>;
let document: Document;

beforeAll(async () => {
  document = parse(await readFile(join(DOCUMENTS, 'asyncapi.yaml'), 'utf8')) as Document;
  await publish(FIRST);
  await publish(AGAIN, { ce_replayedat: REPLAYED_AT });
  const tools = await pythonTools(join(DOCUMENTS, 'consumers/python/requirements.txt'));
  const reader = join(ROOT, 'test/event-consumers/read-records.py');
  const printed = await run(join(tools, 'python'), [reader, brokers.join(), ...OUTBOUND_TOPICS], ROOT);
  const read = printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadRecord);
  records = new Map(read.map((record) => [new Map(record.headers).get('ce_id') ?? '', record]));
}, FIRST_RUN_MS);

const recordOf = ({ event_id }: AnyLoggedEvent): ReadRecord => {
  const record = records.get(event_id);
  if (record === undefined) throw new Error(`The record ${event_id} is missing.`);
  return record;
};

/** The addresses of the topics that are said to have the type. */
const topicsOf = (type: string): readonly string[] =>
  Object.values(document.channels)
    .filter(({ messages }) => type in messages)
    .map(({ address }) => address);

/** As docs/events/README.md shows a record. */
const headersOf = (event: AnyLoggedEvent): Readonly<Record<string, string>> => {
  const { data, type, seq } = event;
  const [world] = topicsOf(type).map((topic) => topic.replace(/[.].*/, ''));
  return {
    ce_specversion: '1.0',
    ce_id: event.event_id,
    ce_type: type,
    ce_source:
      'webhook_id' in data ? `/${world ?? ''}/webhooks/${webhookId}` : `/${world ?? ''}/connections/${connectionId}`,
    ce_time: data.occurred_at,
    ce_dataschema: `urn:dialtone:event:${type}`,
    'content-type': 'application/json',
    ...('phone_number' in data && { ce_subject: data.phone_number }),
    ...(seq !== null && { ce_sequence: String(seq).padStart(20, '0') }),
    ...(event.traceparent !== undefined && {
      ...{ traceparent: TRACEPARENT, ce_traceparent: TRACEPARENT, ce_replayedat: REPLAYED_AT },
    }),
  };
};

describe('a reader that knows nothing of Dialtone', () => {
  it.each([...FIRST, ...AGAIN])(
    'finds a record of $type in its topic, under its key, with these headers and this value',
    (event) => {
      const { topic, key, headers, value } = recordOf(event);
      const { description } = document.components.messages[event.type]?.bindings.kafka.key ?? { description: '' };
      const documented = /^`([^`]+)`/.exec(description)?.[1] ?? '';
      const parts = { connection_id: connectionId, webhook_id: webhookId, key: event.key ?? '' };
      const told = Object.entries(parts).reduce((text, [name, part]) => text.replace(`<${name}>`, part), documented);
      expect([[topic], key]).toEqual([topicsOf(event.type), told]);
      expect(Object.fromEntries(headers)).toEqual(headersOf(event));
      expect(headers).toHaveLength(Object.keys(headersOf(event)).length);
      expect(JSON.parse(value)).toEqual(event.data);
    },
  );

  it.each([...FIRST, ...AGAIN])('finds headers of $type that the AsyncAPI document has, as it has them', (event) => {
    const schema = document.components.messages[event.type]?.headers;
    const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
    const judge = ajv.compile({ ...schema, additionalProperties: false });
    judge(Object.fromEntries(recordOf(event).headers));
    expect(judge.errors ?? []).toEqual([]);
  });

  it('finds each header that the AsyncAPI document and the page on events name, and no other', async () => {
    const seen = new Set([...FIRST, ...AGAIN].flatMap((event) => recordOf(event).headers.map(([name]) => name)));
    const documented = OUTBOUND_EVENT_TYPES.flatMap((type) =>
      Object.keys(document.components.messages[type]?.headers.properties ?? {}),
    );
    expect([...seen].sort()).toEqual([...new Set(documented)].sort());
    const page = await readFile(join(DOCUMENTS, 'README.md'), 'utf8');
    expect([...seen].filter((name) => !page.includes(name))).toEqual([]);
  });
});
