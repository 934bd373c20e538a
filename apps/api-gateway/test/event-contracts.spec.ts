import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { ALL_EVENT_SCHEMAS, EVENT_EXAMPLES, EVENT_SCHEMAS, EVENT_TYPES, schemaIdOf } from '@dialtone/contracts';
import { parse } from 'yaml';
import { TestGateway } from './gateway';

const FILE = resolve(__dirname, '../../../docs/events/asyncapi.yaml');

interface AsyncApi {
  readonly components: { readonly messages: Readonly<Record<string, { readonly 'x-schema'?: string }>> };
}

describe('the contracts of the events', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());

  const open = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    gateway.ask('GET', path, { apiKey: null, headers });

  it.each([ALL_EVENT_SCHEMAS, ...Object.values(EVENT_SCHEMAS)])(
    'are open to everybody: the schema $title is at its id',
    async (schema) => {
      const answer = await open(schema.$id ?? '');
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/schema+json; charset=utf-8']);
      expect(JSON.parse(answer.text)).toEqual(schema);
    },
  );

  it('judge the data of an event for those who know its type only', async () => {
    for (const type of EVENT_TYPES) {
      const ajv = new Ajv2020({ allowUnionTypes: true });
      addFormats(ajv);
      const isValid = ajv.compile(JSON.parse((await open(`/schemas/events/${type}.json`)).text) as object);
      expect([type, isValid(EVENT_EXAMPLES[type]), isValid({})]).toEqual([type, true, false]);
    }
  });

  it('have an AsyncAPI document, which says where each schema is', async () => {
    const answer = await open('/asyncapi.yaml');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/yaml; charset=utf-8']);
    expect(answer.text).toBe(readFileSync(FILE, 'utf8'));
    const { messages } = (parse(answer.text) as AsyncApi).components;
    expect(EVENT_TYPES.map((type) => messages[type]?.['x-schema'])).toEqual(EVENT_TYPES.map(schemaIdOf));
  });

  it.each(['/asyncapi.yaml', '/schemas/events.json'])('are not sent again to who has them: %s', async (path) => {
    const first = await open(path);
    expect(first.headers['cache-control']).toBe('no-cache');
    const again = await open(path, { 'if-none-match': String(first.headers['etag']) });
    expect([again.status, again.text]).toEqual([304, '']);
    const short = await open(path, { 'accept-encoding': 'gzip' });
    expect([short.headers['content-encoding'], short.headers['etag'] === first.headers['etag']]).toEqual([
      'gzip',
      false,
    ]);
  });

  it.each(['/schemas/events/dialtone.none.v1.json', '/schemas/events/..%2Fevents.json', '/schemas', '/asyncapi.json'])(
    'are no others: %s',
    async (path) => {
      const answer = await open(path);
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
    },
  );
});
