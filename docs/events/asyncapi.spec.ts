import { type AsyncAPIDocumentInterface, DiagnosticSeverity, Parser } from '@asyncapi/parser';
import {
  ALL_EVENT_SCHEMAS,
  dataSchemaOf,
  EVENT_EXAMPLES,
  EVENT_SCHEMAS,
  EVENT_TYPES,
  type EventType,
  schemaIdOf,
  TOPIC_NAMES,
  TOPIC_OF,
} from '@dialtone/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { asyncApiDocument, asyncApiYaml } from './asyncapi';

const path = join(__dirname, 'asyncapi.yaml');
const text = readFileSync(path, 'utf8');

const { schemas } = (parse(text) as { readonly components: { readonly schemas: object } }).components;

const SEVERE: readonly number[] = [DiagnosticSeverity.Error, DiagnosticSeverity.Warning];

/** What a document says of an event type, and what is published of it. */
const describedIn = (document: AsyncAPIDocumentInterface, type: EventType): object => {
  const message = document.allMessages().get(type);
  const payload = message?.payload();
  if (message === undefined || payload === undefined) return { missing: type };
  return {
    title: payload.title(),
    description: payload.description(),
    required: payload.required(),
    properties: Object.keys(payload.properties() ?? {}),
    example: message.examples()[0]?.payload(),
    dataschema: message.extensions().get('x-dataschema')?.value<string>(),
    schema: message.extensions().get('x-schema')?.value<string>(),
  };
};
const published = (type: EventType): object => {
  const { title, description, properties = {}, required } = EVENT_SCHEMAS[type];
  return {
    title,
    description,
    required,
    properties: Object.keys(properties),
    example: EVENT_EXAMPLES[type],
    dataschema: dataSchemaOf(type),
    schema: schemaIdOf(type),
  };
};

describe('docs/events/asyncapi.yaml', () => {
  it('is current (node docs/events/generate.mjs writes it)', async () => {
    const wanted = asyncApiYaml(asyncApiDocument());
    expect(text).toBe(await format(wanted, { ...(await resolveConfig(path)), filepath: path }));
  });

  it('is a valid AsyncAPI document with the published schemas and examples', async () => {
    const { document, diagnostics } = await new Parser().parse(text);
    const problems = diagnostics.filter(({ severity }) => SEVERE.includes(severity));
    expect(problems.map(({ message, path: at }) => `${at.join('.')}: ${message}`)).toEqual([]);
    if (document === undefined) throw new Error('not parsed');
    expect(EVENT_TYPES.map((type) => describedIn(document, type))).toEqual(EVENT_TYPES.map(published));
    expect(JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/'))).toEqual(
      ALL_EVENT_SCHEMAS.$defs,
    );
  });

  it('says how the brokers are reached, and how a consumer logs in', async () => {
    const { document } = await new Parser().parse(text);
    const servers = document?.servers().all() ?? [];
    const logins = servers.map((server) =>
      server.security().map((one) => one.all().map((login) => login.scheme().type())),
    );
    expect(servers.map((server, at) => [server.id(), server.protocol(), logins[at]?.flat()])).toEqual([
      ['kafka', 'kafka-secure', ['scramSha512', 'scramSha256', 'plain', 'X509']],
      ['local', 'kafka', []],
    ]);
  });

  it('has a channel per topic, and every event type is sent or received on its topic', async () => {
    const { document } = await new Parser().parse(text);
    const channels = document?.channels().all() ?? [];
    expect(channels.map((channel) => channel.address())).toEqual(TOPIC_NAMES);
    const carried = channels.flatMap((channel) =>
      channel
        .messages()
        .all()
        .map((message) => [message.name(), channel.address()]),
    );
    expect(Object.fromEntries(carried)).toEqual({
      ...TOPIC_OF,
      'dead-letter': 'voicelink.reconcile-requests.dlq.v1',
    });
  });
});

describe('asyncApiYaml', () => {
  it('quotes what YAML would read as something else', () => {
    const text = asyncApiYaml({ a: 'yes', b: '1', c: 'x: y', d: [], e: {}, f: null, g: undefined, h: [{ i: true }] });
    expect(text).toMatch(/\na: "yes"\nb: "1"\nc: "x: y"\nd: \[\]\ne: \{\}\nf: null\nh:\n {2}- i: true\n$/);
  });
});
