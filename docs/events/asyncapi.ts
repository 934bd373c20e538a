import {
  ALL_EVENT_SCHEMAS,
  dataSchemaOf,
  DEAD_LETTER_HEADERS,
  EVENT_EXAMPLES,
  EVENT_SCHEMAS,
  EVENT_TYPES,
  type EventType,
  headersSchemaOf,
  RECONCILE_REQUESTED,
  RECONCILE_REQUESTS_DLQ_TOPIC,
  recordKeySchemaOf,
  schemaIdOf,
  titleOf,
  TOPIC_NAMES,
  TOPIC_OF,
  type TopicName,
  TOO_LARGE_HEADERS,
  TOPICS,
  type TopicSettings,
} from '@dialtone/contracts';
import { Document, Scalar, visit } from 'yaml';

/** Anything that JSON can say. */
type Json = string | number | boolean | null | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const ref = (...path: readonly string[]): JsonObject => ({ $ref: ['#', ...path].join('/') });
const entriesOf = <Name extends string>(names: readonly Name[], value: (name: Name) => Json): JsonObject =>
  Object.fromEntries(names.map((name) => [name, value(name)]));

/** Inside the document a schema's position is its identity. */
const inDocument = (value: Json | undefined): Json =>
  JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;

const messageOf = (type: EventType): JsonObject => ({
  name: type,
  title: titleOf(type),
  summary: EVENT_SCHEMAS[type].description,
  contentType: 'application/json',
  headers: headersSchemaOf(type) as unknown as JsonObject,
  payload: ref('components', 'schemas', titleOf(type)),
  bindings: { kafka: { key: recordKeySchemaOf(type) as unknown as JsonObject, bindingVersion: '0.5.0' } },
  examples: [{ name: 'example', payload: EVENT_EXAMPLES[type] as unknown as JsonObject }],
  'x-dataschema': dataSchemaOf(type),
  'x-schema': schemaIdOf(type),
});

const deadLetter: JsonObject = {
  name: 'dead-letter',
  title: 'DeadLetter',
  summary:
    'A request as it was received (key, value and headers), with the reason in further headers. One of more than 4,096 bytes has its key, its length and the hash of its value instead.',
  headers: {
    title: 'DeadLetterHeaders',
    type: 'object',
    properties: entriesOf([...Object.values(DEAD_LETTER_HEADERS), ...Object.values(TOO_LARGE_HEADERS)], () => ({
      type: 'string',
    })),
    required: Object.values(DEAD_LETTER_HEADERS),
  },
};

const typesOn = (topic: TopicName): readonly EventType[] => EVENT_TYPES.filter((type) => TOPIC_OF[type] === topic);
const messageNamesOn = (topic: TopicName): readonly string[] =>
  topic === RECONCILE_REQUESTS_DLQ_TOPIC ? ['dead-letter'] : typesOn(topic);

const channelOf = (topic: TopicName): JsonObject => {
  const settings: TopicSettings = TOPICS[topic];
  return {
    address: topic,
    description: settings.purpose,
    messages: entriesOf(messageNamesOn(topic), (name) => ref('components', 'messages', name)),
    bindings: { kafka: { topic, partitions: settings.partitions, bindingVersion: '0.5.0' } },
    'x-topic-configuration': settings.config,
  };
};

const operationOf = (topic: TopicName): JsonObject => ({
  action: topic === TOPIC_OF[RECONCILE_REQUESTED] ? 'receive' : 'send',
  channel: ref('channels', topic),
  messages: messageNamesOn(topic).map((name) => ref('channels', topic, 'messages', name)),
});

/** As the variables KAFKA_* of the processes: each deployment has one of them, or none. */
const SECURITY_SCHEMES: JsonObject = {
  scramSha512: { type: 'scramSha512', description: 'SASL, the recommended one.' },
  scramSha256: { type: 'scramSha256', description: 'SASL.' },
  plain: { type: 'plain', description: 'SASL over TLS.' },
  certificate: { type: 'X509', description: 'A client certificate that the brokers trust.' },
};

const serverOf = (protocol: string, description: string, schemes: readonly string[]): JsonObject => ({
  host: '{broker}',
  protocol,
  description,
  variables: {
    broker: { description: 'A broker of the deployment, with its port.', default: 'localhost:9092' },
  },
  ...(schemes.length > 0 && { security: schemes.map((name) => ref('components', 'securitySchemes', name)) }),
});

/** The AsyncAPI 3.0 description of all topics, as data: `docs/events/asyncapi.yaml` is this, written out. */
export const asyncApiDocument = (): JsonObject => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Dialtone events',
    version: '1.0.0',
    description:
      'What Dialtone tells other services about VoiceLink phone numbers, and how they ask it to look again. ' +
      'Records are CloudEvents 1.0 in Kafka binary mode. Delivery is at least once and in order per record key. ' +
      'Event data grows by adding properties; anything else is a new event type.',
  },
  defaultContentType: 'application/json',
  servers: {
    kafka: serverOf('kafka-secure', 'The brokers of a deployment, over TLS.', Object.keys(SECURITY_SCHEMES)),
    local: serverOf('kafka', 'What `npm run up` starts: without TLS, and without a login.', []),
  },
  channels: entriesOf(TOPIC_NAMES, channelOf),
  operations: entriesOf(TOPIC_NAMES, operationOf),
  components: {
    messages: { ...entriesOf(EVENT_TYPES, messageOf), 'dead-letter': deadLetter },
    schemas: inDocument(ALL_EVENT_SCHEMAS.$defs as unknown as JsonObject),
    securitySchemes: SECURITY_SCHEMES,
  },
});

// Text without quotes in every version of YAML; the rest is quoted, so that no reader takes it for something else.
const PLAIN = /^[A-Za-z_$/][A-Za-z0-9_$./-]*$/;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** The document as the text of `docs/events/asyncapi.yaml`, before formatting. */
export const asyncApiYaml = (document: JsonObject): string => {
  const yaml = new Document(document, { aliasDuplicateObjects: false, keepUndefined: false });
  visit(yaml, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string') return;
      node.type = PLAIN.test(node.value) && !RESERVED.test(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
    },
  });
  return `# Generated from libs/contracts by docs/events/generate.mjs. Do not edit.\n${yaml.toString({ lineWidth: 0 })}`;
};
